"""What plain Django would let through or break on: the same refusal on both databases, and nothing written."""

import base64
import json

import pytest

from catalog.models import Category, Product
from tests.api_client import root_client
from tests.factories.accounts import RoleFactory
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


def send(client, text: str | bytes):
    return client.post(URL, text, content_type="application/json")


@pytest.fixture
def good() -> dict:
    return {"sku": "A-1", "name": "Hammer", "category": CategoryFactory().pk, "price": "9.90"}


NO_NUMBER = [
    "-1_0",
    "1_000",
    "٣",
    "1e3",
    " 1",
    "+1",
    "NaN",
    "Infinity",
    "-0x1",
    "",
    "1.",
    ".5",
    True,
    None,
    [],
    {},
    "²",
]


@pytest.mark.parametrize("value", NO_NUMBER)
def test_no_price(value, good):
    answer = root_client().post(URL, {**good, "price": value})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/price"]
    assert not Product.objects.exists()


@pytest.mark.parametrize("value", ["-0.0001", "100000000000", "99999999999.99991", -1])
def test_prices_out_of_range(value, good):
    answer = root_client().post(URL, {**good, "price": value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/price"


@pytest.mark.parametrize(
    ("value", "stored"), [("0", "0.0000"), (3, "3.0000"), ("-0", "0.0000"), ("99999999999.9999", "99999999999.9999")]
)
def test_prices_that_are_taken(value, stored, good):
    answer = root_client().post(URL, {**good, "price": value})
    assert (answer.status_code, answer.json()["price"]) == (201, stored)
    assert root_client().get(f"{URL}{answer.json()['id']}/").json()["price"] == stored


def test_a_json_number_with_a_point_is_exact(good):
    text = json.dumps({**good, "price": 0}).replace('"price": 0', '"price": 0.1000')
    assert send(root_client(), text).json()["price"] == "0.1000"


@pytest.mark.parametrize("value", ["5", "1_000", "٣", 1.0, 1.5, True, 2**31, -1, "-1", 10**400, [1], {}])
def test_no_weight(value, good):
    answer = root_client().post(URL, {**good, "weight_grams": value})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/weight_grams"]
    assert not Product.objects.exists()


@pytest.mark.parametrize("value", ["1", True, 0, -1, 2**63, 10**30, 1.0, "x", [], {}, 999999])
def test_no_category(value, good):
    answer = root_client().post(URL, {**good, "category": value})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/category"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("is_active", "yes"),
        ("is_active", 1),
        ("name", 5),
        ("name", True),
        ("name", None),
        ("name", "  "),
        ("name", "x" * 201),
        ("tracking", "Lot"),
        ("tracking", 1),
        ("unit", "C620"),
        ("notes", "x" * 10_001),
        ("image", "x.png"),
    ],
)
def test_no_such_value(field, value, good):
    answer = root_client().post(URL, {**good, field: value})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("value", ["22.11.2026", "2026-02-30", "٢٠٢٦-٠١-٠١", "2026", 20260101, "2026-01-01T00:00:00Z"])
def test_no_day(value):
    answer = root_client().post("/api/v1/price-lists/", {"name": "x", "valid_from": value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/valid_from"


BROKEN = {
    "not JSON": b"{",
    "two values": b"{} {}",
    "not UTF-8": b'{"name": "\xff"}',
    "duplicate keys": b'{"name": "a", "name": "b"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL in a key": b'{"na\\u0000me": "a"}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate in a key": b'{"\\udc00": 1}',
    "NaN": b'{"price": NaN}',
    "Infinity": b'{"price": -Infinity}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deeper than allowed": b'{"a":' * 20 + b"1" + b"}" * 20,
    "a huge integer": b'{"price": 1' + b"0" * 5000 + b"}",
    "a huge exponent": b'{"price": 1e99999999999999999999}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_bodies_that_cannot_be_read(body):
    answer = send(root_client(), body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "null", "[{}]", "true"])
def test_a_body_is_an_object(body):
    answer = send(root_client(), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


HARMLESS = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "\u2067שלום\u2069",
    "🏭 Lager",
    "'; DROP TABLE product; --",
    "Ｆｕｌｌ",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_any_text_comes_back_as_it_was_sent(text, good):
    answer = root_client().post(URL, {**good, "name": text, "notes": text})
    assert (answer.json()["name"], answer.json()["notes"]) == (text, text)


@pytest.mark.parametrize("twin", ["a-1", " A-1 ", "Ａ-1", "Ａ-１"])
def test_twins_of_a_code_are_one(twin, good):
    client = root_client()
    assert client.post(URL, good).status_code == 201
    answer = client.post(URL, {**good, "sku": twin})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "Another product has this SKU.")


@pytest.mark.parametrize(
    "query",
    [
        "search=" + "x%20" * 30,
        "search=" + "x" * 201,
        "search=%00",
        "sku=%00",
        "id=99999999999999999999",
        "id__in=" + "1," * 300,
        "price_min=1_0",
        "price_min=NaN",
        "created_since=yesterday",
        "created_since=2026-13-01",
        "is_active=1",
        "is_active=True",
        "tracking=LOT",
        "tracking__in=lot,x",
        "limit=1_0",
        "limit=٣",
        "cursor=%00",
        "cursor=W10",
        "cursor=eyJ9",
        "ordering=-",
        "ordering=id,id",
        "ordering=name,-name",
        "ordering=name,sku,price,cost",
        "fields=",
        "expand=category.parent.parent",
        "expand=category,,",
        "format=xml",
    ],
)
def test_no_such_query(query):
    ProductFactory()
    answer = root_client().get(f"{URL}?{query}")
    assert answer.status_code == 400, query
    assert answer.json()["code"] == "invalid_parameter"


def test_a_cursor_that_was_tampered_with():
    client = root_client()
    for values in ([None], ["x"], ["1", "2"], ["9" * 40], ["\x00"], [1], []):
        raw = json.dumps([False, "id", values]).encode()
        answer = client.get(f"{URL}?cursor={base64.urlsafe_b64encode(raw).decode().rstrip('=')}")
        assert answer.status_code in (200, 400), values


def test_addresses_with_odd_values():
    client = root_client()
    for path in ("by-sku/%00", "by-sku/a%2Fb", "by-barcode/%F0%9F%8F%AD", "by-sku/" + "x" * 5000, "0", "00", "9" * 18):
        assert client.get(URL + path).status_code == 404, path
    assert client.get("/api/v1/orders/by-number/%00").status_code == 404


def test_deep_and_odd_permissions():
    client = root_client()
    for value in ("*", ["nothing.*"], [1], [["*"]], {"a": 1}, ["x" * 101], None):
        answer = client.post("/api/v1/roles/", {"name": "x", "permissions": value})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"].startswith("/permissions")
    assert client.patch(f"/api/v1/roles/{RoleFactory().pk}/", {"permissions": ["stock.*"]}).status_code == 200


def test_nothing_of_a_refused_request_is_kept():
    client = root_client()
    assert client.post("/api/v1/categories/", {"name": "Tools", "parent": 12345}).status_code == 400
    assert not Category.objects.exists()
