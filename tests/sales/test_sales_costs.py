"""What the services cost in SQL statements: the same few for 1 line and for 100."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import Tracking
from inventory_project.base.clock import today
from sales.models import AddressKind
from sales.services import (
    LineChange,
    OrderLine,
    ReturnLine,
    approve_sales_return,
    cancel_order,
    change_order,
    confirm_order,
    create_shipment,
    place_order,
    receive_sales_return,
    release_order,
    request_sales_return,
    reserve_order,
    ship_order,
    ship_shipment,
)
from stock.services import OpeningLine, enter_opening_stock
from tests.factories.catalog import PriceListFactory, PriceListItemFactory, ProductFactory
from tests.factories.sales import CustomerAddressFactory, CustomerFactory

PLACING, PLACING_AND_CONFIRMING = 8, 11


@pytest.fixture
def shop(warehouse, clerk):
    """The dearest case: credit limit, price list, addresses, and every product tracked by lot."""

    class Shop:
        price_list = PriceListFactory()
        customer = CustomerFactory(price_list=price_list, credit_limit=Decimal("1000000"))

        def __init__(self):
            for kind in AddressKind.values:
                CustomerAddressFactory(customer=self.customer, kind=kind, is_default=True)

        def lines(self, number):
            products = [ProductFactory(tracking=Tracking.LOT) for _ in range(number)]
            for product in products:
                PriceListItemFactory(price_list=self.price_list, product=product)
            expires_on = today() + timedelta(days=9)
            opening = [
                OpeningLine(product, warehouse, 10, Decimal("6"), lot_number=lot, expires_on=expires_on)
                for product in products
                for lot in ("A", "B")
            ]
            enter_opening_stock(opening, by=clerk)
            return [OrderLine(product, 12) for product in products]

        def place(self, number, **header):
            return place_order(customer=self.customer, lines=self.lines(number), by=clerk, **header)

    return Shop()


@pytest.mark.parametrize("number", [1, 100])
def test_placing(shop, clerk, statements, number):
    lines = shop.lines(number)
    assert statements(lambda: place_order(customer=shop.customer, lines=lines, by=clerk)) <= PLACING
    own = {"order_number": "WEB-1", "shipping_amount": Decimal("5")}
    assert statements(lambda: place_order(customer=shop.customer, lines=lines, by=clerk, **own)) <= PLACING


@pytest.mark.parametrize("number", [1, 100])
def test_placing_and_confirming_in_one(shop, clerk, statements, number):
    lines = shop.lines(number)
    order = {"customer": shop.customer, "lines": lines, "confirm": True, "by": clerk}
    assert statements(lambda: place_order(**order)) <= PLACING_AND_CONFIRMING


def test_the_limits_are_not_met_by_doing_nothing(shop, clerk, statements):
    lines = shop.lines(2)
    assert statements(lambda: place_order(customer=shop.customer, lines=lines, confirm=True, by=clerk)) >= 8


def take_back(order, by):
    ship_order(confirm_order(order, by=by), by=by)
    rows = order.items.prefetch_related("shipment_items__lot")
    lines = [ReturnLine(item, 1, lot=item.shipment_items.all()[0].lot) for item in rows]
    document = request_sales_return(order, lines, "Stale", by=by)
    receive_sales_return(approve_sales_return(document, by=by), by=by)


@pytest.mark.parametrize(
    "act",
    [
        lambda order, by: confirm_order(order, by=by),
        lambda order, by: cancel_order(confirm_order(order, by=by), by=by),
        lambda order, by: release_order(confirm_order(order, by=by), by=by),
        lambda order, by: reserve_order(release_order(confirm_order(order, by=by), by=by), by=by),
        lambda order, by: change_order(
            confirm_order(order, by=by), [LineChange(11, item) for item in order.items.all()], by=by
        ),
        lambda order, by: ship_order(confirm_order(order, by=by), by=by),
        lambda order, by: ship_shipment(create_shipment(confirm_order(order, by=by), by=by), by=by),
        take_back,
    ],
    ids=["confirm", "cancel", "release", "reserve", "change", "ship", "draft and ship", "return"],
)
def test_each_act_costs_the_same_for_few_lines_and_for_many(shop, clerk, statements, act):
    few, many = shop.place(2), shop.place(40)
    assert statements(lambda: act(few, clerk)) == statements(lambda: act(many, clerk))
