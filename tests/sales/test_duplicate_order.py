"""Ordering the same again, from customers and from suppliers."""

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import SupplierProduct
from sales.models import Order
from sales.services import OrderLine, duplicate_order, place_order
from stock.models import PurchaseOrder
from stock.services import PurchaseOrderLine, create_purchase_order
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import CustomerAddressFactory, CustomerFactory
from tests.factories.stock import WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    client.boss = SuperuserFactory()
    client.force_login(client.boss)
    return client


def press_duplicate(client, row):
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return client.post(page, {"CHANGE_FORM-action": "duplicate", "_selected_action": row.pk}, follow=True)


def test_the_copy_has_todays_prices_and_those_entered_by_hand(boss):
    listed, agreed = ProductFactory(price=10), ProductFactory(price=20)
    lines = [OrderLine(listed, 3), OrderLine(agreed, 2, unit_price=Decimal("15"), discount_percent=Decimal(5))]
    order = place_order(customer=CustomerFactory(), lines=lines, customer_reference="B-1", by=boss.boss)
    listed.price = Decimal(11)
    listed.save()

    page = press_duplicate(boss, order)

    copy = Order.objects.exclude(pk=order.pk).get()
    assert page.redirect_chain[-1][0] == reverse("admin:sales_order_change", args=[copy.pk])
    assert "is a copy of" in page.content.decode()
    assert (copy.status, copy.customer, copy.customer_reference) == ("pending", order.customer, "")
    found = copy.items.order_by("pk").values_list("product", "quantity", "unit_price", "discount_percent")
    assert list(found) == [(listed.pk, 3, 11, 0), (agreed.pk, 2, 15, 5)]


def test_what_is_no_longer_sold_is_named_and_nothing_is_written(boss):
    product = ProductFactory()
    order = place_order(customer=CustomerFactory(), lines=[OrderLine(product, 1)], by=boss.boss)
    product.is_active = False
    product.save()

    page = press_duplicate(boss, order)

    assert product.sku in str([str(message) for message in page.context["messages"]])
    assert Order.objects.count() == 1


def test_a_supplier_is_asked_for_the_same_at_todays_cost(boss):
    supplier, product = SupplierFactory(), ProductFactory()
    offer = SupplierProduct.objects.create(supplier=supplier, product=product, cost=4)
    order = create_purchase_order(
        supplier=supplier, warehouse=WarehouseFactory(), lines=[PurchaseOrderLine(product, 6)], by=boss.boss
    )
    offer.cost = Decimal(5)
    offer.save()

    press_duplicate(boss, order)

    copy = PurchaseOrder.objects.exclude(pk=order.pk).get()
    assert (copy.status, copy.supplier, copy.warehouse) == ("draft", supplier, order.warehouse)
    assert list(copy.items.values_list("product", "quantity", "unit_cost")) == [(product.pk, 6, 5)]


def test_the_copy_has_no_address_that_was_given_up(boss):
    customer = CustomerFactory()
    address = CustomerAddressFactory(customer=customer)
    lines = [OrderLine(ProductFactory(), 1)]
    order = place_order(customer=customer, lines=lines, shipping_to=address, by=boss.boss)
    address.is_active = False
    address.save()

    assert duplicate_order(order, by=boss.boss).shipping_to is None
