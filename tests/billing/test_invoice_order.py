from decimal import Decimal

import pytest

from billing.models import Invoice, InvoiceItemKind
from billing.services import cancel_invoice, invoice_order, issue_invoice
from inventory_project.base.errors import InvalidTransition

D = Decimal


def figures(invoice):
    return invoice.subtotal_amount, invoice.tax_amount, invoice.total_amount


def test_it_takes_what_was_shipped_with_the_terms_of_the_order(ordered, accountant):
    order = ordered((3, "10.00"), (5, "2.50", "7", "10"), shipped=[3, 2])
    invoice = invoice_order(order, by=accountant)
    first, second = invoice.items.order_by("pk")
    line = order.items.order_by("pk").first()
    assert invoice.status == "draft"
    assert invoice.invoice_number == f"DRAFT-{invoice.pk}"
    assert (invoice.customer, invoice.order, invoice.user) == (order.customer, order, order.user)
    assert (first.order_item, first.product, first.description) == (line, line.product, line.description)
    assert (first.quantity, first.subtotal, first.tax_amount) == (3, D("30.00"), D("5.70"))
    assert (second.quantity, second.subtotal, second.tax_amount) == (2, D("4.50"), D("0.32"))
    assert figures(invoice) == (D("34.50"), D("6.02"), D("40.52"))
    assert invoice.balance == D("40.52")
    assert list(order.items.order_by("pk").values_list("quantity_invoiced", flat=True)) == [3, 2]


def test_all_that_was_ordered_is_invoiced_if_asked(ordered, accountant):
    order = ordered((3, "10.00"), shipped=[1])
    invoice = invoice_order(order, shipped_only=False, by=accountant)
    assert invoice.items.get().quantity == 3
    assert order.items.get().quantity_invoiced == 3


def test_the_whole_order_comes_to_the_total_of_the_order(ordered, accountant):
    order = ordered((3, "33.3333"), (7, "0.0345"), (1, "9.99", "7"), shipping="4.90")
    invoice = invoice_order(order, by=accountant)
    assert invoice.subtotal_amount == order.subtotal_amount + order.shipping_amount
    assert (invoice.tax_amount, invoice.total_amount) == (order.tax_amount, order.total_amount)


def test_tax_is_computed_on_the_sum_of_each_rate(ordered, accountant):
    # 19 % of 0.13 is 0.0247: three lines on their own would come to 0.06, their sum of 0.39 comes to 0.07.
    invoice = invoice_order(ordered((1, "0.13"), (1, "0.13"), (1, "0.13")), by=accountant)
    assert invoice.tax_amount == D("0.07")
    assert sorted(invoice.items.values_list("tax_amount", flat=True)) == [D("0.02"), D("0.02"), D("0.03")]


def test_the_first_invoice_carries_the_shipping(ordered, ship, accountant):
    order = ordered((2, "10.00"), shipped=[1], shipping="5.00")
    first = invoice_order(order, by=accountant)
    ship(order, 1)
    second = invoice_order(order, by=accountant)
    shipping = first.items.get(kind=InvoiceItemKind.SHIPPING)
    assert (shipping.description, shipping.quantity, shipping.subtotal) == ("Shipping", 1, D("5.00"))
    assert not second.items.filter(kind=InvoiceItemKind.SHIPPING).exists()
    assert first.total_amount + second.total_amount == order.total_amount


def test_after_a_cancelled_first_invoice_the_next_one_carries_the_shipping(ordered, accountant):
    order = ordered((2, "10.00"), shipping="5.00")
    cancel_invoice(invoice_order(order, by=accountant), by=accountant)
    again = invoice_order(order, by=accountant)
    assert again.items.filter(kind=InvoiceItemKind.SHIPPING).count() == 1
    assert again.total_amount == order.total_amount


def test_drafts_count_as_invoiced(ordered, accountant, refused):
    order = ordered((2, "10.00"))
    invoice_order(order, by=accountant)
    with refused("nothing_to_invoice") as refusal:
        invoice_order(order, by=accountant)
    assert "has been shipped that is not on an invoice yet" in str(refusal.value)


def test_nothing_shipped_is_nothing_to_invoice(ordered, accountant, refused):
    order = ordered((2, "10.00"), shipped=[0])
    with refused("nothing_to_invoice"):
        invoice_order(order, by=accountant)


@pytest.mark.parametrize("status", ["pending", "cancelled"])
def test_only_what_is_agreed_is_invoiced(ordered, accountant, refused, status):
    order = ordered((2, "10.00"), status=status)
    with refused("invalid_state") as refusal:
        invoice_order(order, by=accountant)
    assert isinstance(refusal.value, InvalidTransition)
    assert status in str(refusal.value)


def test_what_a_closed_order_never_shipped_is_never_invoiced(ordered, accountant):
    order = ordered((5, "10.00"), shipped=[3], status="shipped")
    invoice = invoice_order(order, shipped_only=False, by=accountant)
    assert invoice.items.get().quantity == 3


def test_an_order_of_free_goods_is_invoiced_with_0(ordered, accountant):
    invoice = invoice_order(ordered((2, "0")), by=accountant)
    assert invoice.total_amount == 0
    assert issue_invoice(invoice, by=accountant).status == "paid"


def test_who_acts_is_kept(ordered, accountant):
    invoice = Invoice.objects.get(pk=invoice_order(ordered((1, "1")), by=accountant).pk)
    assert invoice.created_by == accountant
    assert invoice.items.get().created_by == accountant
