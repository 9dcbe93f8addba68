import pytest

from catalog.models import Tracking
from inventory_project.base.services import save_lines
from sales.models import ShipmentItem, ShipmentStatus
from sales.services import (
    LineChange,
    ShipmentLine,
    cancel_shipment,
    change_order,
    confirm_order,
    create_shipment,
    recalculate_shipment,
    release_order,
    ship_shipment,
)
from stock.models import StockMovement
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import BinFactory, LotFactory, WarehouseFactory, balance, put_in_stock
from tests.sales.books import only_item, reserved_of


@pytest.fixture
def order(warehouse):
    return confirmed_order(ProductFactory(sku="LAMP"), 6, warehouse=warehouse)


def test_a_draft_takes_all_that_is_reserved_and_moves_nothing(clerk, order, warehouse):
    shipment = create_shipment(order, carrier="DHL", tracking_number="JD01", notes="Fragile", by=clerk)
    shipment.refresh_from_db()
    assert shipment.shipment_number.startswith("SH-")
    assert (shipment.order, shipment.warehouse, shipment.status) == (order, warehouse, ShipmentStatus.DRAFT)
    assert (shipment.carrier, shipment.tracking_number, shipment.notes) == ("DHL", "JD01", "Fragile")
    assert shipment.created_by == clerk
    row = shipment.items.get()
    assert (row.order_item, row.quantity, row.bin, row.lot, row.unit_cost) == (only_item(order), 6, None, None, 0)
    assert StockMovement.objects.count() == 1
    assert reserved_of(order) == {("LAMP", "HAM"): 6}


def test_what_is_on_a_draft_is_not_proposed_again(clerk, order, refused):
    create_shipment(order, [ShipmentLine(only_item(order), 4)], by=clerk)
    second = create_shipment(order, by=clerk)
    assert second.items.get().quantity == 2
    with refused("nothing_to_ship"):
        create_shipment(order, by=clerk)
    cancel_shipment(second, by=clerk)
    assert create_shipment(order, by=clerk).items.get().quantity == 2


def test_goods_in_several_warehouses_need_a_name(clerk, warehouse, refused):
    lamp, other = ProductFactory(sku="LAMP"), WarehouseFactory(code="KEL")
    put_in_stock(lamp, warehouse, 4)
    put_in_stock(lamp, other, 3)
    order = confirm_order(place((lamp, 7)), by=clerk)
    with refused("warehouse_required", field="warehouse"):
        create_shipment(order, by=clerk)
    assert create_shipment(order, warehouse=other, by=clerk).items.get().quantity == 3
    assert create_shipment(order, warehouse=warehouse, by=clerk).items.get().quantity == 4


def test_the_one_warehouse_that_holds_the_goods_is_found(clerk, warehouse, refused):
    lamp = ProductFactory()
    put_in_stock(lamp, warehouse, 4)
    order = confirm_order(place((lamp, 4)), by=clerk)
    assert create_shipment(order, by=clerk).warehouse == warehouse
    second = confirm_order(place((lamp, 1), allow_backorder=True), by=clerk)
    with refused("nothing_reserved"):
        create_shipment(second, by=clerk)


def test_what_is_not_reserved_can_be_drafted_where_the_order_says(clerk, order, warehouse):
    release_order(order, by=clerk)
    shipment = create_shipment(order, [ShipmentLine(only_item(order), 2)], by=clerk)
    assert shipment.warehouse == warehouse


def test_it_refuses_what_makes_no_sense(clerk, order, warehouse, refused):
    item = only_item(order)
    tracked = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(tracked, warehouse, 5, lot_number="A")
    change_order(order, [LineChange(1, product=tracked)], by=clerk)
    tracked_item = order.items.get(product=tracked)
    foreign = only_item(place())
    elsewhere, lot = BinFactory(), LotFactory()
    for lines, code, field in [
        ([ShipmentLine(foreign, 1)], "does_not_exist", "items/0/order_item"),
        ([ShipmentLine(item, 0)], "invalid", "items/0/quantity"),
        ([ShipmentLine(item, 7)], "more_than_open", "items/0/quantity"),
        ([ShipmentLine(item, 4), ShipmentLine(item, 3)], "more_than_open", "items/1/quantity"),
        ([ShipmentLine(item, 1, bin=elsewhere)], "wrong_bin", "items/0/bin"),
        ([ShipmentLine(item, 1, lot=lot)], "wrong_lot", "items/0/lot"),
        ([ShipmentLine(tracked_item, 1, lot=lot)], "wrong_lot", "items/0/lot"),
        ([], "nothing_to_ship", None),
    ]:
        with refused(code, field=field):
            create_shipment(order, lines, warehouse, by=clerk)


def test_a_pending_order_is_not_shipped(clerk, refused):
    order = place()
    with refused("invalid_state", "Ship"):
        create_shipment(order, by=clerk)


def test_lines_edited_by_hand_are_checked(clerk, order, refused):
    shipment = create_shipment(order, by=clerk)
    line = shipment.items.get()
    line.quantity = 7
    with refused("more_than_open"):
        save_lines(shipment, save=[line], recalculate=recalculate_shipment, by=clerk)
    line.quantity = 5
    version = shipment.updated_at
    save_lines(shipment, save=[line], recalculate=recalculate_shipment, by=clerk)
    shipment.refresh_from_db()
    assert shipment.updated_at > version
    save_lines(shipment, delete=[line], recalculate=recalculate_shipment, by=clerk)
    with refused("nothing_to_ship"):
        ship_shipment(shipment, by=clerk)


def test_a_cancelled_draft_stays_cancelled_and_its_goods_reserved(clerk, order, refused, warehouse):
    shipment = create_shipment(order, by=clerk)
    assert cancel_shipment(shipment, by=clerk).status == ShipmentStatus.CANCELLED
    assert shipment.cancelled_at
    version = shipment.updated_at
    assert cancel_shipment(shipment, by=clerk).updated_at == version
    with refused("invalid_state"):
        ship_shipment(shipment, by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 6}
    assert ShipmentItem.objects.filter(shipment=shipment).exists()
    assert balance(only_item(order).product, warehouse).quantity == 10
