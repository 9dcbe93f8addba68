"""The questions about stock at the API: what they answer, to whom, and what they refuse."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stock.models import Inventory, Lot, PurchaseOrder, StockMovement
from stock.services import AdjustmentLine, adjust_stock
from tests.api_client import address, clerk_client, root_client
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import confirmed_order, shipped_order
from tests.factories.stock import LotFactory, WarehouseFactory, balance, put_in_stock
from tests.stock.test_lot_trace import travelled
from tests.stock.test_low_stock import keep
from tests.stock.test_reorder import offered

LEDGER, COST = "stock.view_stockmovement", "stock.see_cost_inventory"
QUESTIONS = ("card", "why")


@pytest.fixture
def client():
    return root_client()


@pytest.fixture
def row() -> Inventory:
    """Ten put in at 6.00, two shipped, three reserved."""
    product, warehouse = ProductFactory(), WarehouseFactory()
    shipped_order(product, 2, warehouse=warehouse)
    confirmed_order(product, 3, warehouse=warehouse, stock=0)
    return balance(product, warehouse)


def get(client, path: str, status: int = 200) -> dict:
    answer = client.get(path)
    assert answer.status_code == status, answer.json()
    return answer.json()


def stamp(instant) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def test_the_card(client, row):
    shipped, opened = get(client, address(row, "card"))["results"]
    assert (shipped["quantity"], shipped["quantity_after"], shipped["value_after"]) == (-2, 8, "48.0000")
    assert (opened["kind"], opened["value_after"], opened["average_after"]) == ("opening", "60.0000", "6.0000")
    assert (shipped["document"]["type"], shipped["order"]["type"]) == ("sales.shipment", "sales.order")
    assert shipped["party"]["type"] == "sales.customer"
    assert (opened["document"], opened["order"], opened["party"]) == (None, None, None)


def test_the_card_in_pages(client, row):
    for count in range(5):
        adjust_stock([AdjustmentLine(row.product, row.warehouse, 1, f"found {count}")], by=None)
    whole = get(client, address(row, "card"))["results"]
    found, link = [], f"{address(row, 'card')}?limit=3"
    while link:
        page = get(client, link)
        found, link, last = found + page["results"], page["next"], page
    assert found == whole and len(found) == 7
    assert get(client, last["previous"])["results"] == whole[3:6]
    middle = StockMovement.objects.order_by("pk")[3].created_at
    until = get(client, f"{address(row, 'card')}?created_until={stamp(middle)}")["results"]
    since = get(client, f"{address(row, 'card')}?created_since={stamp(middle + timedelta(microseconds=1))}")["results"]
    assert since + until == whole and len(until) == 4


@pytest.mark.parametrize(
    "query", ["bogus=1", "limit=0", "limit=x", "cursor=x", "created_since=yesterday", "fields=id", "created_until="]
)
def test_the_card_refuses_what_it_does_not_read(client, row, query):
    problem = get(client, f"{address(row, 'card')}?{query}", 400)
    assert (problem["code"], problem["errors"][0]["parameter"]) == ("invalid_parameter", query.split("=")[0])


def test_why(client, row):
    answer = get(client, address(row, "why"))
    assert [(share["kind"], share["quantity"], share["value"]) for share in answer["on_hand"]["rows"]] == [
        ("shipment", -2, "-12.0000"),
        ("opening", 10, "60.0000"),
    ]
    assert (answer["on_hand"]["quantity"], answer["on_hand"]["value"]) == (8, "48.0000")
    (hold,) = answer["reserved"]["rows"]
    assert (answer["reserved"]["quantity"], hold["quantity"], hold["document"]["type"]) == (3, 3, "sales.order")
    average = answer["average_cost"]
    assert (average["quantity"], average["value"], average["average"]) == (8, "48.0000", "6.0000")
    assert [step["kind"] for step in average["steps"]] == ["opening"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_ledger_is_only_for_those_who_may_see_it(row, question):
    problem = get(clerk_client("stock.view_inventory", COST), address(row, question), 403)
    assert problem["permission"] == LEDGER


def test_costs_and_names_are_only_for_those_who_may_see_them(row):
    client = clerk_client(LEDGER)
    shipped, _opened = get(client, address(row, "card"))["results"]
    assert {shipped[name] for name in ("unit_cost", "value", "value_after", "average_after")} == {None}
    assert (shipped["document"], shipped["order"], shipped["party"]) == (None, None, None)
    assert shipped["reference"]
    why = get(client, address(row, "why"))
    assert (why["on_hand"]["value"], why["average_cost"]["average"], why["average_cost"]["value"]) == (None,) * 3
    assert (why["reserved"]["rows"][0]["document"], why["reserved"]["quantity"]) == (None, 3)
    assert why["average_cost"]["steps"][0]["average_after"] is None
    seen = get(clerk_client(LEDGER, COST, "sales.view_shipment"), address(row, "card"))["results"][0]
    assert (seen["value"], seen["document"]["type"], seen["party"]) == ("-12.0000", "sales.shipment", None)


def test_what_is_not_there(client):
    for path in ("inventory/999/card", "inventory/999/why", "lots/999/trace"):
        assert get(client, f"/api/v1/{path}/", 404)["code"] == "not_found"


def test_stock_at_an_instant(client, row):
    opening, shipment = StockMovement.objects.order_by("pk")
    at = f"/api/v1/inventory/?as_of={stamp(opening.created_at)}"
    (then,) = get(client, at)["results"]
    assert (then["id"], then["quantity"], then["stock_value"], then["average_cost"]) == (
        row.pk,
        10,
        "60.0000",
        "6.0000",
    )
    assert (then["reserved"], then["available"]) == (None, None)
    (later,) = get(client, f"/api/v1/inventory/?as_of={stamp(shipment.created_at)}")["results"]
    assert (later["quantity"], later["stock_value"]) == (8, "48.0000")
    assert get(client, "/api/v1/inventory/?as_of=2020-01-01T00:00:00Z")["results"] == []
    (short,) = get(client, f"{at}&fields=quantity,id&warehouse={row.warehouse_id}")["results"]
    assert short == {"quantity": 10, "id": row.pk}
    (wide,) = get(client, f"{at}&expand=product&count=true")["results"]
    assert wide["product"]["sku"] == row.product.sku


def test_stock_at_an_instant_in_pages(client):
    rows = [
        balance(made.product, made.warehouse)
        for made in (put_in_stock(ProductFactory(), WarehouseFactory(), n) for n in (1, 2, 3))
    ]
    found, link = (
        [],
        f"/api/v1/inventory/?as_of={stamp(StockMovement.objects.latest('pk').created_at)}&limit=2&ordering=-id",
    )
    while link:
        page = get(client, link)
        found, link = found + page["results"], page["next"]
    assert [(one["id"], one["quantity"]) for one in found] == [(row.pk, row.quantity) for row in reversed(rows)]


@pytest.mark.parametrize("query", ["quantity_min=1", "available=1", "ordering=-stock_value", "reserved__in=1,2"])
def test_the_present_is_not_asked_of_the_past(client, row, query):
    problem = get(client, f"/api/v1/inventory/?as_of=2026-01-01T00:00:00Z&{query}", 400)
    assert problem["errors"][0]["parameter"] == query.split("=")[0]


def test_an_instant_that_is_none(client):
    assert get(client, "/api/v1/inventory/?as_of=yesterday", 400)["errors"][0]["parameter"] == "as_of"
    assert get(client, "/api/v1/stock-items/?as_of=2026-01-01", 400)["errors"][0]["code"] == "unknown_parameter"


def test_the_past_needs_the_permissions_of_the_present(row):
    assert get(clerk_client(LEDGER), "/api/v1/inventory/?as_of=2027-01-01T00:00:00Z", 403)["permission"] == (
        "stock.view_inventory"
    )
    (then,) = get(clerk_client("stock.view_inventory"), "/api/v1/inventory/?as_of=2027-01-01T00:00:00Z")["results"]
    assert (then["quantity"], then["stock_value"], then["average_cost"]) == (8, None, None)


def test_the_trace_of_a_lot(client):
    lot, purchase, receipt, order, back = travelled()
    backwards = get(client, f"{address(lot, 'trace')}?direction=backwards")
    sent_back, came = backwards["results"]
    assert (came["document"]["id"], came["order"]["id"], came["party"]["id"]) == (
        receipt.pk,
        purchase.pk,
        purchase.supplier_id,
    )
    assert sent_back["quantity"] == -1
    returned, gone = get(client, f"{address(lot, 'trace')}?direction=forwards")["results"]
    assert (gone["order"]["id"], gone["party"]["id"], returned["document"]["id"]) == (
        order.pk,
        order.customer_id,
        back.pk,
    )
    whole = get(client, f"{address(lot, 'trace')}?limit=3")
    assert len(whole["results"]) == 3 and whole["next"]
    assert whole["whereabouts"]["on_hand"] == 5
    assert [place["quantity"] for place in whole["whereabouts"]["places"]] == [3, 2]
    assert "value" not in gone


def test_a_trace_without_anything(client):
    assert get(client, address(LotFactory(), "trace"))["results"] == []


def test_a_trace_needs_the_ledger_and_a_known_direction(client):
    lot = LotFactory()
    assert get(clerk_client("stock.view_lot"), address(lot, "trace"), 403)["permission"] == LEDGER
    problem = get(client, f"{address(lot, 'trace')}?direction=up", 400)
    assert problem["errors"][0]["allowed"] == ["backwards", "forwards"]
    assert Lot.objects.count() == 1


def test_what_is_low(client):
    row = keep(10, 5, stock=4, product=offered(sku="SAW"))
    keep(3)
    (low,) = get(client, "/api/v1/inventory/low/")["results"]
    assert (low["id"], low["sku"], low["expected"], low["suggested"]) == (row.pk, "SAW", 4, 11)
    assert low["supplier"]["cost"] == "4.5000"
    path = (
        f"/api/v1/inventory/low/?warehouse={row.warehouse_id}&product={row.product_id}&supplier={low['supplier']['id']}"
    )
    assert len(get(client, path)["results"]) == 1
    assert get(client, "/api/v1/inventory/low/?supplier=999")["results"] == []
    assert get(client, "/api/v1/inventory/low/?warehouse=999")["results"] == []
    assert get(client, "/api/v1/inventory/low/?drafts=maybe", 400)["errors"][0]["parameter"] == "drafts"
    assert get(clerk_client("sales.view_order"), "/api/v1/inventory/low/", 403)["permission"] == "stock.view_inventory"


def test_what_is_low_in_pages(client):
    rows = [keep(10).pk for _ in range(5)]
    found, link = [], "/api/v1/inventory/low/?limit=2"
    while link:
        page = get(client, link)
        found, link, last = found + [one["id"] for one in page["results"]], page["next"], page
    assert found == rows
    assert [one["id"] for one in get(client, last["previous"])["results"]] == rows[2:4]


def test_what_is_low_costs_the_same_for_many(client):
    keep(10)
    with CaptureQueriesContext(connection) as one:
        get(client, "/api/v1/inventory/low/")
    for _ in range(5):
        keep(10, product=offered())
    with CaptureQueriesContext(connection) as many:
        get(client, "/api/v1/inventory/low/")
    assert len(one) == len(many)


def reorder(client, body: dict | None = None, status: int = 200, **headers: str) -> dict:
    answer = client.post("/api/v1/inventory/reorder/", body or {}, **headers)
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_reordering_everything_and_once(client):
    row = keep(10, stock=4, product=offered())
    keep(10)
    (order,) = reorder(client)["orders"]
    assert (order["status"], order["warehouse"], order["subtotal_amount"]) == ("draft", row.warehouse_id, "31.50")
    assert reorder(client) == {"orders": []}
    assert len(reorder(client, {"count_drafts": False})["orders"]) == 1
    assert reorder(client, {"warehouse": WarehouseFactory().pk}) == {"orders": []}


def test_reordering_lines(client):
    row, supplier = keep(10, stock=4, product=offered()), SupplierFactory()
    line = {"product": row.product_id, "warehouse": row.warehouse_id}
    other = {**line, "product": ProductFactory().pk, "quantity": 5, "supplier": supplier.pk}
    orders = reorder(client, {"items": [line, other]})["orders"]
    assert [order["supplier"] for order in orders][1] == supplier.pk
    assert PurchaseOrder.objects.get(pk=orders[0]["id"]).items.get().quantity == 7


def test_reordering_as_a_trial_and_with_a_key(client):
    keep(10, product=offered())
    assert len(client.post("/api/v1/inventory/reorder/?dry_run=true", {}).json()["orders"]) == 1
    assert not PurchaseOrder.objects.exists()
    first = reorder(client, HTTP_IDEMPOTENCY_KEY="once")
    assert reorder(client, HTTP_IDEMPOTENCY_KEY="once") == first
    assert PurchaseOrder.objects.count() == 1


def test_what_reordering_refuses(client):
    row = keep(10, product=ProductFactory(sku="LONE"))
    line = {"product": row.product_id, "warehouse": row.warehouse_id, "quantity": 1}
    problem = reorder(client, {"items": [line]}, 400)
    assert (problem["errors"][0]["code"], problem["errors"][0]["pointer"]) == ("supplier_required", "/items/0/supplier")
    assert "LONE" in problem["errors"][0]["message"]
    named = {"items": [line], "warehouse": row.warehouse_id}
    assert reorder(client, named, 400)["errors"][0]["pointer"] == "/warehouse"
    assert reorder(client, {"items": []}, 400)
    calm = keep(3, product=offered())
    line = {"product": calm.product_id, "warehouse": calm.warehouse_id}
    assert reorder(client, {"items": [line]}, 409)["code"] == "not_low"
    assert reorder(clerk_client("stock.view_*"), {}, 403)["permission"] == "stock.add_purchaseorder"
    assert not PurchaseOrder.objects.exists()
