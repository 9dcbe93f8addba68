"""Stock as a program drives it: buying, moving, counting, correcting, and what only some may see."""

import pytest

from stock.models import Bin, Inventory, StockMovement
from tests.api_client import address, clerk_client, root_client
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import confirmed_order
from tests.factories.stock import BinFactory, WarehouseFactory, balance, put_in_stock
from tests.lives.scenes import counting

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return root_client()


@pytest.fixture
def warehouse():
    return WarehouseFactory(code="HAM")


@pytest.fixture
def product():
    return ProductFactory(sku="SAW-1", cost="6")


def post(client, path: str, body: dict | None = None, status: int = 200) -> dict:
    answer = client.post(f"/api/v1/{path}/", body or {})
    assert answer.status_code == status, answer.json()
    return answer.json()


def test_from_the_purchase_order_to_the_shelf(client, warehouse, product):
    lines = [{"product": product.pk, "quantity": 10, "unit_cost": "5.5"}]
    order = post(
        client, "purchase-orders", {"supplier": SupplierFactory().pk, "warehouse": warehouse.pk, "items": lines}, 201
    )
    assert (order["status"], order["subtotal_amount"]) == ("draft", "55.00")
    here = f"purchase-orders/{order['id']}"
    assert post(client, f"{here}/send")["status"] == "ordered"
    answer = client.post(f"/api/v1/{here}/receive/", {"items": [{"product": product.pk, "quantity": 4}]})
    assert answer.json()["status"] == "partially_received"
    assert answer.json()["items"][0]["quantity_open"] == 6
    receipt = client.get(answer["Location"]).json()
    assert (receipt["status"], receipt["purchase_order"], receipt["items"][0]["quantity"]) == ("posted", order["id"], 4)
    assert post(client, f"{here}/receive")["status"] == "received"
    row = client.get(f"/api/v1/inventory/?product={product.pk}").json()["results"][0]
    assert (row["quantity"], row["available"], row["stock_value"], row["average_cost"]) == (10, 10, "55.0000", "5.5000")
    moves = client.get(f"/api/v1/stock-movements/?reference={receipt['receipt_number']}").json()["results"]
    assert [(move["kind"], move["quantity"], move["value"]) for move in moves] == [("receipt", 4, "22.0000")]
    quantities = {str(receipt["items"][0]["id"]): 1}
    back = post(client, f"goods-receipts/{receipt['id']}/reverse", {"quantities": quantities, "reason": "scratched"})
    assert (back["status"], back["items"][0]["quantity_reversed"]) == ("posted", 1)
    assert balance(product, warehouse).quantity == 9


def test_too_much_is_refused_at_the_line(client, warehouse, product):
    lines = [{"product": product.pk, "quantity": 1, "unit_cost": "5"}]
    order = post(
        client, "purchase-orders", {"supplier": SupplierFactory().pk, "warehouse": warehouse.pk, "items": lines}, 201
    )
    post(client, f"purchase-orders/{order['id']}/send")
    items = [{"product": product.pk, "quantity": 2}]
    assert post(client, f"purchase-orders/{order['id']}/receive", {"items": items}, 409)["code"] == "over_receipt"
    assert not StockMovement.objects.exists()


def test_a_line_of_a_receipt_says_how_many_came_or_were_sent_back(client, warehouse, product):
    body = {"supplier": SupplierFactory().pk, "warehouse": warehouse.pk}
    refused = post(client, "goods-receipts", {**body, "items": [{"product": product.pk}]}, 400)
    assert [error["pointer"] for error in refused["errors"]] == ["/items/0/quantity"]
    rejected = {**body, "items": [{"product": product.pk, "quantity_rejected": 2}]}
    assert post(client, "goods-receipts", rejected, 201)["items"][0]["quantity"] == 0


def test_lots_are_named_on_arrival(client, warehouse):
    cheese = ProductFactory(tracking="lot", cost="2")
    body = {"supplier": SupplierFactory().pk, "warehouse": warehouse.pk}
    without = {**body, "items": [{"product": cheese.pk, "quantity": 3}]}
    receipt = post(client, "goods-receipts", without, 201)
    assert post(client, f"goods-receipts/{receipt['id']}/post", status=400)["errors"]
    line = receipt["items"][0]["id"]
    named = client.patch(f"/api/v1/goods-receipt-items/{line}/", {"lot_number": "L7", "expires_on": "2027-01-31"})
    assert named.status_code == 200, named.json()
    assert post(client, f"goods-receipts/{receipt['id']}/post")["status"] == "posted"
    [lot] = client.get(f"/api/v1/lots/?product={cheese.pk}").json()["results"]
    assert (lot["number"], lot["expires_on"]) == ("L7", "2027-01-31")
    assert client.patch(f"/api/v1/lots/{lot['id']}/", {"is_blocked": True}).json()["is_blocked"] is True


def test_a_transfer_between_warehouses(client, warehouse, product):
    put_in_stock(product, warehouse, 5)
    body = {"from_warehouse": warehouse.pk, "to_warehouse": warehouse.pk, "items": []}
    same = client.post("/api/v1/stock-transfers/", body)
    assert (same.status_code, same.json()["errors"][0]["message"]) == (400, "Choose two different warehouses.")
    body |= {"to_warehouse": WarehouseFactory().pk, "items": [{"product": product.pk, "quantity": 5}]}
    transfer = post(client, "stock-transfers", body, 201)
    here = f"stock-transfers/{transfer['id']}"
    assert post(client, f"{here}/dispatch")["status"] == "in_transit"
    line = transfer["items"][0]["id"]
    part = post(client, f"{here}/receive", {"quantities": {str(line): 2}})
    assert (part["status"], part["items"][0]["quantity_open"]) == ("in_transit", 3)
    wrong = post(client, f"{here}/receive", {"quantities": {"999": 1}}, 400)
    assert wrong["errors"][0]["pointer"] == "/quantities/999"
    assert post(client, f"{here}/close", status=400)["errors"][0]["pointer"] == "/reason"
    assert post(client, f"{here}/close", {"reason": "lost"})["status"] == "received"


def test_adjusting_and_taking_it_back(client, warehouse, product):
    items = [{"product": product.pk, "warehouse": warehouse.pk, "quantity": 3, "reason": "found"}]
    made = post(client, "inventory/adjust", {"items": items})["movements"]
    assert [(move["kind"], move["quantity"], move["reason"]) for move in made] == [("adjustment", 3, "found")]
    back = client.post(f"/api/v1/stock-movements/{made[0]['id']}/reverse/", {"reason": "typo"})
    assert (back.status_code, back.json()["reverses"], back.json()["quantity"]) == (201, made[0]["id"], -3)
    assert client.get(back["Location"]).json() == back.json()
    assert balance(product, warehouse).quantity == 0
    items[0]["quantity"] = -1
    refused = post(client, "inventory/adjust", {"items": items}, 409)
    assert refused["code"] == "insufficient_stock"
    items[0]["quantity"] = 0
    assert post(client, "inventory/adjust", {"items": items}, 400)["errors"][0]["pointer"] == "/items/0/quantity"
    assert post(client, "inventory/adjust", {}, 400)["errors"][0]["pointer"] == "/items"


def test_what_is_reserved_gives_way_only_when_asked(client, warehouse, product):
    order = confirmed_order(product, 2, warehouse=warehouse, stock=2)
    items = [{"product": product.pk, "warehouse": warehouse.pk, "quantity": -1, "reason": "broken"}]
    refused = post(client, "inventory/adjust", {"items": items}, 409)
    assert order.order_number in refused["detail"]
    assert len(post(client, "inventory/adjust", {"items": items, "release": True})["movements"]) == 1


def test_opening_stock(client, warehouse, product):
    items = [{"product": product.pk, "warehouse": warehouse.pk, "quantity": 7, "unit_cost": "1.25"}]
    made = post(client, "inventory/opening", {"items": items})["movements"]
    assert [(move["kind"], move["value"]) for move in made] == [("opening", "8.7500")]
    found = {**items[0], "reason": "found"}
    post(client, "inventory/adjust", {"items": [found]})
    assert post(client, "inventory/opening", {"items": items}, 409)["code"] == "already_moved"
    clerk = clerk_client("stock.adjust_inventory")
    assert post(clerk, "inventory/opening", {"items": items}, 403)["permission"] == "stock.open_inventory"


def test_a_blind_count_hides_what_is_expected_from_its_counters(client, warehouse, product):
    put_in_stock(product, warehouse, 5)
    count = post(client, "stock-counts", {"warehouse": warehouse.pk, "is_blind": True}, 201)
    here = f"stock-counts/{count['id']}"
    counter = clerk_client("*.view_*", "stock.enter_stockcount")
    post(client, f"{here}/start")
    [line] = counter.get(f"/api/v1/{here}/items/").json()["results"]
    post(counter, f"{here}/enter", {"items": [{"item": line["id"], "counted_quantity": 4}]})
    seen = counter.get(f"/api/v1/stock-count-items/{line['id']}/").json()
    assert (seen["counted_quantity"], seen["expected_quantity"]) == (4, None)
    assert client.get(f"/api/v1/stock-count-items/{line['id']}/").json()["expected_quantity"] == 5
    assert counter.get("/api/v1/stock-count-items/?expected_quantity=5").status_code == 400
    assert post(client, f"{here}/post")["status"] == "posted"
    assert balance(product, warehouse).quantity == 4


def test_an_open_count_hides_nothing(client, warehouse, product):
    put_in_stock(product, warehouse, 5)
    count = post(client, "stock-counts", {"warehouse": warehouse.pk}, 201)
    post(client, f"stock-counts/{count['id']}/start")
    counter = clerk_client("*.view_*", "stock.enter_stockcount")
    [line] = counter.get(f"/api/v1/stock-counts/{count['id']}/items/").json()["results"]
    post(counter, f"stock-counts/{count['id']}/enter", {"items": [{"item": line["id"], "counted_quantity": 5}]})
    assert counter.get(f"/api/v1/stock-count-items/{line['id']}/").json()["expected_quantity"] == 5


def test_costs_need_a_permission_to_be_seen_asked_about_and_ordered_by(warehouse, product):
    put_in_stock(product, warehouse, 5)
    clerk = clerk_client("*.view_*")
    row = clerk.get("/api/v1/inventory/?expand=product").json()["results"][0]
    assert (row["quantity"], row["stock_value"], row["average_cost"]) == (5, None, None)
    move = clerk.get("/api/v1/stock-movements/").json()["results"][0]
    assert (move["unit_cost"], move["value"], move["quantity"]) == (None, None, 5)
    for query in ("stock_value_min=1", "ordering=stock_value", "ordering=-stock_value"):
        answer = clerk.get(f"/api/v1/inventory/?{query}")
        assert (answer.status_code, answer.json()["permission"]) == (403, "stock.see_cost_inventory")
    allowed = clerk_client("*.view_*", "stock.see_cost_inventory")
    assert allowed.get("/api/v1/inventory/?stock_value_min=1").json()["results"][0]["average_cost"] == "6.0000"


def test_a_warehouse_comes_with_its_bin_and_keeps_one(client):
    made = post(client, "warehouses", {"code": "BER", "name": "Berlin"}, 201)
    [place] = client.get(f"/api/v1/warehouses/{made['id']}/bins/").json()["results"]
    assert place["is_default"] is True
    other = post(client, "bins", {"warehouse": made["id"], "code": "B-1", "is_default": True}, 201)
    assert client.get(f"/api/v1/bins/{place['id']}/").json()["is_default"] is False
    assert client.delete(f"/api/v1/bins/{other['id']}/").json()["code"] == "no_default_bin"
    assert client.patch(f"/api/v1/bins/{other['id']}/", {"is_default": False}).status_code == 409
    assert client.delete(f"/api/v1/bins/{place['id']}/").status_code == 204
    assert client.delete(f"/api/v1/warehouses/{made['id']}/").status_code == 204
    assert not Bin.objects.filter(warehouse=made["id"]).exists()


def test_a_warehouse_with_goods_says_what_refers_to_it(client, warehouse, product):
    put_in_stock(product, warehouse, 1)
    answer = client.delete(address(warehouse))
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert set(answer.json()["referred_to_by"]) >= {"stock.Inventory", "stock.StockMovement", "stock.StockItem"}


def test_a_bin_stays_in_its_warehouse(client):
    place = BinFactory()
    answer = client.patch(address(place), {"warehouse": WarehouseFactory().pk})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "read_only")


def test_quantities_are_not_typed(client, warehouse, product):
    put_in_stock(product, warehouse, 5)
    row = Inventory.objects.get()
    for field, value in (("quantity", 99), ("reserved", 0), ("stock_value", "0"), ("available", 1), ("product", 1)):
        answer = client.patch(address(row), {field: value})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "read_only")
    assert client.patch(address(row), {"reorder_level": -1}).json()["errors"][0]["pointer"] == "/reorder_level"


def test_lines_are_set_aside_to_be_counted_again():
    count = counting()
    line = count.items.get()
    client = root_client()
    refused = client.post(address(count, "recount"), {"items": [line.pk, 0]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/items/1")
    foreign = client.post(address(count, "recount"), {"items": [counting().items.get().pk]})
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (400, "/items")
    answer = client.post(address(count, "recount"), {"items": [line.pk]})
    assert (answer.status_code, answer.json()["status"], answer.json()["is_blind"]) == (201, "counting", count.is_blind)
    line.refresh_from_db()
    assert (line.count_id, line.counted_quantity) == (answer.json()["id"], None)
