"""Goods that arrive go to the oldest back-orders first."""

import pytest

from sales.models import OrderItem
from sales.services import OrderLine, allocate_backorders, confirm_order, release_order
from stock.services import AdjustmentLine, ReceiptLine, adjust_stock, create_goods_receipt, post_goods_receipt
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import WarehouseFactory, balance, put_in_stock
from tests.sales.books import reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


@pytest.fixture
def arrive(lamp, warehouse, clerk, django_capture_on_commit_callbacks):
    """A posted goods receipt of so many lamps."""

    def receive(units, at=warehouse):
        with django_capture_on_commit_callbacks(execute=True):
            receipt = create_goods_receipt(
                supplier=SupplierFactory(), warehouse=at, lines=[ReceiptLine(lamp, units)], by=clerk
            )
            post_goods_receipt(receipt, by=clerk)

    return receive


def waiting(lamp, units, **header):
    return confirmed_order(lamp, units, stock=0, allow_backorder=True, **header)


def test_the_oldest_are_served_first(lamp, arrive, warehouse):
    first, second, third = (waiting(lamp, 4, warehouse=warehouse) for _ in range(3))
    arrive(6)
    assert reserved_of(first) == {("LAMP", "HAM"): 4}
    assert reserved_of(second) == {("LAMP", "HAM"): 2}
    assert reserved_of(third) == {}
    arrive(3)
    assert reserved_of(second) == {("LAMP", "HAM"): 4}
    assert reserved_of(third) == {("LAMP", "HAM"): 1}


def test_the_time_of_confirming_decides(lamp, arrive, warehouse, clerk):
    early = place((lamp, 4), allow_backorder=True)
    late = waiting(lamp, 4, warehouse=warehouse)
    confirm_order(early, by=clerk)
    arrive(4)
    assert reserved_of(late) == {("LAMP", "HAM"): 4}
    assert reserved_of(early) == {}


def test_an_order_with_another_warehouse_is_passed_over(lamp, arrive, warehouse):
    elsewhere = waiting(lamp, 4, warehouse=WarehouseFactory())
    anywhere = place((lamp, 2), OrderLine(lamp, 1, warehouse=warehouse), allow_backorder=True)
    confirm_order(anywhere, by=anywhere.user)
    arrive(5)
    assert reserved_of(elsewhere) == {}
    assert reserved_of(anywhere) == {("LAMP", "HAM"): 3}


def test_a_released_order_is_served_again(lamp, arrive, warehouse, clerk):
    order = release_order(confirmed_order(lamp, 4, warehouse=warehouse, stock=4), by=clerk)
    assert list(OrderItem.objects.backordered()) == [order.items.get()]
    arrive(1)
    assert reserved_of(order) == {("LAMP", "HAM"): 4}


def test_it_can_be_switched_off(lamp, arrive, warehouse, settings):
    settings.AUTO_ALLOCATE = False
    order = waiting(lamp, 4, warehouse=warehouse)
    arrive(6)
    assert reserved_of(order) == {}


def test_only_what_may_be_shipped_is_promised(warehouse, clerk):
    from catalog.models import Tracking
    from stock.models import Lot

    flour = ProductFactory(sku="FLOUR", tracking=Tracking.LOT)
    order = waiting(flour, 4, warehouse=warehouse)
    put_in_stock(flour, warehouse, 3, lot_number="A")
    put_in_stock(flour, warehouse, 3, lot_number="B")
    Lot.objects.filter(number="B").update(is_blocked=True)
    assert allocate_backorders([balance(flour, warehouse).pk], by=clerk) == 3
    assert reserved_of(order) == {("FLOUR", "HAM"): 3}


def test_nothing_waits_nothing_happens(lamp, warehouse, clerk):
    put_in_stock(lamp, warehouse, 3)
    place((lamp, 1))
    assert allocate_backorders([balance(lamp, warehouse).pk], by=clerk) == 0


def test_any_number_of_orders_costs_the_same_statements(lamp, warehouse, clerk, statements):
    def cost(number):
        for _ in range(number):
            waiting(lamp, 1, warehouse=warehouse)
        put_in_stock(lamp, warehouse, number)
        return statements(lambda: allocate_backorders([balance(lamp, warehouse).pk], by=clerk))

    assert cost(1) == cost(9)


def test_a_correction_below_what_is_reserved_names_the_orders(lamp, warehouse, clerk, refused):
    first = confirmed_order(lamp, 4, warehouse=warehouse)
    second = confirmed_order(lamp, 3, warehouse=warehouse, stock=0)
    loss = AdjustmentLine(lamp, warehouse, -5, "Broken")
    with refused("stock_reserved", second.order_number, first.order_number):
        adjust_stock([loss], by=clerk)


def test_or_lets_the_newest_give_way_if_asked_to(lamp, warehouse, clerk):
    first = confirmed_order(lamp, 4, warehouse=warehouse)
    second = confirmed_order(lamp, 3, warehouse=warehouse, stock=0)
    adjust_stock([AdjustmentLine(lamp, warehouse, -5, "Broken")], release=True, by=clerk)
    assert reserved_of(first) == {("LAMP", "HAM"): 4}
    assert reserved_of(second) == {("LAMP", "HAM"): 1}
    adjust_stock([AdjustmentLine(lamp, warehouse, -3, "Broken")], release=True, by=clerk)
    assert (reserved_of(first), reserved_of(second)) == ({("LAMP", "HAM"): 2}, {})
    assert balance(lamp, warehouse).available == 0
