"""On PostgreSQL: whoever writes has locked first, in the one order of locks, each table by id."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.services import (
    LineChange,
    ReturnLine,
    ShipmentLine,
    allocate_backorders,
    approve_sales_return,
    cancel_order,
    change_order,
    close_order,
    confirm_order,
    create_shipment,
    deliver_order,
    receive_sales_return,
    release_expired_reservations,
    release_order,
    request_sales_return,
    reserve_order,
    ship_order,
    ship_shipment,
)
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order, place, shipped_order
from tests.factories.stock import balance, put_in_stock
from tests.sales.books import only_item

pytestmark = pytest.mark.postgres


@pytest.fixture
def locks():
    """The tables that a call locks before it first writes, in this order."""

    def before_first_write(call):
        with CaptureQueriesContext(connection) as captured:
            call()
        tables = []
        for sql in (query["sql"] for query in captured):
            if sql.startswith(("UPDATE", "INSERT", "DELETE")):
                break
            if "FOR NO KEY UPDATE" in sql:
                tables.append(sql.split('OF "')[1].split('"')[0])
                assert "ORDER BY" in sql or "LIMIT 21" in sql, sql
        return tables

    return before_first_write


@pytest.fixture
def product(db):
    return ProductFactory()


@pytest.fixture
def order(product, warehouse):
    return confirmed_order(product, 4, warehouse=warehouse)


def test_confirming(clerk, product, warehouse, locks):
    put_in_stock(product, warehouse, 10)
    limited = place((product, 1), customer=CustomerFactory(credit_limit=Decimal("1000")))
    assert locks(lambda: confirm_order(limited, by=clerk)) == ["customer", "order", "inventory"]
    free = place((product, 1))
    assert locks(lambda: confirm_order(free, by=clerk)) == ["order", "inventory"]


def test_changing(clerk, order, locks):
    change = [LineChange(3, only_item(order))]
    assert locks(lambda: change_order(order, change, by=clerk)) == ["order", "shipment", "order_item", "inventory"]


def test_reserving_and_releasing(clerk, order, locks):
    assert locks(lambda: release_order(order, by=clerk)) == ["order", "inventory"]
    assert locks(lambda: reserve_order(order, by=clerk)) == ["order", "inventory"]


def test_shipping(clerk, order, locks):
    shipment = create_shipment(order, by=clerk)
    assert locks(lambda: ship_shipment(shipment, by=clerk))[:5] == [
        "order",
        "shipment",
        "shipment",
        "order_item",
        "inventory",
    ]


def test_shipping_an_order(clerk, order, locks):
    assert locks(lambda: ship_order(order, by=clerk)) == ["order", "shipment", "order_item", "inventory"]


def test_closing_cancelling_delivering(clerk, order, product, warehouse, locks):
    assert locks(lambda: cancel_order(order, by=clerk)) == ["order", "shipment", "inventory"]
    shipped = shipped_order(product, 1, warehouse=warehouse, stock=0)
    assert locks(lambda: deliver_order(shipped, by=clerk)) == ["order", "shipment"]
    short = confirmed_order(product, 2, warehouse=warehouse, stock=0)
    ship_order(short, [ShipmentLine(only_item(short), 1)], by=clerk)
    assert locks(lambda: close_order(short, by=clerk)) == ["order", "shipment", "inventory"]


def test_taking_goods_back(clerk, product, warehouse, locks):
    shipped = shipped_order(product, 1, warehouse=warehouse)
    document = request_sales_return(shipped, [ReturnLine(only_item(shipped), 1)], "Too many", by=clerk)
    approve_sales_return(document, by=clerk)
    assert locks(lambda: receive_sales_return(document, by=clerk)) == ["order", "sales_return", "order_item"]


def test_what_comes_and_goes_by_itself(clerk, product, warehouse, locks, settings):
    settings.RESERVATION_DAYS = -1
    confirmed_order(product, 4, warehouse=warehouse)
    assert locks(lambda: release_expired_reservations(by=None)) == ["order", "inventory"]
    assert locks(lambda: allocate_backorders([balance(product, warehouse).pk], by=None)) == ["order", "inventory"]
