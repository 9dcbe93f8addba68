"""Delivered, closed short, cancelled."""

import pytest

from billing.services import cancel_invoice, invoice_order
from sales.models import OrderStatus, ShipmentStatus
from sales.services import (
    ShipmentLine,
    cancel_order,
    close_order,
    confirm_order,
    create_shipment,
    deliver_order,
    deliver_shipment,
    ship_order,
)
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place, shipped_order
from tests.factories.stock import balance
from tests.sales.books import only_item, only_shipment, reserved_of


@pytest.fixture
def lamp(db):
    return ProductFactory(sku="LAMP")


@pytest.fixture
def order(lamp, warehouse):
    return confirmed_order(lamp, 6, warehouse=warehouse)


def part(order, units):
    return [ShipmentLine(only_item(order), units)]


def test_delivering_an_order_delivers_its_shipments(clerk, order):
    ship_order(order, part(order, 2), by=clerk)
    ship_order(order, part(order, 4), by=clerk)
    assert deliver_order(order, by=clerk) is order
    assert order.status == OrderStatus.DELIVERED
    assert {(row.status, row.delivered_at) for row in order.shipments.all()} == {("delivered", order.delivered_at)}
    version = order.updated_at
    assert deliver_order(order, by=clerk).updated_at == version


def test_the_last_shipment_that_arrives_delivers_the_order(clerk, order):
    (first,) = ship_order(order, part(order, 2), by=clerk)
    deliver_shipment(first, by=clerk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    (second,) = ship_order(order, part(order, 4), by=clerk)
    deliver_shipment(first, by=clerk)
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    deliver_shipment(second, by=clerk)
    assert second.status == ShipmentStatus.DELIVERED
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED


def test_what_has_not_left_is_not_delivered(clerk, order, refused):
    draft = create_shipment(order, by=clerk)
    with refused("invalid_state"):
        deliver_order(order, by=clerk)
    with refused("invalid_state"):
        deliver_shipment(draft, by=clerk)


def test_closing_short_releases_the_rest_and_drops_drafts(clerk, order, lamp, warehouse):
    ship_order(order, part(order, 2), by=clerk)
    draft = create_shipment(order, by=clerk)
    assert close_order(order, by=clerk) is order
    assert order.status == OrderStatus.SHIPPED
    assert order.shipped_at
    assert reserved_of(order) == {}
    assert balance(lamp, warehouse).available == 8
    draft.refresh_from_db()
    assert draft.status == ShipmentStatus.CANCELLED
    assert (only_item(order).quantity, only_item(order).quantity_shipped) == (6, 2)
    version = order.updated_at
    assert close_order(order, by=clerk).updated_at == version


def test_an_order_of_which_nothing_has_left_is_not_closed(clerk, order, refused):
    with refused("nothing_shipped", order.order_number):
        close_order(order, by=clerk)


def test_a_pending_order_is_cancelled(clerk):
    order = place()
    assert cancel_order(order, " Changed their mind ", by=clerk) is order
    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "Changed their mind")
    assert order.cancelled_at


def test_a_confirmed_order_is_cancelled_and_its_goods_are_free(clerk, order, lamp, warehouse):
    draft = create_shipment(order, by=clerk)
    cancel_order(order, by=clerk)
    assert reserved_of(order) == {}
    assert balance(lamp, warehouse).available == 10
    draft.refresh_from_db()
    assert draft.status == ShipmentStatus.CANCELLED
    version = order.updated_at
    assert cancel_order(order, "Again", by=clerk).updated_at == version
    assert order.cancel_reason == ""


def test_once_something_has_left_it_is_not_cancelled(clerk, order, refused):
    ship_order(order, part(order, 1), by=clerk)
    with refused("partly_shipped", order.order_number):
        cancel_order(order, by=clerk)
    ship_order(order, by=clerk)
    with refused("invalid_state"):
        cancel_order(order, by=clerk)


def test_nor_while_it_stands_on_an_invoice(clerk, order, refused):
    invoice = invoice_order(order, shipped_only=False, by=clerk)
    with refused("invoiced", order.order_number):
        cancel_order(order, by=clerk)
    cancel_invoice(invoice, by=clerk)
    assert cancel_order(order, by=clerk).status == OrderStatus.CANCELLED


def test_a_reason_has_a_length(clerk, order, refused):
    with refused("invalid", field="reason"):
        cancel_order(order, "x" * 301, by=clerk)


def test_a_delivered_order_has_come_to_its_end(clerk, lamp, warehouse, refused):
    order = shipped_order(lamp, 2, warehouse=warehouse)
    deliver_shipment(only_shipment(order), by=clerk)
    order.refresh_from_db()
    assert order.allowed_actions == []
    for act in (confirm_order, close_order, cancel_order):
        with refused("invalid_state"):
            act(order, by=clerk)
