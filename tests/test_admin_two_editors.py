"""Two people open the same record: nothing of either is lost without being told."""

import html
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from sales.models import Order
from tests.back_office import Desk, errors_of, said, url
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return Desk(user=SuperuserFactory(first_name="Anna", last_name="A"))


@pytest.fixture
def ben():
    return Desk(user=SuperuserFactory(first_name="Ben", last_name="B"))


def opened(desk: Desk, row) -> dict[str, object]:
    """Everything that the page would send, with what it remembers of the record."""
    page = desk.open(type(row), "change", row.pk)
    text = page.content.decode()
    seen = text.split('name="seen" value="', 1)[1].split('"', 1)[0]
    return desk.entries(page) | {"seen": html.unescape(seen)}


def send(desk: Desk, row, entries: dict[str, object], **changes):
    return desk.client.post(url(type(row), "change", row.pk), entries | changes)


def test_different_fields_are_kept_of_both(anna, ben):
    product = ProductFactory(name="Lamp", brand="Old", notes="first\nsecond")
    mine = opened(ben, product)
    anna.edit(product, brand="New")
    response = send(ben, product, mine, name="Blue lamp")
    assert response.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.brand, product.is_active) == ("Blue lamp", "New", True)
    assert "Anna A had changed Brand meanwhile" in said(response)


def test_a_box_that_the_other_unticked_stays_unticked(anna, ben):
    product = ProductFactory(is_active=True)
    mine = opened(ben, product)
    entries = opened(anna, product)
    del entries["is_active"]
    send(anna, product, entries)
    send(ben, product, mine, name="Renamed")
    product.refresh_from_db()
    assert (product.is_active, product.name) == (False, "Renamed")


def test_the_same_field_is_asked_about_and_nothing_is_written(anna, ben):
    product = ProductFactory(name="Lamp", brand="Old")
    mine = opened(ben, product)
    anna.edit(product, name="Red lamp", brand="New")
    response = send(ben, product, mine, name="Blue lamp")
    assert response.status_code == 200
    text = errors_of(response)
    assert "Anna A changed this from “Lamp” to “Red lamp” on" in text
    assert "Your entries are still here" in text
    product.refresh_from_db()
    assert product.name == "Red lamp"
    form = response.context["adminform"].form
    assert (form["name"].value(), form["brand"].value()) == ("Blue lamp", "New")


def test_saving_again_replaces_only_what_was_entered(anna, ben):
    product = ProductFactory(name="Lamp", brand="Old")
    mine = opened(ben, product)
    anna.edit(product, name="Red lamp", brand="New")
    page = send(ben, product, mine, name="Blue lamp")
    text = page.content.decode()
    again = ben.entries(page) | {"seen": html.unescape(text.split('name="seen" value="', 1)[1].split('"', 1)[0])}
    assert send(ben, product, again).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.brand) == ("Blue lamp", "New")


def test_the_same_change_is_no_conflict(anna, ben):
    product = ProductFactory(name="Lamp")
    mine = opened(ben, product)
    anna.edit(product, name="Red lamp")
    assert send(ben, product, mine, name="Red lamp").status_code == 302


def test_a_related_record_is_named(anna, ben):
    order, other, third = place(), CustomerFactory(name="Other"), CustomerFactory(name="Third")
    mine = opened(ben, order)
    anna.edit(order, customer=other.pk)
    text = errors_of(send(ben, order, mine, customer=third.pk))
    assert "Other”" in text


def test_two_lines_of_one_order_are_kept_of_both(anna, ben):
    order = place((ProductFactory(), 2), (ProductFactory(), 3))
    mine = opened(ben, order)
    anna.edit(order, items__0__quantity=20)
    assert send(ben, order, mine, **{"items-1-quantity": 30}).status_code == 302
    assert list(order.items.order_by("pk").values_list("quantity", flat=True)) == [20, 30]


def test_one_line_of_two_editors_is_asked_about(anna, ben):
    order = place((ProductFactory(), 2))
    mine = opened(ben, order)
    anna.edit(order, items__0__quantity=20)
    response = send(ben, order, mine, **{"items-0-quantity": 30})
    assert "Anna A changed this from “2” to “20”" in errors_of(response)
    assert order.items.get().quantity == 20


def test_a_page_without_a_memory_is_still_refused(anna, ben):
    product = ProductFactory()
    page = ben.open(Product, "change", product.pk)
    mine = ben.entries(page)
    anna.edit(product, name="Red lamp")
    assert "Anna A changed this on" in errors_of(send(ben, product, mine, name="Blue lamp"))


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", '{"": 1}', '{"": {"version": 1, "entries": []}}', "[" * 5000])
def test_a_memory_that_makes_no_sense_does_no_harm(ben, junk):
    product = ProductFactory()
    mine = opened(ben, product)
    assert send(ben, product, mine, seen=junk, name="Blue lamp").status_code == 302


def test_remembering_costs_no_queries(ben):
    order = place(*[(ProductFactory(), 1) for _number in range(3)])
    ben.open(Order, "change", order.pk)
    with CaptureQueriesContext(connection) as queries:
        entries = opened(ben, order)
    assert len(json.loads(entries["seen"])) == 4
    assert len(queries) <= 15
