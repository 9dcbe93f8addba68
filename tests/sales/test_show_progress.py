"""How far an order has come, where people and programs see it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api_client import address, clerk_client, root_client
from tests.back_office import Desk
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place, shipped_order


def test_the_api_tells_it(warehouse):
    order = shipped_order(ProductFactory(price="10"), 2, warehouse=warehouse)
    assert root_client().get(address(order, "progress")).json() == {
        "reserved": {"done": 2, "of": 2, "extent": "fully"},
        "shipped": {"done": 2, "of": 2, "extent": "fully"},
        "invoiced": {"done": 0, "of": 2, "extent": "not"},
        "paid": {"done": "0.00", "of": "23.80", "extent": "not"},
    }
    assert clerk_client("sales.view_customer").get(address(order, "progress")).status_code == 403


def test_the_orders_page_shows_it_and_where_prices_are_from(warehouse):
    order = confirmed_order(ProductFactory(price="10"), 3, warehouse=warehouse)
    page = Desk().open(type(order), "change", order.pk).content.decode()
    assert "Fully (3/3)" in page
    assert "Not at all (0/3)" in page
    assert "Not at all (0.00/35.70)" in page
    assert "Origin of the price" in page


def test_the_page_costs_the_same_for_many_lines():
    desk, counts = Desk(), []
    for number in (2, 20):
        order = place(*[(ProductFactory(), 1) for _ in range(number)])
        desk.open(type(order), "change", order.pk)
        with CaptureQueriesContext(connection) as captured:
            desk.open(type(order), "change", order.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]
