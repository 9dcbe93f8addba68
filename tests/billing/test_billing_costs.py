"""Every service takes the same few statements for one line and for many."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import CreditNote, Invoice, Payment
from billing.services import (
    InvoiceLine,
    cancel_invoice,
    create_credit_note,
    create_invoice,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    pay_invoices,
    recalculate_invoice,
    refund_credit_note,
    void_payment,
)
from tests.factories.catalog import ProductFactory

MANY = 25


def cost(act) -> int:
    """How many statements the act takes, savepoints included."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    return len(queries)


@pytest.fixture
def same_cost():
    """The act, prepared for a number of lines, costs the same for one as for many, and at most so much."""

    def check(prepare, most):
        few, many = cost(prepare(1)), cost(prepare(MANY))
        assert few == many
        assert few <= most

    return check


@pytest.fixture
def draft(ordered, accountant):
    return lambda number: invoice_order(ordered(*[(3, "9.99")] * number), by=accountant)


@pytest.fixture
def invoice(draft, accountant):
    """A new copy of an issued invoice, which knows no relation yet."""
    return lambda number: Invoice.objects.get(pk=issue_invoice(draft(number), by=accountant).pk)


@pytest.fixture
def note(invoice, accountant):
    def make(number, paid=False):
        charged = invoice(number)
        if paid:
            pay_invoice(charged, payment_method="cash", by=accountant)
        made = create_credit_note(charged, reason="Damaged", by=accountant)
        return CreditNote.objects.get(pk=made.pk)

    return make


def test_invoice_order(ordered, accountant, same_cost):
    def prepare(number):
        order = ordered(*[(3, "9.99")] * number, shipping="5")
        return lambda: invoice_order(order, by=accountant)

    same_cost(prepare, most=10)


def test_create_invoice(customer, accountant, standard_rate, same_cost):
    def prepare(number):
        lines = [InvoiceLine(1, ProductFactory()) for _ in range(number)]
        return lambda: create_invoice(customer=customer, lines=lines, by=accountant)

    same_cost(prepare, most=8)


def test_recalculate_invoice(draft, same_cost):
    def prepare(number):
        copy = Invoice.objects.get(pk=draft(number).pk)
        copy.items.update(quantity=2)
        return lambda: recalculate_invoice(copy)

    same_cost(prepare, most=8)


def test_issue_invoice(draft, accountant, same_cost):
    def prepare(number):
        copy = Invoice.objects.get(pk=draft(number).pk)
        return lambda: issue_invoice(copy, by=accountant)

    same_cost(prepare, most=17)


def test_cancel_invoice(invoice, accountant, same_cost):
    same_cost(lambda number: partial(cancel_invoice, invoice(number), by=accountant), most=11)


def test_pay_invoice(invoice, accountant, same_cost):
    same_cost(lambda number: partial(pay_invoice, invoice(number), payment_method="cash", by=accountant), most=8)


def test_pay_invoices(charged, customer, accountant, same_cost):
    def prepare(number):
        for _ in range(number):
            charged("10")
        return lambda: pay_invoices(customer, 10 * number, payment_method="cash", by=accountant)

    same_cost(prepare, most=8)


def test_void_payment(invoice, accountant, same_cost):
    def prepare(number):
        payment = pay_invoice(invoice(number), payment_method="cash", by=accountant)
        copy = Payment.objects.get(pk=payment.pk)
        return lambda: void_payment(copy, "Check bounced", by=accountant)

    same_cost(prepare, most=8)


def test_create_credit_note(invoice, accountant, same_cost):
    same_cost(lambda number: partial(create_credit_note, invoice(number), reason="Damaged", by=accountant), most=14)


def test_issue_credit_note(note, accountant, same_cost):
    same_cost(lambda number: partial(issue_credit_note, note(number), by=accountant), most=14)


def test_refund_credit_note(note, accountant, same_cost):
    def prepare(number):
        copy = issue_credit_note(note(number, paid=True), by=accountant)
        return lambda: refund_credit_note(copy, "cash", by=accountant)

    same_cost(prepare, most=7)
