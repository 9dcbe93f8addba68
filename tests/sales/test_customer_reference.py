"""A customer's own number on a second order is worth a warning, and no reason to refuse."""

import pytest

from sales.models import Order
from sales.queries.references import reference_warning
from sales.services import cancel_order
from tests.api_client import root_client
from tests.back_office import Desk, said
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, place


@pytest.fixture
def first():
    return place((ProductFactory(), 1), customer_reference="PO-77")


def test_only_the_same_customers_live_orders_count(first, clerk):
    assert reference_warning(first) == ""
    assert reference_warning(place((ProductFactory(), 1), customer_reference="PO-77")) == ""
    again = place((ProductFactory(), 1), customer=first.customer, customer_reference="po-77")
    assert first.order_number in reference_warning(again)
    cancel_order(first, by=clerk)
    assert reference_warning(again) == ""
    assert reference_warning(place((ProductFactory(), 1), customer=first.customer)) == ""


def test_the_api_says_so_and_says_it_again_for_the_same_key(first):
    body = {
        "customer": first.customer_id,
        "customer_reference": "PO-77",
        "items": [{"product": ProductFactory().pk, "quantity": 1}],
    }
    client = root_client()
    answers = [client.post("/api/v1/orders/", body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [first.order_number in answer.json()["warnings"][0] for answer in answers] == [True, True]
    other = client.post("/api/v1/orders/", body | {"customer_reference": "PO-78"})
    assert "warnings" not in other.json()
    path = f"/api/v1/orders/{other.json()['id']}/"
    assert "warnings" in client.patch(path, {"customer_reference": "PO-77"}).json()


def test_the_back_office_says_so(first):
    desk = Desk()
    lines = [{"product": ProductFactory().pk, "quantity": 1, "discount_percent": "0"}]
    header = {"ordered_at": "2026-11-20T10:00", "shipping_amount": "0", "customer_reference": "PO-77"}
    response = desk.add(Order, lines, customer=first.customer_id, **header)
    assert response.status_code == 302
    assert first.order_number in said(response)
    response = Desk().add(Order, lines, customer=CustomerFactory().pk, **header)
    assert first.order_number not in said(response)
