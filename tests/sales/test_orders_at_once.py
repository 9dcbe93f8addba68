"""Several people at once: one effect, the others are told why, and nobody waits for ever."""

from decimal import Decimal

import pytest

from inventory_project.base.errors import RuleViolation
from sales.models import Order, OrderStatus, Reservation, Shipment
from sales.services import (
    LineChange,
    OrderLine,
    allocate_backorders,
    cancel_order,
    change_order,
    confirm_order,
    place_order,
    release_expired_reservations,
    ship_order,
)
from stock.models import StockMovement
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order, place
from tests.factories.stock import balance, put_in_stock

pytestmark = pytest.mark.usefixtures("transactional_database")


def codes(outcomes):
    return sorted(outcome.code for outcome in outcomes if isinstance(outcome, RuleViolation))


def test_the_last_unit_is_promised_once(clerk, warehouse, at_once):
    product, customer = ProductFactory(), CustomerFactory()
    put_in_stock(product, warehouse, 1)
    lines = [OrderLine(product, 1)]
    outcomes = at_once(lambda client: place_order(customer=customer, lines=lines, confirm=True, by=clerk))
    assert codes(outcomes) == ["insufficient_stock"] * 7
    assert (Order.objects.count(), balance(product, warehouse).available) == (1, 0)


def test_the_last_of_the_credit_is_given_once(clerk, warehouse, at_once):
    product, customer = ProductFactory(), CustomerFactory(credit_limit=Decimal("20"))
    put_in_stock(product, warehouse, 100)
    orders = [place((product, 1), customer=customer) for _ in range(8)]
    outcomes = at_once(lambda client: confirm_order(orders[client], by=clerk))
    assert codes(outcomes) == ["credit_limit"] * 7


def test_orders_that_cross_do_not_wait_for_each_other(clerk, warehouse, at_once):
    products = [ProductFactory() for _ in range(6)]
    for product in products:
        put_in_stock(product, warehouse, 100)
    customer = CustomerFactory(credit_limit=Decimal("100000"))

    def trade(client):
        for turn in range(3):
            mixed = products[client % 6 :] + products[: client % 6]
            mixed = mixed if (client + turn) % 2 else mixed[::-1]
            lines = [OrderLine(product, 1) for product in mixed]
            order = place_order(customer=customer, lines=lines, confirm=True, by=clerk)
            change_order(order, [LineChange(2, order.items.first())], by=clerk)
            ship_order(order, by=clerk)

    assert at_once(trade) == [None] * 8
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.SHIPPED}


def test_an_order_is_confirmed_once(clerk, warehouse, at_once):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    order = place((product, 4))
    outcomes = at_once(lambda client: confirm_order(Order.objects.get(pk=order.pk), by=clerk))
    assert codes(outcomes) == []
    assert Reservation.objects.get().quantity == 4


def test_an_order_is_shipped_once(clerk, warehouse, at_once):
    product = ProductFactory()
    order = confirmed_order(product, 4, warehouse=warehouse)
    outcomes = at_once(lambda client: ship_order(Order.objects.get(pk=order.pk), by=clerk))
    assert codes(outcomes) == []
    assert (Shipment.objects.count(), StockMovement.objects.filter(kind="shipment").count()) == (1, 1)


def test_an_order_is_shipped_or_cancelled_not_both(clerk, warehouse, at_once):
    order = confirmed_order(ProductFactory(), 4, warehouse=warehouse)
    acts = [ship_order, cancel_order]
    outcomes = at_once(lambda client: acts[client % 2](Order.objects.get(pk=order.pk), by=clerk))
    order.refresh_from_db()
    assert order.status in (OrderStatus.SHIPPED, OrderStatus.CANCELLED)
    assert codes(outcomes) == ["invalid_state"] * 4


def test_reservations_that_give_way_expire_and_are_taken_stay_countable(clerk, warehouse, at_once, settings):
    settings.RESERVATION_DAYS = -1
    product = ProductFactory()
    put_in_stock(product, warehouse, 60)
    orders = [confirmed_order(product, 5, warehouse=warehouse, stock=0, allow_backorder=True) for _ in range(8)]
    row = balance(product, warehouse)

    def disturb(client):
        match client % 4:
            case 0:
                adjust_stock([AdjustmentLine(product, warehouse, -15, "Lost")], release=True, by=clerk)
            case 1:
                release_expired_reservations(by=None)
            case 2:
                allocate_backorders([row.pk], by=None)
            case 3:
                ship_order(orders[client], by=clerk)

    outcomes = at_once(disturb)
    assert set(codes(outcomes)) <= {"nothing_to_ship"}
    assert balance(product, warehouse).quantity <= 30
