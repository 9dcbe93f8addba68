import pytest

from catalog.models import Tracking
from inventory_project.base.services import save_lines
from sales.models import Condition, SalesReturnStatus
from sales.services import (
    ReturnLine,
    ShipmentLine,
    approve_sales_return,
    cancel_sales_return,
    close_sales_return,
    confirm_order,
    recalculate_sales_return,
    receive_sales_return,
    reject_sales_return,
    request_sales_return,
    ship_order,
)
from stock.models import Lot, StockMovement
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place, shipped_order
from tests.factories.stock import LotFactory, WarehouseFactory, put_in_stock
from tests.sales.books import only_item


@pytest.fixture
def order(warehouse):
    return shipped_order(ProductFactory(sku="LAMP"), 6, warehouse=warehouse)


@pytest.fixture
def asked_for(clerk, order):
    def make(units=2):
        return request_sales_return(order, [ReturnLine(only_item(order), units)], "Too many", by=clerk)

    return make


def test_it_notes_what_is_to_come_back_and_why(clerk, order, warehouse):
    lines = [ReturnLine(only_item(order), 2), ReturnLine(only_item(order), 1, condition=Condition.DAMAGED)]
    document = request_sales_return(order, lines, " Two too many ", notes="Call first", by=clerk)
    document.refresh_from_db()
    assert document.return_number.startswith("RT-")
    assert (document.status, document.order, document.warehouse) == ("requested", order, warehouse)
    assert (document.reason, document.notes, document.created_by) == ("Two too many", "Call first", clerk)
    rows = document.items.order_by("pk").values_list("quantity", "quantity_received", "condition")
    assert list(rows) == [(2, 0, "resellable"), (1, 0, "damaged")]
    assert StockMovement.objects.filter(kind="customer_return").count() == 0
    assert only_item(order).quantity_returned == 0


def test_the_goods_may_come_to_another_warehouse(clerk, order):
    other = WarehouseFactory()
    document = request_sales_return(order, [ReturnLine(only_item(order), 1)], "Broken", warehouse=other, by=clerk)
    assert document.warehouse == other


def test_no_more_comes_back_than_has_left_and_is_not_announced(clerk, order, asked_for, refused):
    first = asked_for(4)
    item = only_item(order)
    with refused("more_than_returnable", "2 LAMP", field="items/0/quantity"):
        asked_for(3)
    with refused("more_than_returnable", field="items/1/quantity"):
        request_sales_return(order, [ReturnLine(item, 1), ReturnLine(item, 2)], "Two more", by=clerk)
    cancel_sales_return(first, by=clerk)
    second = asked_for(6)
    reject_sales_return(second, by=clerk)
    third = asked_for(6)
    receive_sales_return(approve_sales_return(third, by=clerk), by=clerk)
    with refused("more_than_returnable", "0 LAMP"):
        asked_for(1)


def test_of_a_part_shipped_order_that_part_may_come_back(clerk, warehouse, refused):
    order = confirmed_order(ProductFactory(), 6, warehouse=warehouse)
    with refused("nothing_shipped", order.order_number):
        request_sales_return(order, [ReturnLine(only_item(order), 1)], "Wrong", by=clerk)
    ship_order(order, [ShipmentLine(only_item(order), 2)], by=clerk)
    request_sales_return(order, [ReturnLine(only_item(order), 2)], "Wrong", by=clerk)


def test_it_refuses_what_makes_no_sense(clerk, order, refused):
    item, foreign, lot = only_item(order), only_item(place()), LotFactory()
    for lines, code, field in [
        ([], "invalid", "items"),
        ([ReturnLine(foreign, 1)], "does_not_exist", "items/0/order_item"),
        ([ReturnLine(item, 0)], "invalid", "items/0/quantity"),
        ([ReturnLine(item, 1, condition="lost")], "invalid", "items/0/condition"),
        ([ReturnLine(item, 1, lot=lot)], "wrong_lot", "items/0/lot"),
    ]:
        with refused(code, field=field):
            request_sales_return(order, lines, "Why not", by=clerk)
    with refused("invalid", field="reason"):
        request_sales_return(order, [ReturnLine(item, 1)], " ", by=clerk)


def test_a_lot_that_is_named_was_shipped_with_the_line(clerk, warehouse, refused):
    flour = ProductFactory(tracking=Tracking.LOT)
    put_in_stock(flour, warehouse, 5, lot_number="A")
    order = confirm_order(place((flour, 2)), by=clerk)
    ship_order(order, by=clerk)
    other = LotFactory(product=flour)
    with refused("lot_not_shipped", other.number, field="items/0/lot"):
        request_sales_return(order, [ReturnLine(only_item(order), 1, lot=other)], "Stale", by=clerk)
    lot = Lot.objects.get(number="A")
    document = request_sales_return(order, [ReturnLine(only_item(order), 1, lot=lot)], "Stale", by=clerk)
    assert document.items.get().lot == lot


def test_the_acts_lead_where_they_should(clerk, asked_for, refused):
    document = asked_for()
    assert approve_sales_return(document, by=clerk) is document
    assert (document.status, bool(document.approved_at)) == (SalesReturnStatus.APPROVED, True)
    version = document.updated_at
    assert approve_sales_return(document, by=clerk).updated_at == version
    with refused("invalid_state"):
        reject_sales_return(document, by=clerk)
    with refused("invalid_state"):
        close_sales_return(document, by=clerk)
    assert cancel_sales_return(document, by=clerk).status == SalesReturnStatus.CANCELLED
    with refused("invalid_state"):
        approve_sales_return(document, by=clerk)


def test_a_received_return_is_closed(clerk, asked_for, refused):
    document = asked_for()
    with refused("invalid_state"):
        receive_sales_return(document, by=clerk)
    receive_sales_return(approve_sales_return(document, by=clerk), by=clerk)
    with refused("invalid_state"):
        cancel_sales_return(document, by=clerk)
    assert close_sales_return(document, by=clerk).status == SalesReturnStatus.CLOSED
    assert document.closed_at


def test_one_without_lines_is_not_approved(clerk, asked_for, refused):
    document = asked_for()
    save_lines(document, delete=document.items.all(), recalculate=recalculate_sales_return, by=clerk)
    with refused("no_lines"):
        approve_sales_return(document, by=clerk)


def test_lines_edited_by_hand_are_checked(clerk, asked_for, refused):
    document = asked_for()
    line = document.items.get()
    line.quantity = 7
    with refused("more_than_returnable"):
        save_lines(document, save=[line], recalculate=recalculate_sales_return, by=clerk)
    line.quantity = 6
    save_lines(document, save=[line], recalculate=recalculate_sales_return, by=clerk)
    assert document.items.get().quantity == 6
