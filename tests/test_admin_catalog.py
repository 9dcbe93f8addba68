"""The catalog in the back office keeps the rules of its services."""

import pytest

from catalog.models import Product, TaxRate
from stock.models import Warehouse
from stock.services import OpeningLine, enter_opening_stock, save_warehouse
from tests.back_office import Desk, errors_of
from tests.factories.catalog import ProductFactory, TaxRateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_tracking_stays_while_there_is_stock(desk):
    product = ProductFactory(tracking="none")
    warehouse = save_warehouse(Warehouse(code="HAM", name="Hamburg"), by=desk.user)
    enter_opening_stock([OpeningLine(product=product, warehouse=warehouse, quantity=3, unit_cost=1)], by=desk.user)

    response = desk.edit(product, tracking="lot", name="Renamed")

    assert "how it is tracked can't be changed" in errors_of(response)
    assert list(Product.objects.values_list("tracking", "name")) == [("none", product.name)]


def test_the_figure_of_a_used_tax_rate_stays(desk):
    rate = TaxRateFactory(rate=19)
    ProductFactory(tax_rate=rate)

    response = desk.edit(rate, rate="20")

    assert "so its figure stays" in errors_of(response)
    assert TaxRate.objects.get(pk=rate.pk).rate == 19


def test_other_edits_of_a_product_are_plain(desk):
    product = ProductFactory()

    assert desk.edit(product, name="Renamed").status_code == 302
    product.refresh_from_db()
    assert (product.name, product.updated_by) == ("Renamed", desk.user)
