"""Many records in one request: the rules of single ones, few statements, and an answer for each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import PriceListItem, Product
from inventory_project.integrity import check_all
from stock.models import Inventory, StockMovement
from stock.services import create_stock_count, start_stock_count
from tests.api_client import clerk_client, client_for, root_client
from tests.factories.accounts import SuperuserFactory, UserFactory
from tests.factories.catalog import CategoryFactory, PriceListFactory, PriceListItemFactory, ProductFactory
from tests.factories.stock import WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/v1/products/bulk/"
ADJUST = "/api/v1/inventory/adjust/"


def new(sku: str, **changes) -> dict:
    return {"sku": sku, "name": f"Product {sku}", "category": CategoryFactory().pk, "price": "1.00", **changes}


def results(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [entry["result"] for entry in answer.json()["results"]]


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What asked or changed something; where transactions begin and end is not counted."""
    controls = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(controls)]


def errors(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.json()
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_products_are_changed_or_added_by_their_sku():
    user = SuperuserFactory()
    old, same = ProductFactory(sku="A-1", brand="Old"), ProductFactory(sku="A-2", brand="Same")
    items = [{"sku": "ａ-1", "brand": "New"}, {"sku": "A-2", "brand": "Same"}, new("A-3", brand="Third")]

    answer = client_for(user).post(PRODUCTS, {"items": items})

    assert results(answer) == ["updated", "unchanged", "created"]
    third = Product.objects.get(sku="A-3")
    assert [entry["id"] for entry in answer.json()["results"]] == [old.pk, same.pk, third.pk]
    changed = Product.objects.get(pk=old.pk)
    assert (changed.brand, changed.name, changed.updated_by, changed.created_by) == ("New", old.name, user, None)
    assert (third.brand, third.sku_key, third.created_by) == ("Third", "a-3", user)
    assert Product.objects.get(pk=same.pk).updated_at == same.updated_at


def test_only_what_was_sent_of_a_product_is_written():
    one, two = ProductFactory(sku="A-1"), ProductFactory(sku="A-2")
    items = [{"sku": "A-1", "price": "2"}, {"sku": "A-2", "name": "Renamed"}]

    assert results(root_client().post(PRODUCTS, {"items": items})) == ["updated", "updated"]

    found = Product.objects.in_bulk([one.pk, two.pk])
    assert (found[one.pk].price, found[one.pk].name) == (2, one.name)
    assert (found[two.pk].price, found[two.pk].name) == (two.price, "Renamed")


def test_all_or_none():
    items = [new("A-1"), new("A-2", price="-1"), {"sku": "A-3"}, new("a-1"), new("A-5", colour="red"), 7]
    answer = root_client().post(PRODUCTS, {"items": items[:5]})

    found = errors(answer)
    assert {pointer for pointer, _code in found} == {
        "/items/1/price",
        "/items/2/name",
        "/items/2/category",
        "/items/2/price",
        "/items/3",
        "/items/4/colour",
    }
    assert not Product.objects.exists()
    assert errors(root_client().post(PRODUCTS, {"items": items}))[0][0] == "/items/5"


def test_a_result_for_each():
    stocked = put_in_stock(ProductFactory(sku="A-9"), WarehouseFactory(), 5)
    items = [new("A-1"), new("A-2", price="-1"), {"sku": "A-9", "tracking": "lot"}, {"sku": "A-9", "brand": "x"}]

    answer = root_client().post(PRODUCTS, {"items": items, "atomic": False})

    assert results(answer) == ["created", "refused", "refused", "refused"]
    assert [entry.get("errors", [{}])[0].get("pointer") for entry in answer.json()["results"]] == [
        None,
        "/price",
        "/tracking",
        "",
    ]
    assert answer.json()["results"][2]["errors"][0]["code"] == "has_stock"
    assert [product.sku for product in Product.objects.order_by("sku")] == ["A-1", "A-9"]
    assert stocked.product.tracking == "none"


def test_the_rules_of_single_products_hold():
    put_in_stock(ProductFactory(sku="A-9"), WarehouseFactory(), 5)
    answer = root_client().post(PRODUCTS, {"items": [new("A-1"), {"sku": "A-9", "tracking": "lot"}]})
    assert (answer.status_code, answer.json()["code"], answer.json()["pointer"]) == (
        409,
        "has_stock",
        "/items/1/tracking",
    )
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_grams": 2**31},
        {"weight_grams": "5"},
        {"price": "NaN"},
        {"price": "1_0"},
        {"category": 2**63},
        {"category": 10**9},
        {"tax_rate": "1"},
        {"tracking": "x"},
        {"unit": "KILO"},
        {"name": "x" * 201},
        {"is_active": 1},
        {"image": "x.png"},
        {"id": 1},
        {"updated_by": 1},
        {"sku": " "},
        {"sku": 5},
        {"sku": None},
    ],
)
def test_what_one_refuses_many_refuse(wrong):
    [name] = wrong
    assert {pointer for pointer, _code in errors(root_client().post(PRODUCTS, {"items": [new("A-1") | wrong]}))} == {
        f"/items/0/{name}"
    }
    assert not Product.objects.exists()


def test_how_many_and_in_which_form():
    for body in (
        {},
        {"items": []},
        {"items": {}},
        {"items": [[]]},
        {"items": [new("A")], "atomic": "no"},
        [],
        {"x": 1},
    ):
        assert root_client().post(PRODUCTS, body).status_code == 400, body
    assert errors(root_client().post(PRODUCTS, {"items": [{"sku": f"S{n}"} for n in range(501)]}))[0][0] == "/items"


def test_five_hundred_products_cost_few_statements():
    client, category = root_client(), CategoryFactory().pk
    items = [{"sku": f"S-{n}", "name": "x", "category": category, "price": "1"} for n in range(500)]
    with CaptureQueriesContext(
        connection,
    ) as added:
        assert set(results(client.post(PRODUCTS, {"items": items}))) == {"created"}
    with CaptureQueriesContext(connection) as changed:
        assert set(results(client.post(PRODUCTS, {"items": [{**i, "price": "2"} for i in items]}))) == {"updated"}
    assert len(statements(added)) <= 20, statements(added)
    assert len(statements(changed)) <= 20, statements(changed)
    assert set(Product.objects.values_list("price", flat=True)) == {2}


def test_adding_and_changing_each_need_their_permission():
    ProductFactory(sku="A-1")
    only_change = clerk_client("catalog.view_product", "catalog.change_product")
    only_add = clerk_client("catalog.view_product", "catalog.add_product")
    change, add = {"items": [{"sku": "A-1", "name": "y"}]}, {"items": [new("A-2")]}

    assert only_change.post(PRODUCTS, change).status_code == 200
    assert only_add.post(PRODUCTS, add).status_code == 200
    refused = only_change.post(PRODUCTS, {"items": [{"sku": "A-1", "name": "z"}, new("A-3")]})
    assert (refused.status_code, refused.json()["permission"]) == (403, "catalog.add_product")
    refused = only_add.post(PRODUCTS, {"items": [{"sku": "A-1", "name": "z"}], "atomic": False})
    assert (refused.status_code, refused.json()["permission"]) == (403, "catalog.change_product")
    assert clerk_client("stock.view_inventory").post(PRODUCTS, add).status_code == 403
    assert not Product.objects.filter(sku="A-3").exists()


def test_a_key_is_used_once_and_a_trial_keeps_nothing():
    client, body = root_client(), {"items": [new("A-1")]}
    trial = client.post(f"{PRODUCTS}?dry_run=true", body)
    assert (results(trial), trial["Dry-Run"], Product.objects.count()) == (["created"], "true", 0)
    first = client.post(PRODUCTS, body, HTTP_IDEMPOTENCY_KEY="k")
    second = client.post(PRODUCTS, body, HTTP_IDEMPOTENCY_KEY="k")
    assert (results(first), second.json(), second["Idempotent-Replayed"]) == (["created"], first.json(), "true")


def test_prices_of_a_list():
    price_list, user = PriceListFactory(), SuperuserFactory()
    old = PriceListItemFactory(price_list=price_list, minimum_quantity=1)
    other = PriceListItemFactory(product=old.product, minimum_quantity=1)
    items = [
        {"product": old.product.pk, "price": "7.7777"},
        {"product": old.product.pk, "minimum_quantity": 10, "price": "6"},
    ]
    url = f"/api/v1/price-lists/{price_list.pk}/items/bulk/"

    assert results(client_for(user).post(url, {"items": items})) == ["updated", "created"]
    assert sorted(price_list.items.values_list("minimum_quantity", "price")) == [
        (1, old.price.__class__("7.7777")),
        (10, 6),
    ]
    assert PriceListItem.objects.get(pk=other.pk).price == other.price
    wrong = [{"product": old.product.pk, "minimum_quantity": 0, "price": "1"}, {"price": "1"}, *items, items[0]]
    answer = root_client().post(url, {"items": wrong, "atomic": False})
    assert results(answer) == ["refused", "refused", "unchanged", "unchanged", "refused"]
    assert errors(root_client().post(url, {"items": [{**items[0], "price_list": 1}]})) == [
        ("/items/0/price_list", "read_only")
    ]
    assert root_client().post("/api/v1/price-lists/999999/items/bulk/", {"items": items}).status_code == 404


def test_five_hundred_prices_cost_few_statements():
    price_list, products = PriceListFactory(), ProductFactory.create_batch(250)
    items = [{"product": p.pk, "minimum_quantity": q, "price": "3"} for p in products for q in (1, 9)]
    client = root_client()
    url = f"/api/v1/price-lists/{price_list.pk}/items/bulk/"
    for price in ("3", "4"):
        with CaptureQueriesContext(connection) as queries:
            client.post(url, {"items": [{**item, "price": price} for item in items]})
        assert len(statements(queries)) <= 20, statements(queries)
    assert set(price_list.items.values_list("price", flat=True)) == {4}


def lines(*quantities: int) -> list[dict]:
    warehouse = WarehouseFactory().pk
    return [
        {"product": ProductFactory(cost=1).pk, "warehouse": warehouse, "quantity": quantity, "reason": "found"}
        for quantity in quantities
    ]


def test_adjusting_each_by_itself():
    items = [*lines(5, -3, 4), {"product": 1}]

    answer = root_client().post(ADJUST, {"items": items, "atomic": False})

    assert results(answer) == ["done", "refused", "done", "refused"]
    assert [movement["quantity"] for movement in answer.json()["movements"]] == [5, 4]
    assert answer.json()["results"][1]["errors"][0]["code"] == "insufficient_stock"
    assert StockMovement.objects.count() == Inventory.objects.filter(quantity__gt=0).count() == 2
    assert [each.invariant.name for each in check_all() if each.is_violation] == []


def test_adjusting_all_or_none():
    assert root_client().post(ADJUST, {"items": lines(5, -3)}).status_code == 409
    assert not StockMovement.objects.exists()
    assert root_client().post(ADJUST, {"items": []}).json()["code"] == "invalid"
    assert root_client().post(ADJUST, {"items": [], "atomic": False}).json()["code"] == "invalid"
    assert clerk_client("stock.view_inventory").post(ADJUST, {"items": lines(1), "atomic": False}).status_code == 403


@pytest.mark.parametrize("atomic", [True, False])
def test_five_hundred_adjustments_cost_few_statements(atomic):
    items, client = lines(*[5] * 500), root_client()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(ADJUST, {"items": items, "atomic": atomic})
    assert (answer.status_code, len(answer.json()["movements"])) == (200, 500)
    assert len(statements(queries)) <= 20, statements(queries)


def test_counted_quantities():
    warehouse = WarehouseFactory()
    products = [ProductFactory(), ProductFactory()]
    for product in products:
        put_in_stock(product, warehouse, 5)
    count = start_stock_count(create_stock_count(warehouse=warehouse, by=None), by=None)
    one, two = count.items.order_by("pk")
    url = f"/api/v1/stock-counts/{count.pk}/items/bulk/"
    good, bad = {"item": one.pk, "counted_quantity": 4}, {"item": two.pk, "counted_quantity": -4}

    client = client_for(UserFactory(permissions=["stock.view_stockcount", "stock.enter_stockcount"]))
    assert client.post(url, {"items": [good, bad]}).status_code == 400
    answer = client.post(url, {"items": [good, bad, {**good, "counted_quantity": 3}], "atomic": False})

    assert results(answer) == ["done", "refused", "done"]
    assert list(count.items.order_by("pk").values_list("counted_quantity", flat=True)) == [3, None]
    assert results(client.post(url, {"items": [{**bad, "counted_quantity": 2}]})) == ["done"]
