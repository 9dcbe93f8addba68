"""A customer's own number on a second order is worth a warning, and no reason to refuse."""

import pytest

from sales.models import Order
from sales.queries.references import reference_warning
from sales.services import cancel_order
from tests.api_client import root_client
from tests.back_office import Desk, errors_of
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


def header(customer, **more) -> dict[str, object]:
    return {"ordered_at": "2026-11-20T10:00", "shipping_amount": "0", "customer": customer.pk, **more}


def test_the_back_office_asks_before_anything_is_written(first):
    desk = Desk()
    lines = [{"product": ProductFactory().pk, "quantity": 1, "discount_percent": "0"}]
    entries = header(first.customer, customer_reference="po-77", once="key-of-this-form")
    response = desk.add(Order, lines, **entries)
    assert (response.status_code, Order.objects.count()) == (200, 1)
    page = response.content.decode()
    assert first.order_number in errors_of(response) and "Nothing was saved yet" in errors_of(response)
    key = f"{first.customer_id} po-77"
    assert f'name="all_the_same" value="{key}"' in page and "Save all the same" in page
    assert f'value="{lines[0]["product"]}" selected' in page and 'value="po-77"' in page  # nothing entered is lost
    assert desk.add(Order, lines, **entries).status_code == 200  # Save is not “save all the same”
    assert desk.add(Order, lines, **entries, all_the_same=key).status_code == 302
    assert Order.objects.count() == 2


def test_what_was_meant_of_one_reference_is_asked_anew_of_another(first):
    place((ProductFactory(), 1), customer=first.customer, customer_reference="PO-78")
    lines = [{"product": ProductFactory().pk, "quantity": 1, "discount_percent": "0"}]
    entries = header(first.customer, customer_reference="PO-78", all_the_same=f"{first.customer_id} po-77")
    assert Desk().add(Order, lines, **entries).status_code == 200
    assert Order.objects.count() == 2


def test_what_was_meant_is_remembered_while_other_errors_are_put_right(first):
    entries = header(first.customer, customer_reference="PO-77", all_the_same=f"{first.customer_id} po-77")
    response = Desk().add(Order, [{"product": ProductFactory().pk, "quantity": 0, "discount_percent": "0"}], **entries)
    assert response.status_code == 200
    assert f'type="hidden" name="all_the_same" value="{first.customer_id} po-77"' in response.content.decode()


def test_nobody_is_asked_about_what_is_new_or_has_not_changed(first):
    desk = Desk()
    lines = [{"product": ProductFactory().pk, "quantity": 1, "discount_percent": "0"}]
    assert desk.add(Order, lines, **header(CustomerFactory(), customer_reference="PO-77")).status_code == 302
    again = place((ProductFactory(), 1), customer=first.customer, customer_reference="PO-77")
    assert desk.edit(again, notes="Ring twice").status_code == 302
    other = place((ProductFactory(), 1), customer=first.customer)
    response = desk.edit(other, customer_reference="PO-77")
    assert first.order_number in errors_of(response)
    other.refresh_from_db()
    assert other.customer_reference == ""
