"""Tax rates, price lists, suppliers."""

import pytest

from catalog import services
from inventory_project.base.errors import RuleViolation
from tests.api_client import address, root_client
from tests.factories.catalog import (
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    SupplierFactory,
    TaxRateFactory,
)

pytestmark = pytest.mark.django_db


def test_the_figure_of_a_used_rate_is_fixed():
    rate = TaxRateFactory(rate=19)
    rate.rate = 18
    services.save_tax_rate(rate, by=None)  # nobody uses it yet
    ProductFactory(tax_rate=rate)
    for change in ({"rate": 17}, {"rate": 0, "category": "Z"}):
        for name, value in change.items():
            setattr(rate, name, value)
        with pytest.raises(RuleViolation) as caught:
            services.save_tax_rate(rate, by=None)
        assert caught.value.code == "rate_in_use"
    rate.refresh_from_db()
    assert rate.rate == 18
    answer = root_client().patch(address(rate), {"rate": "5"})
    assert (answer.status_code, answer.json()["pointer"]) == (409, "/rate")
    assert root_client().patch(address(rate), {"name": "Old", "is_active": False}).status_code == 200


def test_one_rate_is_the_default():
    TaxRateFactory(is_default=True)
    answer = root_client().post("/api/v1/tax-rates/", {"name": "x", "rate": "7", "is_default": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/is_default")


@pytest.mark.parametrize(
    ("rate", "category", "valid"),
    [("19", "S", True), ("100", "S", True), ("100.001", "S", False), ("-1", "S", False), ("7", "Z", False),
     ("0", "AE", True), ("0", "XX", False)],
)  # fmt: skip
def test_figures_and_categories(rate, category, valid):
    answer = root_client().post("/api/v1/tax-rates/", {"name": "x", "rate": rate, "category": category})
    assert answer.status_code == (201 if valid else 400), answer.json()


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "valid"),
    [("2026-01-01", "2026-12-31", True), ("2026-01-01", "2026-01-01", True), ("2026-01-02", "2026-01-01", False)],
)
def test_the_period_of_a_price_list(valid_from, valid_until, valid):
    body = {"name": "x", "valid_from": valid_from, "valid_until": valid_until}
    answer = root_client().post("/api/v1/price-lists/", body)
    assert answer.status_code == (201 if valid else 400)


def test_one_price_for_product_and_quantity():
    item = PriceListItemFactory()
    body = {"price_list": item.price_list_id, "product": item.product_id, "price": "1"}
    client = root_client()
    assert client.post("/api/v1/price-list-items/", body).status_code == 400
    assert client.post("/api/v1/price-list-items/", {**body, "minimum_quantity": 10}).status_code == 201
    assert client.post("/api/v1/price-list-items/", {**body, "minimum_quantity": 0}).status_code == 400
    prices = client.get(f"{address(item.price_list)}items/?ordering=minimum_quantity").json()["results"]
    assert [row["minimum_quantity"] for row in prices] == [1, 10]
    assert client.patch(address(item), {"price_list": PriceListFactory().pk}).status_code == 400


@pytest.mark.parametrize("country", ["de", "DEU", "D", "D1", "Ｄ"])
def test_countries_are_two_capital_letters(country):
    answer = root_client().post("/api/v1/suppliers/", {"code": "x", "name": "x", "country": country})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/country")


def test_codes_and_names_of_suppliers_are_unique():
    SupplierFactory(code="ACME", name="Acme")
    client = root_client()
    assert client.post("/api/v1/suppliers/", {"code": "acme", "name": "x"}).status_code == 400
    assert client.post("/api/v1/suppliers/", {"code": "x", "name": "Acme"}).status_code == 400
    assert client.post("/api/v1/suppliers/", {"code": "x", "name": "x", "email": "nobody"}).status_code == 400
    assert client.post("/api/v1/suppliers/", {"code": "x", "name": "x"}).status_code == 201
