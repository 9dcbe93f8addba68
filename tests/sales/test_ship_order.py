import pytest

from sales.models import OrderStatus, Shipment, ShipmentStatus
from sales.services import (
    OrderLine,
    ShipmentLine,
    confirm_order,
    create_shipment,
    release_order,
    ship_order,
)
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import BinFactory, WarehouseFactory, balance, put_in_stock
from tests.sales.books import only_item, reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


@pytest.fixture
def kel(db):
    return WarehouseFactory(code="KEL")


def contents(shipments):
    return {
        shipment.warehouse.code: sorted(shipment.items.values_list("order_item__product__sku", "quantity"))
        for shipment in shipments
    }


def test_there_is_a_shipment_for_each_warehouse(clerk, lamp, warehouse, kel):
    rope = ProductFactory(sku="ROPE")
    put_in_stock(lamp, warehouse, 4)
    put_in_stock(lamp, kel, 3)
    put_in_stock(rope, kel, 5)
    order = confirm_order(place((lamp, 7), (rope, 2)), by=clerk)
    shipments = ship_order(order, carrier="DHL", tracking_number="JD01", by=clerk)
    assert contents(shipments) == {"HAM": [("LAMP", 4)], "KEL": [("LAMP", 3), ("ROPE", 2)]}
    assert {(s.status, s.carrier, s.tracking_number) for s in Shipment.objects.all()} == {("shipped", "DHL", "JD01")}
    assert len({s.shipment_number for s in shipments}) == 2
    assert order.status == OrderStatus.SHIPPED
    assert balance(lamp, kel).quantity == 0


def test_repeating_it_returns_what_was_shipped(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    shipments = ship_order(order, by=clerk)
    assert ship_order(order, by=clerk) == shipments
    assert balance(lamp, warehouse).quantity == 6


def test_of_a_back_order_what_there_is_leaves(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 4, warehouse=warehouse, stock=3, allow_backorder=True)
    ship_order(order, by=clerk)
    assert (order.status, only_item(order).quantity_shipped) == (OrderStatus.CONFIRMED, 3)
    with refused("nothing_to_ship"):
        ship_order(order, by=clerk)
    adjust_stock([AdjustmentLine(lamp, warehouse, 1, "Found")], by=clerk)
    ship_order(order, [ShipmentLine(only_item(order), 1)], by=clerk)
    assert order.status == OrderStatus.SHIPPED


def test_lines_that_are_named_come_from_where_they_are_reserved(clerk, lamp, warehouse, kel):
    put_in_stock(lamp, warehouse, 4)
    put_in_stock(lamp, kel, 3)
    order = confirm_order(place((lamp, 7)), by=clerk)
    assert contents(ship_order(order, [ShipmentLine(only_item(order), 5)], by=clerk)) == {
        "HAM": [("LAMP", 4)],
        "KEL": [("LAMP", 1)],
    }
    assert reserved_of(order) == {("LAMP", "KEL"): 2}


def test_what_is_not_reserved_comes_from_free_stock_or_nowhere(clerk, lamp, warehouse, kel, refused):
    put_in_stock(lamp, kel, 1)
    order = confirmed_order(lamp, 5, warehouse=warehouse, stock=5)
    release_order(order, by=clerk)
    other = confirm_order(place((lamp, 2), warehouse=warehouse), by=clerk)
    item = only_item(order)
    with refused("insufficient_stock", "Only 3 of 4 LAMP") as caught:
        ship_order(order, [ShipmentLine(item, 4)], by=clerk)
    assert caught.value.details["lines"][0]["line"] == 1
    ship_order(order, [ShipmentLine(item, 3)], by=clerk)
    assert reserved_of(other) == {("LAMP", "HAM"): 2}


def test_a_bin_that_is_named_says_the_warehouse(clerk, lamp, warehouse, kel):
    shelf = BinFactory(warehouse=kel, code="SHELF")
    order = confirmed_order(lamp, 2, warehouse=warehouse)
    put_in_stock(lamp, kel, 5, bin=shelf)
    (shipment,) = ship_order(order, [ShipmentLine(only_item(order), 2, bin=shelf)], by=clerk)
    assert (shipment.warehouse, shipment.items.get().bin) == (kel, shelf)
    assert balance(lamp, warehouse).available == 10


def test_one_line_can_be_named_twice_but_not_for_more_than_is_open(clerk, lamp, warehouse, refused):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    item = only_item(order)
    with refused("more_than_open", "4 LAMP", field="items/1/quantity"):
        ship_order(order, [ShipmentLine(item, 3), ShipmentLine(item, 2)], by=clerk)
    ship_order(order, [ShipmentLine(item, 3), ShipmentLine(item, 1)], by=clerk)
    assert order.status == OrderStatus.SHIPPED


def test_more_than_is_open_is_refused_also_over_two_warehouses(clerk, lamp, warehouse, kel, refused):
    put_in_stock(lamp, kel, 10)
    order = confirmed_order(lamp, 4, warehouse=warehouse, stock=4)
    with refused("more_than_open"):
        ship_order(order, [ShipmentLine(only_item(order), 6)], by=clerk)


def test_it_refuses_lines_of_another_order(clerk, lamp, warehouse, refused):
    order, other = confirmed_order(lamp, 1, warehouse=warehouse), place((lamp, 1))
    with refused("does_not_exist", field="items/0/order_item"):
        ship_order(order, [ShipmentLine(only_item(other), 1)], by=clerk)


def test_a_draft_of_goods_that_have_left_is_dropped(clerk, lamp, warehouse):
    order = confirmed_order(lamp, 4, warehouse=warehouse)
    draft = create_shipment(order, by=clerk)
    ship_order(order, by=clerk)
    draft.refresh_from_db()
    assert draft.status == ShipmentStatus.CANCELLED


def test_a_pending_order_is_not_shipped(clerk, refused):
    order = place()
    with refused("invalid_state"):
        ship_order(order, by=clerk)


def test_two_lines_of_one_product_are_shipped_side_by_side(clerk, lamp, warehouse):
    put_in_stock(lamp, warehouse, 5)
    order = confirm_order(place((lamp, 2), OrderLine(lamp, 3, description="Spare")), by=clerk)
    ship_order(order, by=clerk)
    assert sorted(order.items.values_list("quantity_shipped", flat=True)) == [2, 3]
