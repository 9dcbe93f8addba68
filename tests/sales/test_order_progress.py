"""How far an order is reserved, shipped, invoiced and paid: derived, and at no cost per order."""

from decimal import Decimal

import pytest

from billing.models import PaymentMethod
from billing.services import invoice_order, issue_invoice, pay_invoice
from sales.models import Extent, Order, OrderItem
from sales.services import ShipmentLine, ship_order
from tests.factories.catalog import ProductFactory
from tests.factories.sales import OrderFactory, confirmed_order, place
from tests.sales.books import only_item


def told(order):
    return {name: (str(step), step.extent) for name, step in Order.objects.get(pk=order.pk).progress.items()}


def test_it_follows_the_order(clerk, warehouse):
    order = place()
    assert told(order)["reserved"] == ("0/2", Extent.NOT)
    order = confirmed_order(ProductFactory(), 4, warehouse=warehouse, stock=3, allow_backorder=True)
    assert told(order)["reserved"] == ("3/4", Extent.PARTLY)
    ship_order(order, [ShipmentLine(only_item(order), 2)], by=clerk)
    invoice = issue_invoice(invoice_order(order, by=clerk), by=clerk)
    pay_invoice(invoice, amount=Decimal("20.00"), payment_method=PaymentMethod.BANK_TRANSFER, by=clerk)
    assert told(order) == {
        "reserved": ("3/4", Extent.PARTLY),
        "shipped": ("2/4", Extent.PARTLY),
        "invoiced": ("2/4", Extent.PARTLY),
        "paid": ("20.00/47.60", Extent.PARTLY),
    }


def test_what_is_done_is_done_fully(clerk, warehouse):
    order = confirmed_order(ProductFactory(), 4, warehouse=warehouse)
    ship_order(order, by=clerk)
    invoice = issue_invoice(invoice_order(order, by=clerk), by=clerk)
    pay_invoice(invoice, payment_method=PaymentMethod.BANK_TRANSFER, by=clerk)
    assert {extent for _text, extent in told(order).values()} == {Extent.FULLY}


def test_without_lines_nothing_is_done():
    assert {extent for _text, extent in told(OrderFactory()).values()} == {Extent.NOT}


@pytest.mark.parametrize("number", [1, 7])
def test_a_list_costs_one_query(warehouse, django_assert_num_queries, number):
    for _ in range(number):
        confirmed_order(warehouse=warehouse)
    with django_assert_num_queries(1):
        assert [str(order.progress["reserved"]) for order in Order.objects.with_progress()] == ["2/2"] * number


def test_lines_know_what_waits(warehouse):
    confirmed_order(ProductFactory(), 4, warehouse=warehouse)
    short = confirmed_order(ProductFactory(), 4, warehouse=warehouse, stock=3, allow_backorder=True)
    place()
    line = OrderItem.objects.backordered().get()
    assert (line.order, line.reserved, line.quantity_open) == (short, 3, 4)
