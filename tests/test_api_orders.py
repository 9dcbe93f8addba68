"""From the order to the money, as a program drives it: only addresses and JSON."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.models import Order, Shipment
from stock.models import StockMovement
from tests.api_client import MODELS, address, clerk_client, root_client
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse():
    default_tax_rate()
    return WarehouseFactory(code="HAM")


@pytest.fixture
def product(warehouse):
    product = ProductFactory(sku="SAW-1", price="10")
    put_in_stock(product, warehouse, 5)
    return product


@pytest.fixture
def client():
    return root_client()


@pytest.fixture
def order(client, product, warehouse) -> dict:
    body = {
        "customer": CustomerFactory().pk,
        "warehouse": warehouse.pk,
        "items": [{"product": product.pk, "quantity": 3}],
    }
    answer = client.post("/api/v1/orders", body, HTTP_IDEMPOTENCY_KEY="6f1c")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def act(client, order: dict, name: str, body: dict | None = None, status: int = 200) -> dict:
    answer = client.post(f"/api/v1/orders/{order['id']}/{name}/", body or {})
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_a_new_order(order, product, client):
    assert (order["status"], order["allowed_actions"]) == ("pending", ["confirm", "change", "cancel"])
    assert (order["subtotal_amount"], order["tax_amount"], order["total_amount"]) == ("30.00", "5.70", "35.70")
    [line] = order["items"]
    assert (line["product"], line["quantity"], line["unit_price"]) == (product.pk, 3, "10.0000")
    assert (line["price_origin"], line["quantity_open"]) == ("product", 3)
    assert client.get(f"/api/v1/orders/by-number/{order['order_number']}").json() == order
    assert client.get(f"/api/v1/orders/{order['id']}/items/").json()["results"] == order["items"]


def test_from_the_order_to_the_money(order, client):
    assert act(client, order, "confirm")["status"] == "confirmed"
    assert act(client, order, "confirm")["status"] == "confirmed"  # once more changes nothing
    shipped = act(client, order, "ship", {"carrier": "DHL", "tracking_number": "0034"})
    assert (shipped["status"], shipped["items"][0]["quantity_shipped"]) == ("shipped", 3)
    [shipment] = client.get(f"/api/v1/shipments/?order={order['id']}").json()["results"]
    assert (shipment["status"], shipment["carrier"]) == ("shipped", "DHL")

    invoice = act(client, order, "invoice", status=201)
    assert (invoice["status"], invoice["order"], invoice["total_amount"]) == ("draft", order["id"], "35.70")
    here = f"/api/v1/invoices/{invoice['id']}"
    assert client.post(f"{here}/issue").json()["invoice_number"].startswith("INV-")
    paid = client.post(f"{here}/pay/", {"payment_method": "cash", "amount": "10.00"})
    assert (paid.status_code, paid.json()["status"], paid.json()["balance"]) == (200, "issued", "25.70")
    assert client.get(paid["Location"]).json()["amount"] == "10.00"
    rest = client.post("/api/v1/payments/", {"invoice": invoice["id"], "payment_method": "bank_transfer"})
    assert rest.status_code == 201, rest.json()
    assert rest.json()["amount"] == "25.70"
    assert client.get(f"{here}/").json()["status"] == "paid"

    lines = [{"order_item": shipped["items"][0]["id"], "quantity": 1}]
    back = act(client, order, "return", {"items": lines, "reason": "broken"}, status=201)
    there = f"/api/v1/sales-returns/{back['id']}"
    assert client.post(f"{there}/approve/").json()["status"] == "approved"
    assert client.post(f"{there}/receive/").json()["status"] == "received"
    note = client.post(f"{here}/credit/", {"reason": "broken", "sales_return": back["id"]})
    assert (note.status_code, note.json()["total_amount"]) == (201, "11.90")
    noted = f"/api/v1/credit-notes/{note.json()['id']}"
    assert client.post(f"{noted}/issue/").json()["amount_to_refund"] == "11.90"
    assert client.post(f"{noted}/refund/", {"refund_method": "cash"}).json()["refunded_amount"] == "11.90"


def test_more_than_there_is_is_refused_line_by_line(client, product, warehouse):
    body = {"customer": CustomerFactory().pk, "items": [{"product": product.pk, "quantity": 6}]}
    order = client.post("/api/v1/orders/", body).json()
    problem = act(client, order, "confirm", status=409)
    assert problem["code"] == "insufficient_stock"
    [line] = problem["lines"]
    assert (line["asked"], line["available"]) == (6, 5)
    assert client.get(f"/api/v1/orders/{order['id']}/").json()["status"] == "pending"


def test_an_act_as_a_trial_shows_the_result_and_keeps_nothing(order, client):
    act(client, order, "confirm")
    moved = StockMovement.objects.count()
    answer = client.post(f"/api/v1/orders/{order['id']}/ship/?dry_run=true&fields=status")
    assert (answer.status_code, answer["Dry-Run"]) == (200, "true")
    told = answer.json()
    assert (told.keys(), told["status"]) == ({"status", "movements"}, "shipped")
    assert [(row["kind"], row["quantity"]) for row in told["movements"]] == [("shipment", -3)]
    assert StockMovement.objects.count() == moved
    assert not Shipment.objects.exists()
    assert client.get(f"/api/v1/orders/{order['id']}/").json()["status"] == "confirmed"


def test_an_act_is_done_once_per_key(order, client):
    act(client, order, "confirm")
    body = {"items": [{"order_item": order["items"][0]["id"], "quantity": 1}]}
    for _ in range(3):
        answer = client.post(f"/api/v1/orders/{order['id']}/ship/", body, HTTP_IDEMPOTENCY_KEY="ship-1")
        assert answer.json()["items"][0]["quantity_shipped"] == 1
    assert Shipment.objects.count() == 1


def test_header_and_lines_are_edited_while_pending_only(order, client, product):
    here, line = f"/api/v1/orders/{order['id']}/", f"/api/v1/order-items/{order['items'][0]['id']}/"
    assert client.patch(here, {"shipping_amount": "5"}).json()["total_amount"] == "41.65"
    assert client.patch(line, {"quantity": 1}).json()["subtotal"] == "10.00"
    assert client.get(here).json()["total_amount"] == "17.85"
    added = client.post("/api/v1/order-items/", {"order": order["id"], "product": product.pk, "quantity": 1})
    assert (added.status_code, added.json()["unit_price"]) == (201, "10.0000")
    assert client.delete(f"/api/v1/order-items/{added.json()['id']}/").status_code == 204
    act(client, order, "confirm")
    before = client.get(here).json()
    for answer in (
        client.patch(here, {"shipping_amount": "9"}),
        client.patch(line, {"quantity": 2}),
        client.delete(line),
        client.delete(here),
        client.post("/api/v1/order-items/", {"order": order["id"], "product": product.pk, "quantity": 1}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "invalid_state")
        assert answer.json()["current_status"] == "confirmed"
    assert client.get(here).json() == before


def test_lines_of_a_confirmed_order_are_changed_by_the_act(order, client):
    act(client, order, "confirm")
    changed = act(client, order, "change", {"items": [{"item": order["items"][0]["id"], "quantity": 2}]})
    assert (changed["status"], changed["total_amount"]) == ("confirmed", "23.80")
    refused = act(client, order, "change", {"items": [{"item": 999, "quantity": 2}]}, status=400)
    assert refused["errors"][0]["pointer"] == "/items/0/item"


def test_a_draft_can_be_deleted_with_its_lines(order, client):
    assert client.delete(f"/api/v1/orders/{order['id']}/").status_code == 204
    assert client.get(f"/api/v1/orders/{order['id']}/").status_code == 404
    assert client.get("/api/v1/order-items/").json()["results"] == []


def test_entering_and_confirming_in_one_step(client, product, warehouse):
    body = {"customer": CustomerFactory().pk, "items": [{"product": product.pk, "quantity": 1}], "confirm": True}
    assert client.post("/api/v1/orders/", body).json()["status"] == "confirmed"
    clerk = clerk_client("sales.add_order")
    answer = clerk.post("/api/v1/orders/", body)
    assert (answer.status_code, answer.json()["permission"]) == (403, "sales.confirm_order")


def test_what_only_the_server_owns_cannot_be_sent(client, product, warehouse):
    body = {"customer": CustomerFactory().pk, "items": [{"product": product.pk, "quantity": 1}]}
    owned = {"status": "shipped", "total_amount": "0.01", "user": 1, "confirmed_at": "2026-01-01T00:00:00Z"}
    answer = client.post("/api/v1/orders/", {**body, **owned})
    assert {error["pointer"] for error in answer.json()["errors"]} == {f"/{name}" for name in owned}
    assert not Order.objects.exists()
    line = {"product": product.pk, "quantity": 1, "subtotal": "0", "order": 1, "tax_percent": "0"}
    answer = client.post("/api/v1/orders/", {**body, "items": [line]})
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/items/0/subtotal",
        "/items/0/order",
        "/items/0/tax_percent",
    }


def test_numbers_of_ones_own(client, product, warehouse):
    body = {"customer": CustomerFactory().pk, "items": [{"product": product.pk, "quantity": 1}]}
    assert client.post("/api/v1/orders/", {**body, "order_number": "WEB-1"}).json()["order_number"] == "WEB-1"
    answer = client.post("/api/v1/orders/", {**body, "order_number": "SO-000009"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/order_number")


def test_a_large_order_costs_as_many_queries_as_a_small_one(client, warehouse):
    products = [ProductFactory() for _ in range(30)]
    body = {"customer": CustomerFactory().pk}
    counts = []
    for number in (2, 30):
        items = [{"product": product.pk, "quantity": 1} for product in products[:number]]
        with CaptureQueriesContext(connection) as queries:
            assert client.post("/api/v1/orders/", {**body, "items": items}).status_code == 201
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_money_of_a_customer_for_several_invoices(client, order, product, warehouse):
    act(client, order, "confirm")
    invoice = act(client, order, "invoice", {"shipped_only": False}, status=201)
    client.post(f"/api/v1/invoices/{invoice['id']}/issue/")
    here = f"/api/v1/customers/{order['customer']}/pay/"
    assert client.post(here, {"payment_method": "cash"}).json()["errors"][0]["pointer"] == "/amount"
    answer = client.post(here, {"amount": "35.70", "payment_method": "cash"})
    assert [Decimal(payment["amount"]) for payment in answer.json()["payments"]] == [Decimal("35.70")]
    too_much = client.post(here, {"amount": "1", "payment_method": "cash"})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "above_balance")


def test_every_document_says_what_can_be_done(order, client):
    assert "orders" in MODELS
    row = Order.objects.get(pk=order["id"])
    assert client.get(f"{address(row)}?fields=allowed_actions").json() == {"allowed_actions": row.allowed_actions}
