"""Open orders and open invoices together stay within the credit limit."""

from decimal import Decimal

import pytest
from django.db.models import DecimalField, Value

from sales import registry
from sales.models import Customer, OrderItem, OrderStatus
from sales.services import (
    LineChange,
    ShipmentLine,
    cancel_order,
    change_order,
    close_order,
    confirm_order,
    exposure_of,
    place_order,
    ship_order,
    with_exposure,
)
from sales.services.placing import OrderLine
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, place
from tests.factories.stock import put_in_stock


@pytest.fixture
def customer(db):
    return CustomerFactory(credit_limit=Decimal("100.00"))


@pytest.fixture
def product(warehouse):
    """At 10.00, 11.90 with tax."""
    product = ProductFactory()
    put_in_stock(product, warehouse, 1_000)
    return product


def invoiced(item, units):
    """What billing notes when units stand on an invoice."""
    OrderItem.objects.filter(pk=item.pk).update(quantity_invoiced=units)


def test_it_may_be_reached_but_not_exceeded(clerk, customer, product, refused):
    confirm_order(place((product, 5), customer=customer), by=clerk)
    customer.credit_limit = Decimal("107.10")
    customer.save()
    confirm_order(place((product, 4), customer=customer), by=clerk)
    more = place((product, 1), customer=customer)
    with refused("credit_limit", "119.00", "107.10", field="customer") as caught:
        confirm_order(more, by=clerk)
    assert caught.value.details == {"limit": "107.10", "owed": "107.10", "total": "119.00"}


def test_pending_and_cancelled_orders_count_nothing(clerk, customer, product):
    place((product, 100), customer=customer)
    cancel_order(confirm_order(place((product, 8), customer=customer), by=clerk), by=clerk)
    assert exposure_of(customer) == 0
    assert confirm_order(place((product, 8), customer=customer), by=clerk).status == OrderStatus.CONFIRMED


def test_without_a_limit_there_is_none(clerk, product):
    customer = CustomerFactory(credit_limit=None)
    assert confirm_order(place((product, 900), customer=customer), by=clerk).status == OrderStatus.CONFIRMED


def test_a_limit_of_zero_allows_nothing(clerk, product, refused):
    order = place((product, 1), customer=CustomerFactory(credit_limit=Decimal("0")))
    with refused("credit_limit"):
        confirm_order(order, by=clerk)


def test_a_limit_set_meanwhile_counts(clerk, product, refused):
    order = place((product, 1), customer=CustomerFactory())
    Customer.objects.update(credit_limit=Decimal("5"))
    with refused("credit_limit"):
        confirm_order(order, by=clerk)


def test_placing_and_confirming_in_one_checks_it_too(clerk, customer, product, refused):
    with refused("credit_limit"):
        place_order(customer=customer, lines=[OrderLine(product, 9)], confirm=True, by=clerk)


def test_a_customer_on_hold_gets_nothing_confirmed(clerk, product, refused):
    customer = CustomerFactory(on_hold=True)
    order = place((product, 1), customer=customer)
    with refused("customer_on_hold", customer.name, field="customer"):
        confirm_order(order, by=clerk)


def test_what_is_invoiced_counts_as_invoice_not_as_order(clerk, customer, product):
    order = confirm_order(place((product, 8), customer=customer, shipping_amount=Decimal("1.00")), by=clerk)
    assert exposure_of(customer) == order.total_amount == Decimal("96.39")
    invoiced(order.items.get(), 3)
    assert exposure_of(customer) == Decimal("59.50")  # five of eight; the first invoice carries the delivery
    invoiced(order.items.get(), 8)
    assert exposure_of(customer) == 0


def test_of_an_order_closed_short_only_what_has_left_counts(clerk, customer, product):
    order = confirm_order(place((product, 8), customer=customer), by=clerk)
    ship_order(order, [ShipmentLine(order.items.get(), 3)], by=clerk)
    assert exposure_of(customer) == Decimal("95.20")
    close_order(order, by=clerk)
    assert exposure_of(customer) == Decimal("35.70")
    invoiced(order.items.get(), 3)
    assert exposure_of(customer) == 0


def test_fractions_of_lines_are_not_cut(clerk, customer, warehouse):
    """Whole amounts are integers in SQLite, where 10 / 3 would be 3."""
    product = ProductFactory(price=Decimal("1.0000"))
    put_in_stock(product, warehouse, 10)
    line = OrderLine(product, 3, discount_percent=Decimal("12.5"))
    order = confirm_order(place(line, customer=customer), by=clerk)
    invoiced(order.items.get(), 1)
    assert exposure_of(customer) == Decimal("2.08")  # 2 x 0.875 x 1.19


def test_other_apps_add_what_they_know(clerk, customer, product, refused, monkeypatch):
    monkeypatch.setattr(registry, "_exposures", list(registry._exposures))
    registry.register_exposure(_ninety)
    assert exposure_of(customer) == Decimal("90.00")
    order = place((product, 1), customer=customer)
    with refused("credit_limit", "101.90"):
        confirm_order(order, by=clerk)


def _ninety():
    return Value(Decimal("90"), output_field=DecimalField(max_digits=14, decimal_places=2))


def test_a_list_of_customers_shows_it_in_one_query(clerk, customer, product, django_assert_num_queries):
    confirm_order(place((product, 1), customer=customer), by=clerk)
    CustomerFactory()
    with django_assert_num_queries(1):
        owed = [row.exposure for row in with_exposure(Customer.objects.order_by("pk"))]
    assert [round(amount, 2) for amount in owed] == [Decimal("11.90"), 0]


def test_a_change_that_costs_more_needs_credit(clerk, customer, product, refused):
    order = confirm_order(place((product, 8), customer=customer), by=clerk)
    item = order.items.get()
    with refused("credit_limit", "107.10, 95.20 of it"):
        change_order(order, [LineChange(9, item)], by=clerk)
    change_order(order, [LineChange(7, item)], by=clerk)
    change_order(order, [LineChange(8, item)], by=clerk)
    Customer.objects.update(on_hold=True)
    change_order(order, [LineChange(6, item)], by=clerk)
    with refused("customer_on_hold"):
        change_order(order, [LineChange(7, item)], by=clerk)
