from decimal import Decimal

import pytest

from billing.services import cancel_invoice, invoice_order
from sales.models import OrderStatus, PriceOrigin, ShipmentStatus
from sales.services import (
    LineChange,
    ShipmentLine,
    cancel_order,
    change_order,
    confirm_order,
    create_shipment,
    ship_order,
)
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.catalog import PriceListItemFactory, ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order, place
from tests.factories.stock import WarehouseFactory, balance, put_in_stock
from tests.sales.books import only_item, reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


@pytest.fixture
def rope(warehouse):
    rope = ProductFactory(sku="ROPE", price=Decimal("3.0000"))
    put_in_stock(rope, warehouse, 10)
    return rope


def test_a_pending_order_is_changed_added_to_and_cut(clerk, lamp, rope):
    order = place((lamp, 4), (lamp, 1))
    first, second = order.items.order_by("pk")
    changed = change_order(order, [LineChange(6, first), LineChange(0, second), LineChange(2, product=rope)], by=clerk)
    assert changed is order
    assert list(order.items.order_by("pk").values_list("product__sku", "quantity")) == [("LAMP", 6), ("ROPE", 2)]
    assert (order.subtotal_amount, order.total_amount) == (Decimal("66.00"), Decimal("78.54"))
    assert order.status == OrderStatus.PENDING


def test_lines_that_are_not_named_stay(clerk, lamp, rope):
    order = place((lamp, 4), (rope, 1))
    change_order(order, [LineChange(2, order.items.get(product=rope))], by=clerk)
    assert order.items.get(product=lamp).quantity == 4


def test_a_pending_line_is_priced_anew_when_its_quantity_changes_unless_its_price_was_typed(clerk, lamp):
    price_list = PriceListItemFactory(product=lamp, minimum_quantity=10, price=Decimal("8")).price_list
    order = place((lamp, 5), (lamp, 5), customer=CustomerFactory(price_list=price_list))
    first, second = order.items.order_by("pk")
    change_order(order, [LineChange(5, second, unit_price=Decimal("7"))], by=clerk)
    change_order(order, [LineChange(10, first), LineChange(10, second)], by=clerk)
    prices = order.items.order_by("pk").values_list("unit_price", "price_origin")
    assert list(prices) == [(Decimal("8"), PriceOrigin.LIST), (Decimal("7"), PriceOrigin.MANUAL)]


def test_a_confirmed_line_keeps_its_price_unless_another_is_typed(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 2, warehouse=warehouse)
    lamp.price = Decimal("99")
    lamp.save()
    change_order(order, [LineChange(3, only_item(order))], by=clerk)
    assert only_item(order).unit_price == Decimal("10")
    change_order(order, [LineChange(3, only_item(order), unit_price=Decimal("9"))], by=clerk)
    assert only_item(order).price_origin == PriceOrigin.MANUAL
    change_order(order, [LineChange(3, only_item(order), discount_percent=Decimal("50"))], by=clerk)
    assert only_item(order).subtotal == Decimal("13.50")


def test_reservations_follow(clerk, lamp, rope, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    change_order(order, [LineChange(6, only_item(order)), LineChange(3, product=rope)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 6, ("ROPE", "HAM"): 3}
    change_order(order, [LineChange(1, order.items.get(product=lamp))], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 1, ("ROPE", "HAM"): 3}
    change_order(order, [LineChange(0, order.items.get(product=rope))], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 1}
    assert balance(rope, warehouse).available == 10


def test_what_one_line_gives_free_another_may_take(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 6, warehouse=warehouse, stock=10)
    change_order(order, [LineChange(2, only_item(order)), LineChange(8, product=lamp)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 10}


def test_it_is_all_or_nothing(clerk, lamp, rope, warehouse, refused):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    item = only_item(order)
    with refused("insufficient_stock", "Only 10 of 11 ROPE"):
        change_order(order, [LineChange(1, item), LineChange(11, product=rope)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 4}


def test_where_back_orders_are_allowed_the_rest_waits(clerk, lamp, rope, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse, allow_backorder=True)
    change_order(order, [LineChange(11, product=rope)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 4, ("ROPE", "HAM"): 10}


def test_a_line_sent_to_another_warehouse_takes_its_reservation_along(clerk, lamp, warehouse):
    other = WarehouseFactory(code="KEL")
    put_in_stock(lamp, other, 10)
    put_in_stock(lamp, warehouse, 10)
    order = confirm_order(place((lamp, 4)), by=clerk)
    change_order(order, [LineChange(4, only_item(order), warehouse=other)], by=clerk)
    assert reserved_of(order) == {("LAMP", "KEL"): 4}
    assert balance(lamp, warehouse).available == 10


def test_a_line_goes_down_to_what_was_shipped(clerk, lamp, rope, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    change_order(order, [LineChange(1, product=rope)], by=clerk)
    item = order.items.get(product=lamp)
    ship_order(order, [ShipmentLine(item, 4)], by=clerk)
    for less in (3, 0):
        with refused("below_shipped", "4 LAMP", field="items/0/quantity"):
            change_order(order, [LineChange(less, item)], by=clerk)
    change_order(order, [LineChange(4, item)], by=clerk)
    assert order.status == OrderStatus.CONFIRMED
    assert reserved_of(order) == {("ROPE", "HAM"): 1}


def test_cut_down_to_what_has_left_the_order_is_shipped(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    ship_order(order, [ShipmentLine(only_item(order), 4)], by=clerk)
    draft = create_shipment(order, by=clerk)
    change_order(order, [LineChange(4, only_item(order))], by=clerk)
    assert order.status == OrderStatus.SHIPPED
    assert order.shipped_at
    draft.refresh_from_db()
    assert draft.status == ShipmentStatus.CANCELLED


def test_a_line_goes_down_to_what_is_invoiced_and_keeps_its_price(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    invoice_order(order, shipped_only=False, by=clerk)
    change_order(order, [LineChange(8, only_item(order))], by=clerk)
    item = only_item(order)
    assert (item.quantity, item.quantity_invoiced) == (8, 6)
    with refused("below_invoiced", "6 LAMP"):
        change_order(order, [LineChange(5, item)], by=clerk)
    with refused("invoiced", "LAMP", field="items/0/unit_price"):
        change_order(order, [LineChange(8, item, unit_price=Decimal("1"))], by=clerk)


def test_a_line_that_documents_name_is_not_removed(clerk, lamp, rope, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    change_order(order, [LineChange(1, product=rope)], by=clerk)
    draft = create_shipment(order, by=clerk)
    with refused("in_use", draft.shipment_number):
        change_order(order, [LineChange(0, order.items.get(product=rope))], by=clerk)


def test_a_line_that_a_cancelled_invoice_names_is_not_removed(clerk, lamp, rope, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    change_order(order, [LineChange(1, product=rope)], by=clerk)
    invoice = cancel_invoice(invoice_order(order, shipped_only=False, by=clerk), by=clerk)
    with refused("in_use", invoice.invoice_number):
        change_order(order, [LineChange(0, order.items.get(product=rope))], by=clerk)


def test_an_order_keeps_a_line(clerk, lamp, refused):
    order = place((lamp, 1))
    with refused("no_lines"):
        change_order(order, [LineChange(0, only_item(order))], by=clerk)


def test_it_refuses_what_makes_no_sense(clerk, lamp, rope, refused):
    order, other = place((lamp, 1)), place((lamp, 1))
    item = only_item(order)
    closed = WarehouseFactory(is_active=False)
    gone = ProductFactory(sku="GONE", is_active=False)
    for line, code, field in [
        (LineChange(1, only_item(other)), "does_not_exist", "items/0/item"),
        (LineChange(1), "invalid", "items/0/product"),
        (LineChange(1, item, product=rope), "invalid", "items/0/product"),
        (LineChange(-1, item), "invalid", "items/0/quantity"),
        (LineChange(0, product=rope), "invalid", "items/0/quantity"),
        (LineChange(1, item, warehouse=closed), "inactive_warehouse", "items/0/warehouse"),
        (LineChange(1, product=gone), "inactive_product", "items/0/product"),
        (LineChange(1, item, unit_price=Decimal("-1")), "out_of_range", "items/0/unit_price"),
        (LineChange(1, item, description="x" * 301), "invalid", "items/0/description"),
    ]:
        with refused(code, field=field):
            change_order(order, [line], by=clerk)
    with refused("invalid", field="items/1/item"):
        change_order(order, [LineChange(2, item), LineChange(3, item)], by=clerk)


def test_only_pending_and_confirmed_orders_change(clerk, lamp, warehouse, refused):
    cancelled = cancel_order(place((lamp, 1)), by=clerk)
    shipped = confirmed_order(lamp, 1, warehouse=warehouse)
    ship_order(shipped, by=clerk)
    for order in (cancelled, shipped):
        with refused("invalid_state"):
            change_order(order, [LineChange(2, only_item(order))], by=clerk)


def test_a_change_made_while_the_customer_changed_is_refused(clerk, lamp, refused):
    order = place((lamp, 4))
    stale = type(order).objects.select_related("customer").get(pk=order.pk)
    order.customer = CustomerFactory(tax_treatment="export")
    order.save()
    with refused("changed_meanwhile", order.number):
        change_order(stale, [LineChange(1, product=lamp)], by=clerk)


def test_a_line_that_is_short_already_can_be_cut_down(clerk, lamp, rope, warehouse, refused):
    put_in_stock(lamp, warehouse, 10)
    order = confirm_order(place((lamp, 8), (rope, 2), warehouse=warehouse), by=clerk)
    first, second = order.items.order_by("pk")
    adjust_stock([AdjustmentLine(lamp, warehouse, -7, "Broken")], release=True, by=clerk)
    change_order(order, [LineChange(7, first), LineChange(1, second)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 3, ("ROPE", "HAM"): 1}
    change_order(order, [LineChange(0, second)], by=clerk)
    with refused("insufficient_stock", "Only 0 of 5 LAMP"):
        change_order(order, [LineChange(8, first)], by=clerk)
    with refused("insufficient_stock", "LAMP"):
        change_order(order, [LineChange(1, product=lamp)], by=clerk)
    change_order(order, [LineChange(3, first)], by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 3}
