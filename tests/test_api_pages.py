"""Pages by key: every row once, in order, whatever is written meanwhile; nulls and ties included."""

import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from inventory_project.base.api import pagination
from tests.api_client import ids, root_client
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


@pytest.fixture
def products() -> list[Product]:
    """Thirty, with many equal names, prices and costs, a third of them without a cost."""
    dice = random.Random(7)
    category = CategoryFactory()
    return [
        ProductFactory(
            category=category,
            name=dice.choice(["Ahle", "bolt", "Zange", "ähre"]),
            price=Decimal(dice.choice(["0.1", "0.2", "0.3", "12.3456"])),
            cost=dice.choice([None, Decimal("0.3"), Decimal("5")]),
        )
        for _ in range(30)
    ]


def walk(client, query: str) -> list[list[int]]:
    pages, address = [], f"{URL}?{query}"
    while address:
        page = client.get(address).json()
        pages.append(ids(page["results"]))
        address = page["next"]
    return pages


@pytest.mark.parametrize(
    "ordering", ["name", "-name", "cost", "-cost", "price", "-price,name", "cost,-price", "-cost,-name,price", "id"]
)
def test_pages_are_the_whole_list_in_order(ordering, products):
    client = root_client()
    whole = ids(client.get(f"{URL}?limit=200&ordering={ordering}").json()["results"])
    assert len(whole) == 30
    pages = walk(client, f"limit=7&ordering={ordering}")
    assert [len(page) for page in pages] == [7, 7, 7, 7, 2]
    assert [pk for page in pages for pk in page] == whole


def test_nulls_count_as_the_greatest_on_both_databases(products):
    rows = root_client().get(f"{URL}?limit=200&ordering=cost&fields=cost").json()["results"]
    costs = [row["cost"] for row in rows]
    known = [cost for cost in costs if cost is not None]
    assert costs == [*sorted(known), *[None] * (30 - len(known))]
    downwards = root_client().get(f"{URL}?limit=200&ordering=-cost&fields=cost").json()["results"]
    assert [row["cost"] for row in downwards] == costs[::-1]


def test_back_leads_over_the_same_rows(products):
    client = root_client()
    first = client.get(f"{URL}?limit=10&ordering=-cost").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert third["next"] is None
    assert first["previous"] is None
    back = client.get(third["previous"]).json()
    assert back["results"] == second["results"]
    start = client.get(back["previous"]).json()
    assert (start["results"], start["previous"]) == (first["results"], None)
    assert client.get(start["next"]).json()["results"] == second["results"]


def test_what_is_written_meanwhile_neither_repeats_nor_hides_a_row(products):
    client = root_client()
    first = client.get(f"{URL}?limit=10&ordering=id").json()
    Product.objects.filter(pk__in=ids(first["results"])[:5]).delete()
    ProductFactory(category=products[0].category)
    rest = [pk for page in walk(client, first["next"].split("?")[1]) for pk in page]
    assert rest[:20] == [product.pk for product in products[10:]]
    assert len(rest) == 21


def test_the_link_header_says_the_same(products):
    client = root_client()
    first = client.get(f"{URL}?limit=10")
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    second = client.get(first.json()["next"])
    assert second["Link"] == f'<{second.json()["next"]}>; rel="next", <{second.json()["previous"]}>; rel="prev"'
    assert not client.get(f"{URL}?limit=200").has_header("Link")


def test_filters_and_fields_stay_in_the_links(products):
    client = root_client()
    page = client.get(f"{URL}?limit=2&name=bolt&fields=id,name&ordering=-price").json()
    following = client.get(page["next"]).json()
    assert {tuple(row) for row in following["results"]} == {("id", "name")}
    assert {row["name"] for row in following["results"]} == {"bolt"}


def test_a_cursor_is_bound_to_its_order(products):
    client = root_client()
    cursor = client.get(f"{URL}?limit=2&ordering=name").json()["next"].split("cursor=")[1].split("&")[0]
    answer = client.get(f"{URL}?limit=2&ordering=price&cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


def test_rows_are_counted_when_asked_and_up_to_a_cap(products, monkeypatch):
    client = root_client()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{URL}?limit=2").json()
    assert "count" not in page
    assert not any("COUNT(" in query["sql"] for query in queries)
    assert client.get(f"{URL}?limit=2&count=true").json()["count"] == 30
    monkeypatch.setattr(pagination, "COUNT_CAP", 20)
    capped = client.get(f"{URL}?limit=2&count=true").json()
    assert (capped["count"], capped["count_capped"]) == (20, True)
    assert "count" not in client.get(capped["next"]).json()


def test_an_empty_list():
    assert root_client().get(URL).json() == {"next": None, "previous": None, "results": []}
    assert root_client().get(f"{URL}?count=true&expand=category").json()["count"] == 0


def test_a_page_costs_one_query_and_one_for_each_expansion(products):
    client = root_client()
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{URL}?limit=200&expand=category&ordering=-price")
    assert len(queries) == 3  # with the token
