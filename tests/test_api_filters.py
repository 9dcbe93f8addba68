"""Narrowing lists down, searching them, shaping what comes back."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Product
from inventory_project.base.api.filters import filterset_of
from inventory_project.base.api.views import PAGING, SHAPING
from tests.api_client import VIEWSETS, ids, root_client
from tests.factories.catalog import CategoryFactory, ProductBarcodeFactory, ProductFactory, TaxRateFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


def found(query: str) -> list[str]:
    answer = root_client().get(f"{URL}?ordering=id&{query}")
    assert answer.status_code == 200, answer.json()
    return [row["sku"] for row in answer.json()["results"]]


@pytest.fixture
def shelf() -> None:
    tools = CategoryFactory(name="Tools")
    saws = CategoryFactory(name="Saws", parent=tools)
    rate = TaxRateFactory()
    ProductFactory(sku="SAW-1", name="Fuchsschwanz", brand="Adler", category=saws, price="25", cost=None, tax_rate=rate)
    ProductFactory(sku="SAW-2", name="Bügelsäge", brand="Bär", category=saws, price="40.5", tracking="lot")
    ProductFactory(sku="HAM-1", name="Hammer groß", brand="Adler", category=tools, price="9.99", is_active=False)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("brand=Adler", "SAW-1 HAM-1"),
        ("sku=saw-1", "SAW-1"),
        ("sku__in=saw-1,ham-1,none", "SAW-1 HAM-1"),
        ("is_active=false", "HAM-1"),
        ("tracking=lot", "SAW-2"),
        ("tracking__in=lot,serial", "SAW-2"),
        ("price=25", "SAW-1"),
        ("price=25.0000", "SAW-1"),
        ("price_min=25", "SAW-1 SAW-2"),
        ("price_max=25", "SAW-1 HAM-1"),
        ("price_min=10&price_max=40.4999", "SAW-1"),
        ("cost__isnull=true", "SAW-1"),
        ("tax_rate__isnull=false", "SAW-1"),
        ("search=adler", "SAW-1 HAM-1"),
        ("search=saw%20fuchs", "SAW-1"),
        ("search=hammer%20saw", ""),
        ("search=100%25", ""),
        ("brand=Adler&is_active=true", "SAW-1"),
        ("category=987654", ""),
    ],
)
def test_filters(query, expected, shelf):
    assert found(query) == expected.split()


def test_a_category_with_all_below_it(shelf):
    tools = Product.objects.get(sku="HAM-1").category
    assert found(f"category={tools.pk}") == ["HAM-1"]
    assert found(f"under_category={tools.pk}") == ["SAW-1", "SAW-2", "HAM-1"]
    assert found("under_category=987654") == []


def test_what_has_changed_since(shelf):
    moment = timezone.now()
    Product.objects.filter(sku="SAW-2").update(notes="changed")
    assert found(f"updated_since={moment.isoformat().replace('+', '%2B')}") == ["SAW-2"]
    assert found(f"updated_since={moment.isoformat()}") == ["SAW-2"]  # a plus sign that nobody escaped
    assert found(f"updated_until={moment:%Y-%m-%dT%H:%M:%S.%fZ}") == ["SAW-1", "HAM-1"]
    tomorrow = (moment + datetime.timedelta(days=1)).date()
    assert found(f"created_since={tomorrow}") == []


def test_records_by_their_codes():
    barcode = ProductBarcodeFactory(product=ProductFactory(sku="Ab/1"))
    client = root_client()
    for path in ("by-sku/aB%2F1", f"by-barcode/{barcode.code}", f"by-barcode/{barcode.code}/"):
        assert client.get(URL + path).json()["id"] == barcode.product_id
    assert client.get(f"{URL}by-sku/nothing").status_code == 404


def test_lines_under_their_parent():
    one, two = ProductBarcodeFactory(), ProductBarcodeFactory()
    client = root_client()
    rows = client.get(f"{URL}{one.product_id}/barcodes/?expand=product&fields=id,product").json()["results"]
    assert [(row["id"], row["product"]["sku"]) for row in rows] == [(one.pk, one.product.sku)]
    assert ids(client.get(f"{URL}{one.product_id}/barcodes/?code={two.code}").json()["results"]) == []
    assert client.get(f"{URL}{one.product_id}/barcodes/?bogus=1").status_code == 400
    assert client.get(f"{URL}99999/barcodes/").status_code == 404


def test_records_in_the_place_of_ids():
    child = CategoryFactory(parent=CategoryFactory(name="Tools"))
    product = ProductFactory(category=child, price=Decimal("1.5"))
    row = root_client().get(f"{URL}{product.pk}/?expand=category.parent&fields=sku,category").json()
    assert list(row) == ["sku", "category"]
    assert row["category"]["id"] == child.pk
    assert row["category"]["parent"]["name"] == "Tools"


def test_no_filter_has_the_name_of_something_else():
    for viewset in VIEWSETS.values():
        assert not filterset_of(viewset).base_filters.keys() & (PAGING | SHAPING | {"search", "dry_run"})
