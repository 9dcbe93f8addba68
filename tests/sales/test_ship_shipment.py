from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import Tracking
from inventory_project.base.clock import today
from sales.models import OrderStatus, ShipmentStatus
from sales.services import (
    LineChange,
    ShipmentLine,
    change_order,
    close_order,
    confirm_order,
    create_shipment,
    release_order,
    ship_shipment,
)
from sales.signals import goods_shipped
from stock.models import Lot, StockMovement
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock
from tests.sales.books import only_item, reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


def outflows(order):
    rows = StockMovement.objects.filter(source_type="sales.shipmentitem").order_by("pk")
    return [(row.lot and row.lot.number, row.bin.code, row.quantity) for row in rows]


def test_goods_leave_and_the_reservation_with_them(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    shipment = create_shipment(order, by=clerk)
    assert ship_shipment(shipment, "DHL", "JD01", by=clerk) is shipment
    shipment.refresh_from_db()
    assert (shipment.status, shipment.carrier, shipment.tracking_number) == (ShipmentStatus.SHIPPED, "DHL", "JD01")
    assert shipment.shipped_at
    row = shipment.items.get()
    assert (row.quantity, row.bin, row.lot, row.unit_cost) == (4, default_bin(warehouse), None, Decimal("6.0000"))
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.quantity, movement.value) == ("shipment", -4, Decimal("-24.0000"))
    assert (movement.reference, movement.source_id) == (shipment.shipment_number, row.pk)
    stock = balance(lamp, warehouse)
    assert (stock.quantity, stock.reserved, stock.stock_value) == (6, 0, Decimal("36.0000"))
    order.refresh_from_db()
    assert (order.status, only_item(order).quantity_shipped) == (OrderStatus.SHIPPED, 4)
    assert order.shipped_at


def test_repeating_it_changes_nothing(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    shipment = create_shipment(order, by=clerk)
    stale = type(shipment).objects.get(pk=shipment.pk)
    ship_shipment(shipment, by=clerk)
    ship_shipment(stale, "Other", by=clerk)
    assert stale.carrier == ""
    assert balance(lamp, warehouse).quantity == 6


def test_a_part_leaves_the_order_confirmed_and_the_rest_reserved(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    version = order.updated_at
    ship_shipment(create_shipment(order, [ShipmentLine(only_item(order), 1)], by=clerk), by=clerk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    assert order.updated_at > version
    assert reserved_of(order) == {("LAMP", "HAM"): 3}
    ship_shipment(create_shipment(order, by=clerk), by=clerk)
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


def test_what_expires_first_leaves_first_split_by_bin_and_lot(clerk, warehouse):
    flour = ProductFactory(tracking=Tracking.LOT)
    shelf = BinFactory(warehouse=warehouse, code="SHELF")
    soon, later = today() + timedelta(days=5), today() + timedelta(days=50)
    put_in_stock(flour, warehouse, 5, lot_number="LATER", expires_on=later, unit_cost="1")
    put_in_stock(flour, warehouse, 2, lot_number="SOON", expires_on=soon, unit_cost="2")
    put_in_stock(flour, warehouse, 2, lot_number="SOON", expires_on=soon, bin=shelf, unit_cost="2")
    put_in_stock(flour, warehouse, 5, lot_number="OLD", expires_on=today() - timedelta(days=1), unit_cost="9")
    put_in_stock(flour, warehouse, 5, lot_number="BAD", unit_cost="9")
    Lot.objects.filter(number="BAD").update(is_blocked=True)
    order = confirm_order(place((flour, 6)), by=clerk)
    shipment = create_shipment(order, by=clerk)
    ship_shipment(shipment, by=clerk)
    default = default_bin(warehouse).code
    assert outflows(order) == [("SOON", default, -2), ("SOON", "SHELF", -2), ("LATER", default, -2)]
    rows = shipment.items.order_by("pk").values_list("lot__number", "bin__code", "quantity", "order_item")
    assert list(rows) == [
        ("SOON", default, 2, only_item(order).pk),
        ("SOON", "SHELF", 2, only_item(order).pk),
        ("LATER", default, 2, only_item(order).pk),
    ]
    assert only_item(order).quantity_shipped == 6


def test_a_lot_that_is_named_leaves_instead(clerk, warehouse):
    flour = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(flour, warehouse, 5, lot_number="SOON", expires_on=today() + timedelta(days=5))
    put_in_stock(flour, warehouse, 5, lot_number="LATER", expires_on=today() + timedelta(days=50))
    order = confirm_order(place((flour, 2)), by=clerk)
    line = ShipmentLine(only_item(order), 2, lot=Lot.objects.get(number="LATER"))
    ship_shipment(create_shipment(order, [line], by=clerk), by=clerk)
    assert [lot for lot, _bin, _units in outflows(order)] == ["LATER"]


def test_a_bin_that_is_named_leaves_instead(clerk, lamp, warehouse):
    shelf = BinFactory(warehouse=warehouse, code="SHELF")
    put_in_stock(lamp, warehouse, 5)
    put_in_stock(lamp, warehouse, 5, bin=shelf)
    order = confirm_order(place((lamp, 2)), by=clerk)
    ship_shipment(create_shipment(order, [ShipmentLine(only_item(order), 2, bin=shelf)], by=clerk), by=clerk)
    assert outflows(order) == [(None, "SHELF", -2)]


def test_a_lot_blocked_meanwhile_is_refused(clerk, warehouse, refused):
    flour = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(flour, warehouse, 5, lot_number="A")
    order = confirm_order(place((flour, 2)), by=clerk)
    named = create_shipment(order, [ShipmentLine(only_item(order), 1, lot=Lot.objects.get())], by=clerk)
    unnamed = create_shipment(order, by=clerk)
    Lot.objects.update(is_blocked=True)
    with refused("lot_not_shippable", "A"):
        ship_shipment(named, by=clerk)
    with refused("insufficient_stock"):
        ship_shipment(unnamed, by=clerk)


def test_serial_numbers_leave_one_by_one(clerk, warehouse):
    radio = ProductFactory(tracking=Tracking.SERIAL)
    for number in ("S1", "S2", "S3"):
        put_in_stock(radio, warehouse, 1, lot_number=number)
    order = confirm_order(place((radio, 2)), by=clerk)
    shipment = create_shipment(order, by=clerk)
    ship_shipment(shipment, by=clerk)
    assert list(shipment.items.order_by("pk").values_list("lot__number", "quantity")) == [("S1", 1), ("S2", 1)]


def test_the_cost_is_that_of_the_ledger_the_last_units_take_the_rest(clerk, lamp, warehouse):
    put_in_stock(lamp, warehouse, 2, unit_cost="1.0000")
    put_in_stock(lamp, warehouse, 1, unit_cost="1.0001")
    order = confirm_order(place((lamp, 3)), by=clerk)
    ship_shipment(create_shipment(order, [ShipmentLine(only_item(order), 2)], by=clerk), by=clerk)
    ship_shipment(create_shipment(order, by=clerk), by=clerk)
    values = StockMovement.objects.filter(kind="shipment").order_by("pk").values_list("quantity", "value")
    assert list(values) == [(-2, Decimal("-2.0001")), (-1, Decimal("-1.0000"))]
    assert balance(lamp, warehouse).stock_value == 0


def test_what_is_not_reserved_leaves_if_it_is_free(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    release_order(order, by=clerk)
    confirm_order(place((lamp, 7)), by=clerk)
    shipment = create_shipment(order, [ShipmentLine(only_item(order), 4)], by=clerk)
    with refused("insufficient_stock", "Only 3 of 4 LAMP"):
        ship_shipment(shipment, by=clerk)
    fewer = create_shipment(order, [ShipmentLine(only_item(order), 3)], by=clerk)
    ship_shipment(fewer, by=clerk)
    assert only_item(order).quantity_shipped == 3
    assert balance(lamp, warehouse).available == 0


def test_shipping_from_elsewhere_gives_the_reservation_free(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    other = WarehouseFactory(code="KEL")
    put_in_stock(lamp, other, 10)
    shipment = create_shipment(order, [ShipmentLine(only_item(order), 3)], other, by=clerk)
    ship_shipment(shipment, by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 1}
    assert (balance(lamp, warehouse).available, balance(lamp, other).quantity) == (9, 7)


def test_goods_that_have_gone_missing_are_named(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    shipment = create_shipment(order, by=clerk)
    adjust_stock([AdjustmentLine(lamp, warehouse, -8, "Fire")], release=True, by=clerk)
    with refused("insufficient_stock", "Only 2 of 4 LAMP"):
        ship_shipment(shipment, by=clerk)


def test_a_draft_that_the_order_has_outgrown_is_refused(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    first = create_shipment(order, [ShipmentLine(only_item(order), 4)], by=clerk)
    second = create_shipment(order, [ShipmentLine(only_item(order), 4)], by=clerk)
    ship_shipment(first, by=clerk)
    with refused("more_than_open", "2 LAMP"):
        ship_shipment(second, by=clerk)
    change_order(order, [LineChange(5, only_item(order))], by=clerk)
    third = create_shipment(order, [ShipmentLine(only_item(order), 1)], by=clerk)
    ship_shipment(third, by=clerk)
    second.refresh_from_db()
    assert second.status == ShipmentStatus.CANCELLED


def test_nothing_leaves_once_the_order_is_closed(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 6, warehouse=warehouse)
    ship_shipment(create_shipment(order, [ShipmentLine(only_item(order), 4)], by=clerk), by=clerk)
    draft = create_shipment(order, by=clerk)
    close_order(order, by=clerk)
    with refused("invalid_state"):
        ship_shipment(draft, by=clerk)


def test_the_news_goes_upwards(clerk, lamp, warehouse):
    heard = []

    def listen(*, shipment, **kwargs):
        heard.append((shipment.status, shipment.items.get().quantity))

    goods_shipped.connect(listen)
    try:
        ship_shipment(create_shipment(confirmed_order(lamp, 4, warehouse=warehouse), by=clerk), by=clerk)
    finally:
        goods_shipped.disconnect(listen)
    assert heard == [(ShipmentStatus.SHIPPED, 4)]


def test_what_is_reserved_for_another_order_stays_although_expired_goods_lie_beside_it(clerk, warehouse, refused):
    milk = ProductFactory(sku="MILK", tracking=Tracking.LOT)
    put_in_stock(milk, warehouse, 5, lot_number="OLD", expires_on=today() - timedelta(days=1))
    put_in_stock(milk, warehouse, 5, lot_number="NEW", expires_on=today())
    first = confirm_order(place((milk, 5), warehouse=warehouse), by=clerk)
    second = confirm_order(place((milk, 5), warehouse=warehouse, allow_backorder=True), by=clerk)
    line = ShipmentLine(only_item(second), 5)
    shipment = create_shipment(second, [line], by=clerk)
    with refused("insufficient_stock", "Only 0 of 5 MILK"):
        ship_shipment(shipment, by=clerk)
    ship_shipment(create_shipment(first, by=clerk), by=clerk)
    assert balance(milk, warehouse).quantity == 5
