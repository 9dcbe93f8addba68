"""Which tax an order bears."""

from decimal import Decimal

import pytest

from sales.models import TaxTreatment
from sales.services import OrderLine, place_order
from tests.factories.catalog import ProductFactory, TaxRateFactory
from tests.factories.sales import CustomerFactory
from tests.sales.books import only_item


@pytest.fixture
def reduced(db):
    return TaxRateFactory(name="Reduced", rate=Decimal("7"))


def test_a_product_bears_its_own_rate_or_the_default(clerk, reduced):
    lines = [OrderLine(ProductFactory(tax_rate=reduced), 1), OrderLine(ProductFactory(), 1)]
    order = place_order(customer=CustomerFactory(), lines=lines, by=clerk)
    taxes = order.items.order_by("pk").values_list("tax_percent", "tax_category", "tax_amount")
    assert list(taxes) == [(Decimal("7"), "S", Decimal("0.70")), (Decimal("19"), "S", Decimal("1.90"))]
    assert order.tax_amount == Decimal("2.60")


def test_the_charge_for_the_delivery_bears_the_default_rate(clerk, reduced):
    lines = [OrderLine(ProductFactory(tax_rate=reduced), 1)]
    order = place_order(customer=CustomerFactory(), lines=lines, shipping_amount=Decimal("10"), by=clerk)
    assert (order.shipping_tax_percent, order.shipping_tax_category) == (Decimal("19"), "S")
    assert (order.tax_amount, order.total_amount) == (Decimal("2.60"), Decimal("22.60"))


@pytest.mark.parametrize(("percent", "category"), [("7", "S"), ("0", "Z")])
def test_the_charge_may_bear_another(clerk, percent, category):
    order = place_order(
        customer=CustomerFactory(),
        lines=[OrderLine(ProductFactory(), 1)],
        shipping_amount=Decimal("10"),
        shipping_tax_percent=Decimal(percent),
        by=clerk,
    )
    assert (order.shipping_tax_percent, order.shipping_tax_category) == (Decimal(percent), category)


@pytest.mark.parametrize(("treatment", "category"), [(TaxTreatment.REVERSE_CHARGE, "AE"), (TaxTreatment.EXPORT, "G")])
def test_reverse_charge_and_export_bear_none(clerk, reduced, treatment, category):
    customer = CustomerFactory(tax_treatment=treatment, tax_id="FR12345678901")
    lines = [OrderLine(ProductFactory(tax_rate=reduced), 1), OrderLine(ProductFactory(), 1)]
    order = place_order(customer=customer, lines=lines, shipping_amount=Decimal("10"), by=clerk)
    assert set(order.items.values_list("tax_percent", "tax_category", "tax_amount")) == {(0, category, 0)}
    assert (order.shipping_tax_percent, order.shipping_tax_category) == (0, category)
    assert (order.tax_amount, order.total_amount) == (0, Decimal("30.00"))


def test_they_refuse_a_tax_on_the_delivery(clerk, refused):
    customer, product = CustomerFactory(tax_treatment=TaxTreatment.EXPORT), ProductFactory()
    with refused("invalid", "export", field="shipping_tax_percent"):
        place_order(
            customer=customer,
            lines=[OrderLine(product, 1)],
            shipping_amount=Decimal("10"),
            shipping_tax_percent=Decimal("19"),
            by=clerk,
        )


def test_tax_is_taken_on_the_sum_of_a_rate_and_spread_over_its_lines(clerk):
    product = ProductFactory(price=Decimal("0.0200"))
    order = place_order(customer=CustomerFactory(), lines=[OrderLine(product, 1)] * 3, by=clerk)
    assert order.tax_amount == Decimal("0.01")
    assert list(order.items.order_by("pk").values_list("tax_amount", flat=True)) == [Decimal("0.01"), 0, 0]


def test_the_rate_stays_as_it_was_agreed(clerk, reduced):
    order = place_order(customer=CustomerFactory(), lines=[OrderLine(ProductFactory(tax_rate=reduced), 1)], by=clerk)
    type(reduced).objects.filter(pk=reduced.pk).update(rate=Decimal("9"))
    assert only_item(order).tax_percent == Decimal("7")


def test_without_a_default_rate_it_says_so(clerk, refused, tax_rate, reduced):
    customer, bare, own = CustomerFactory(), ProductFactory(), ProductFactory(tax_rate=reduced)
    tax_rate.is_default = False
    tax_rate.save()
    with refused("no_default_tax_rate"):
        place_order(customer=customer, lines=[OrderLine(bare, 1)], by=clerk)
    with refused("no_default_tax_rate"):
        place_order(customer=customer, lines=[OrderLine(own, 1)], shipping_amount=Decimal("1"), by=clerk)
    place_order(customer=customer, lines=[OrderLine(own, 1)], by=clerk)
