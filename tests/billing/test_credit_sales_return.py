"""From a shipped order to money back."""

from decimal import Decimal

import pytest

from billing.models import CreditNoteItem, Invoice
from billing.services import (
    CreditLine,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    recalculate_credit_note,
    recalculate_invoice,
    refund_credit_note,
)
from inventory_project.base.services import save_lines
from sales.models import SalesReturn
from sales.services import (
    ReceivedLine,
    ReturnLine,
    approve_sales_return,
    close_sales_return,
    receive_sales_return,
    request_sales_return,
)
from tests.factories.sales import shipped_order

D = Decimal


@pytest.fixture
def order(db):
    """Five units at 10.00 and 19 %, shipped."""
    return shipped_order(quantity=5, shipping_amount=D("4.00"))


@pytest.fixture
def invoice(order, accountant):
    return issue_invoice(invoice_order(order, by=accountant), by=accountant)


@pytest.fixture
def came_back(order, accountant):
    """A return of so many units, of which so many arrived."""

    def make(units, received=None, of=None):
        of = of or order
        document = request_sales_return(of, [ReturnLine(of.items.get(), units)], "Too many", by=accountant)
        approve_sales_return(document, by=accountant)
        lines = None if received is None else [ReceivedLine(document.items.get(), received)]
        return receive_sales_return(document, lines, by=accountant)

    return make


def test_what_was_received_is_credited(invoice, came_back, accountant):
    back = came_back(3, received=2)
    note = create_credit_note(invoice, sales_return=back, by=accountant)
    item = note.items.get()
    assert (item.quantity, item.subtotal, item.tax_amount) == (2, D("20.00"), D("3.80"))
    assert note.reason == "Too many"


def test_issuing_it_closes_the_return(invoice, came_back, accountant):
    back = came_back(2)
    note = issue_credit_note(create_credit_note(invoice, sales_return=back, by=accountant), by=accountant)
    assert SalesReturn.objects.get(pk=back.pk).status == "closed"
    assert Invoice.objects.get(pk=invoice.pk).balance == D("64.26") - note.total_amount


def test_paid_returned_refunded(invoice, came_back, accountant):
    pay_invoice(invoice, payment_method="card", by=accountant)
    note = create_credit_note(invoice, sales_return=came_back(5), by=accountant)
    issue_credit_note(note, by=accountant)
    refund_credit_note(note, "card", by=accountant)
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (invoice.amount_refunded, invoice.balance, invoice.status) == (D("59.50"), 0, "paid")


def test_more_than_was_received_is_refused(invoice, came_back, accountant, refused):
    back = came_back(3, received=2)
    line = invoice.items.get(kind="goods")
    with refused("not_received") as refusal:
        create_credit_note(invoice, [CreditLine(line, 3)], sales_return=back, by=accountant)
    [fact] = refusal.value.details["lines"]
    assert (fact["asked"], fact["left"]) == (3, 2)


def test_two_notes_do_not_credit_one_unit_twice(invoice, came_back, accountant, refused):
    back = came_back(3)
    line = invoice.items.get(kind="goods")
    create_credit_note(invoice, [CreditLine(line, 2)], sales_return=back, by=accountant)
    with refused("not_received"):
        create_credit_note(invoice, [CreditLine(line, 2)], sales_return=back, by=accountant)
    assert create_credit_note(invoice, sales_return=back, by=accountant).items.get().quantity == 1
    with refused("nothing_to_credit"):
        create_credit_note(invoice, sales_return=back, by=accountant)


def test_editing_a_draft_keeps_to_what_was_received(invoice, came_back, accountant, refused):
    note = create_credit_note(invoice, sales_return=came_back(2), by=accountant)
    line = note.items.get()
    line.quantity = 3
    with refused("not_received"):
        save_lines(note, save=[line], recalculate=recalculate_credit_note, by=accountant)
    shipping = CreditNoteItem(credit_note=note, invoice_item=invoice.items.get(kind="shipping"), quantity=1)
    with refused("not_received"):
        save_lines(note, save=[shipping], recalculate=recalculate_credit_note, by=accountant)


def test_units_on_two_invoices_are_credited_on_each(order, came_back, accountant):
    first = invoice_order(order, by=accountant)
    line = first.items.get(kind="goods")
    line.quantity = 3
    save_lines(first, save=[line], recalculate=recalculate_invoice, by=accountant)
    second = invoice_order(order, by=accountant)
    for invoice in (first, second):
        issue_invoice(invoice, by=accountant)
    back = came_back(4)
    one = issue_credit_note(create_credit_note(first, sales_return=back, by=accountant), by=accountant)
    two = issue_credit_note(create_credit_note(second, sales_return=back, by=accountant), by=accountant)
    assert [note.items.get().quantity for note in (one, two)] == [3, 1]


def test_a_return_closed_without_a_credit_note_can_be_credited_later(invoice, came_back, accountant):
    back = close_sales_return(came_back(2), by=accountant)
    assert create_credit_note(invoice, sales_return=back, by=accountant).items.get().quantity == 2


def test_goods_that_have_not_arrived_are_not_credited(order, invoice, accountant, refused):
    document = request_sales_return(order, [ReturnLine(order.items.get(), 1)], "Too many", by=accountant)
    with refused("invalid_state"):
        create_credit_note(invoice, sales_return=document, by=accountant)


def test_a_return_of_another_order_is_refused(invoice, came_back, accountant, refused):
    back = came_back(1, of=shipped_order())
    with refused("other_order"):
        create_credit_note(invoice, sales_return=back, by=accountant)
