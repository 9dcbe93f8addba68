from decimal import Decimal

import pytest

from catalog.models import Tracking
from sales.models import Condition, OrderStatus, SalesReturnStatus
from sales.services import (
    ReceivedLine,
    ReturnLine,
    ShipmentLine,
    approve_sales_return,
    confirm_order,
    deliver_order,
    receive_sales_return,
    request_sales_return,
    ship_order,
)
from sales.signals import goods_returned
from stock.models import Lot, StockMovement
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place, shipped_order
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock
from tests.sales.books import only_item, reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


@pytest.fixture
def approved(clerk):
    """An approved return of so many units of an order's only line."""

    def make(order, units, **line):
        document = request_sales_return(order, [ReturnLine(only_item(order), units, **line)], "Too many", by=clerk)
        return approve_sales_return(document, by=clerk)

    return make


def inflows():
    rows = StockMovement.objects.filter(kind="customer_return").order_by("pk")
    return [(row.quantity, row.value) for row in rows]


def test_everything_comes_as_it_was_announced(clerk, lamp, warehouse, approved):
    order = deliver_order(shipped_order(lamp, 4, warehouse=warehouse), by=clerk)
    document = approved(order, 3)
    version = order.updated_at
    assert receive_sales_return(document, by=clerk) is document
    assert (document.status, bool(document.received_at)) == (SalesReturnStatus.RECEIVED, True)
    row = document.items.get()
    assert (row.quantity, row.quantity_received) == (3, 3)
    movement = StockMovement.objects.latest("pk")
    assert (movement.quantity, movement.value, movement.bin) == (3, Decimal("18.0000"), default_bin(warehouse))
    assert (movement.reference, movement.source_type, movement.source_id) == (
        document.return_number,
        "sales.salesreturnitem",
        row.pk,
    )
    assert (balance(lamp, warehouse).quantity, balance(lamp, warehouse).stock_value) == (9, Decimal("54.0000"))
    order.refresh_from_db()
    assert (order.status, only_item(order).quantity_returned) == (OrderStatus.DELIVERED, 3)
    assert order.updated_at > version


def test_repeating_it_changes_nothing(clerk, lamp, warehouse, approved):
    document = approved(shipped_order(lamp, 4, warehouse=warehouse), 3)
    stale = type(document).objects.get(pk=document.pk)
    receive_sales_return(document, by=clerk)
    receive_sales_return(stale, by=clerk)
    assert balance(lamp, warehouse).quantity == 9


def test_damaged_goods_move_nothing_but_have_come_back(clerk, lamp, warehouse, approved):
    order = shipped_order(lamp, 4, warehouse=warehouse)
    receive_sales_return(approved(order, 3, condition=Condition.DAMAGED), by=clerk)
    assert inflows() == []
    assert balance(lamp, warehouse).quantity == 6
    assert only_item(order).quantity_returned == 3


def test_a_line_can_come_in_several_conditions_bins_and_not_in_full(clerk, lamp, warehouse, approved):
    shelf = BinFactory(warehouse=warehouse, code="SHELF")
    order = shipped_order(lamp, 6, warehouse=warehouse)
    document = approved(order, 5)
    item = document.items.get()
    lines = [
        ReceivedLine(item, 2),
        ReceivedLine(item, 1, condition=Condition.DAMAGED),
        ReceivedLine(item, 1, bin=shelf),
    ]
    receive_sales_return(document, lines, by=clerk)
    rows = document.items.order_by("pk").values_list("quantity", "quantity_received", "condition", "bin__code")
    assert list(rows) == [(3, 2, "resellable", None), (1, 1, "damaged", None), (1, 1, "resellable", "SHELF")]
    assert only_item(order).quantity_returned == 4
    assert balance(lamp, warehouse).quantity == 7


def test_it_is_worth_what_it_left_with_not_what_stock_costs_now(clerk, lamp, warehouse, approved):
    order = shipped_order(lamp, 4, warehouse=warehouse, stock=4)
    other = WarehouseFactory()
    document = approved(order, 2)
    document.warehouse = other
    document.save()
    put_in_stock(lamp, other, 10, unit_cost="9.9900")
    receive_sales_return(document, by=clerk)
    assert inflows() == [(2, Decimal("12.0000"))]
    assert balance(lamp, other).stock_value == Decimal("111.9000")


def test_the_last_unit_takes_the_rest(clerk, lamp, warehouse, approved):
    put_in_stock(lamp, warehouse, 2, unit_cost="0.3333")
    put_in_stock(lamp, warehouse, 1, unit_cost="0.3334")
    order = confirm_order(place((lamp, 3)), by=clerk)
    ship_order(order, by=clerk)
    for _ in range(3):
        receive_sales_return(approved(order, 1), by=clerk)
    assert inflows() == [(1, Decimal("0.3333")), (1, Decimal("0.3334")), (1, Decimal("0.3333"))]
    assert balance(lamp, warehouse).stock_value == Decimal("1.0000")


def test_outflows_of_several_shipments_and_costs_are_averaged(clerk, lamp, warehouse, approved):
    other = WarehouseFactory()
    put_in_stock(lamp, warehouse, 2, unit_cost="1.0000")
    put_in_stock(lamp, other, 2, unit_cost="3.0000")
    order = confirm_order(place((lamp, 4)), by=clerk)
    ship_order(order, by=clerk)
    receive_sales_return(approved(order, 3), by=clerk)
    receive_sales_return(approved(order, 1), by=clerk)
    assert inflows() == [(3, Decimal("6.0000")), (1, Decimal("2.0000"))]


def test_damaged_units_have_used_up_their_share(clerk, lamp, warehouse, approved):
    order = shipped_order(lamp, 4, warehouse=warehouse)
    receive_sales_return(approved(order, 3, condition=Condition.DAMAGED), by=clerk)
    receive_sales_return(approved(order, 1), by=clerk)
    assert inflows() == [(1, Decimal("6.0000"))]


def test_what_came_back_before_the_rest_was_shipped_has_had_its_share(clerk, lamp, warehouse, approved):
    put_in_stock(lamp, warehouse, 2, unit_cost="10.0000")
    order = confirm_order(place((lamp, 3), allow_backorder=True), by=clerk)
    ship_order(order, by=clerk)
    receive_sales_return(approved(order, 2), by=clerk)
    adjust_stock([AdjustmentLine(lamp, warehouse, 2, "found", unit_cost=Decimal("16.0000"))], by=clerk)
    ship_order(order, [ShipmentLine(only_item(order), 1)], by=clerk)
    receive_sales_return(approved(order, 1), by=clerk)
    assert inflows() == [(2, Decimal("20.0000")), (1, Decimal("13.0000"))]
    assert balance(lamp, warehouse).stock_value == Decimal("52.0000")


def test_no_more_of_a_lot_comes_back_than_was_shipped_of_it(clerk, warehouse, approved, refused):
    flour = ProductFactory(sku="FLOUR", tracking=Tracking.LOT)
    put_in_stock(flour, warehouse, 1, lot_number="A")
    put_in_stock(flour, warehouse, 9, lot_number="B")
    order = confirm_order(place((flour, 10)), by=clerk)
    ship_order(order, by=clerk)
    first, other = Lot.objects.get(number="A"), Lot.objects.get(number="B")
    with refused("more_than_of_lot", "FLOUR", "A"):
        approved(order, 2, lot=first)
    document = approved(order, 1, lot=first)
    with refused("more_than_of_lot"):
        approved(order, 1, lot=first)
    receive_sales_return(document, by=clerk)
    document = approved(order, 9)
    item = document.items.get()
    for lines in (
        [ReceivedLine(item, 1, lot=first)],
        [ReceivedLine(item, 8, lot=other), ReceivedLine(item, 1, lot=first)],
    ):
        with refused("more_than_of_lot"):
            receive_sales_return(document, lines, by=clerk)
    receive_sales_return(document, [ReceivedLine(item, 9, lot=other)], by=clerk)
    assert balance(flour, warehouse).quantity == 10


def test_tracked_goods_go_back_to_their_lot(clerk, warehouse, approved):
    flour = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(flour, warehouse, 5, lot_number="A")
    order = confirm_order(place((flour, 2)), by=clerk)
    ship_order(order, by=clerk)
    document = approved(order, 1)
    receive_sales_return(document, by=clerk)
    assert StockMovement.objects.latest("pk").lot.number == "A"
    assert document.items.get().lot.number == "A"


def test_of_several_lots_one_has_to_be_named(clerk, warehouse, approved, refused):
    radio = ProductFactory(sku="RADIO", tracking=Tracking.SERIAL)
    for number in ("S1", "S2", "S3"):
        put_in_stock(radio, warehouse, 1, lot_number=number)
    order = confirm_order(place((radio, 2)), by=clerk)
    ship_order(order, by=clerk)
    document = approved(order, 1)
    item = document.items.get()
    with refused("lot_required", "RADIO"):
        receive_sales_return(document, by=clerk)
    with refused("lot_not_shipped", "S3"):
        receive_sales_return(document, [ReceivedLine(item, 1, lot=Lot.objects.get(number="S3"))], by=clerk)
    receive_sales_return(document, [ReceivedLine(item, 1, lot=Lot.objects.get(number="S2"))], by=clerk)
    assert StockMovement.objects.latest("pk").lot.number == "S2"
    again = approved(order, 1)
    with refused("more_than_of_lot", "S2"):
        receive_sales_return(again, [ReceivedLine(again.items.get(), 1, lot=Lot.objects.get(number="S2"))], by=clerk)


def test_damaged_pieces_need_no_lot(clerk, warehouse, approved):
    radio = ProductFactory(tracking=Tracking.SERIAL)
    for number in ("S1", "S2"):
        put_in_stock(radio, warehouse, 1, lot_number=number)
    order = confirm_order(place((radio, 2)), by=clerk)
    ship_order(order, by=clerk)
    receive_sales_return(approved(order, 1, condition=Condition.DAMAGED), by=clerk)
    assert only_item(order).quantity_returned == 1


def test_it_refuses_what_makes_no_sense(clerk, lamp, warehouse, approved, refused):
    order = shipped_order(lamp, 6, warehouse=warehouse)
    document, other = approved(order, 3), approved(order, 1)
    item, elsewhere = document.items.get(), BinFactory()
    for lines, code, field in [
        ([ReceivedLine(item, 4)], "more_than_announced", "items/0/quantity"),
        ([ReceivedLine(item, 2), ReceivedLine(item, 2)], "more_than_announced", "items/1/quantity"),
        ([ReceivedLine(item, -1)], "invalid", "items/0/quantity"),
        ([ReceivedLine(item, 1, condition="lost")], "invalid", "items/0/condition"),
        ([ReceivedLine(item, 1, bin=elsewhere)], "wrong_bin", "items/0/bin"),
        ([ReceivedLine(other.items.get(), 1)], "does_not_exist", "items/0/item"),
        ([ReceivedLine(item, 0)], "invalid", "items"),
        ([], "invalid", "items"),
    ]:
        with refused(code, field=field):
            receive_sales_return(document, lines, by=clerk)


def test_what_comes_back_serves_back_orders(clerk, lamp, warehouse, approved, django_capture_on_commit_callbacks):
    order = shipped_order(lamp, 4, warehouse=warehouse, stock=4)
    waiting = confirmed_order(lamp, 2, warehouse=warehouse, stock=0, allow_backorder=True)
    document = approved(order, 3)
    with django_capture_on_commit_callbacks(execute=True):
        receive_sales_return(document, by=clerk)
    assert reserved_of(waiting) == {("LAMP", "HAM"): 2}


def test_the_news_goes_upwards(clerk, lamp, warehouse, approved):
    heard = []

    def listen(*, sales_return, **kwargs):
        heard.append((sales_return.pk, sales_return.status))

    document = approved(shipped_order(lamp, 4, warehouse=warehouse), 3)
    goods_returned.connect(listen)
    try:
        receive_sales_return(document, by=clerk)
    finally:
        goods_returned.disconnect(listen)
    assert heard == [(document.pk, SalesReturnStatus.RECEIVED)]
