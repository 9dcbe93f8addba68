"""Where goods and invoice go, as it was agreed."""

import pytest

from sales.models import AddressKind, CustomerAddress
from sales.services import OrderLine, place_order
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerAddressFactory, CustomerFactory, place


@pytest.fixture
def customer(db):
    return CustomerFactory(name="Blue Anchor Ltd")


def test_the_customers_default_addresses_are_copied(customer):
    CustomerAddressFactory(customer=customer, kind=AddressKind.BILLING, line1="Not this one")
    billing = CustomerAddressFactory(customer=customer, kind=AddressKind.BILLING, is_default=True, line1="Bank 1")
    shipping = CustomerAddressFactory(customer=customer, name="Gate 4", is_default=True)
    order = place(customer=customer)
    assert (order.billing_to, order.shipping_to) == (billing, shipping)
    assert order.billing_address == {
        "name": "Blue Anchor Ltd",
        "line1": "Bank 1",
        "line2": "",
        "city": "Hamburg",
        "region": "",
        "postal_code": "20457",
        "country": "DE",
    }
    assert order.shipping_address["name"] == "Gate 4"


def test_the_copy_stays_when_the_address_changes(customer):
    CustomerAddressFactory(customer=customer, is_default=True, city="Hamburg")
    order = place(customer=customer)
    CustomerAddress.objects.update(city="Bremen")
    order.refresh_from_db()
    assert order.shipping_address["city"] == "Hamburg"


def test_an_address_that_is_named_goes_first(customer):
    CustomerAddressFactory(customer=customer, is_default=True)
    named = CustomerAddressFactory(customer=customer, city="Kiel")
    order = place(customer=customer, shipping_to=named)
    assert (order.shipping_to, order.shipping_address["city"]) == (named, "Kiel")


def test_goods_go_where_the_invoice_goes_if_nothing_else_is_known(customer):
    billing = CustomerAddressFactory(customer=customer, kind=AddressKind.BILLING, is_default=True)
    order = place(customer=customer)
    assert order.shipping_to is None
    assert order.shipping_address == order.billing_address == billing.frozen()


def test_without_any_address_there_is_none(customer):
    order = place(customer=customer)
    assert (order.billing_to, order.billing_address, order.shipping_address) == (None, {}, {})


def test_an_inactive_default_is_not_taken(customer):
    CustomerAddressFactory(customer=customer, is_default=True, is_active=False)
    assert place(customer=customer).shipping_address == {}


@pytest.mark.parametrize("field", ["billing_to", "shipping_to"])
def test_it_refuses_an_address_of_somebody_else(clerk, customer, refused, field):
    foreign, product = CustomerAddressFactory(), ProductFactory()
    with refused("wrong_address", customer.name, field=field):
        place_order(customer=customer, lines=[OrderLine(product, 1)], by=clerk, **{field: foreign})
