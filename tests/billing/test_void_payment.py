from decimal import Decimal

import pytest

from billing.models import Invoice, Payment
from billing.services import (
    CreditLine,
    create_credit_note,
    issue_credit_note,
    pay_invoice,
    refund_credit_note,
    void_payment,
)

D = Decimal


@pytest.fixture
def pay(accountant):
    return lambda invoice, amount=None: pay_invoice(invoice, amount=amount, payment_method="check", by=accountant)


@pytest.fixture
def credit(accountant):
    """Issue a credit note of so many units of the invoice's only line."""

    def make(invoice, units):
        note = create_credit_note(invoice, [CreditLine(invoice.items.get(), units)], "Damaged", by=accountant)
        return issue_credit_note(note, by=accountant)

    return make


@pytest.fixture
def ten_units(issued):
    """An invoice of ten units at 10.00 each and no tax."""
    return lambda: issued((10, "10.00", "0"))


def test_the_invoice_is_open_again(charged, pay, accountant):
    invoice = charged("10")
    payment = pay(invoice)
    void_payment(payment, "Check bounced", by=accountant)
    assert (payment.status, payment.void_reason) == ("voided", "Check bounced")
    assert payment.voided_at
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (invoice.status, invoice.amount_paid, invoice.balance, invoice.paid_date) == ("issued", 0, 10, None)


def test_it_is_overdue_if_it_has_been_due(charged, pay, accountant, at):
    at("2026-01-01T09:00:00+00:00")
    invoice = charged("10")
    payment = pay(invoice)
    at("2026-06-01T09:00:00+00:00")
    void_payment(payment, "Check bounced", by=accountant)
    assert Invoice.objects.get(pk=invoice.pk).status == "overdue"


def test_other_payments_stay(charged, pay, accountant):
    invoice = charged("10")
    first, second = pay(invoice, D("4")), pay(invoice)
    void_payment(first, "Check bounced", by=accountant)
    assert Invoice.objects.get(pk=invoice.pk).balance == 4
    assert Payment.objects.get(pk=second.pk).status == "recorded"


def test_voiding_again_changes_nothing(charged, pay, accountant):
    invoice = charged("10")
    payment = pay(invoice)
    stale = Payment.objects.get(pk=payment.pk)
    void_payment(payment, "first", by=accountant)
    assert void_payment(stale, "second", by=accountant).void_reason == "first"
    assert Invoice.objects.get(pk=invoice.pk).balance == 10


def test_it_can_be_paid_anew(charged, pay, accountant):
    invoice = charged("10")
    void_payment(pay(invoice), "Check bounced", by=accountant)
    assert pay(invoice).amount == 10
    assert invoice.status == "paid"


def test_a_reason_is_needed(charged, pay, accountant, refused):
    payment = pay(charged("10"))
    with refused("invalid") as refusal:
        void_payment(payment, "  ", by=accountant)
    assert refusal.value.field == "reason"


def test_not_while_more_is_refunded_than_would_stay_paid(ten_units, pay, credit, accountant, refused):
    invoice = ten_units()
    first, second = pay(invoice, D("60")), pay(invoice)
    refund_credit_note(credit(invoice, 5), "cash", by=accountant)
    with refused("already_refunded"):
        void_payment(first, "Check bounced", by=accountant)
    void_payment(second, "Check bounced", by=accountant)
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (invoice.amount_paid, invoice.amount_refunded, invoice.amount_credited) == (60, 50, 50)
    assert (invoice.balance, invoice.status) == (40, "issued")


def test_what_was_still_to_be_refunded_is_set_off_instead(ten_units, pay, credit, accountant):
    invoice = ten_units()
    payment = pay(invoice)
    note = credit(invoice, 3)
    assert (note.set_off_amount, note.amount_to_refund) == (0, 30)
    void_payment(payment, "Check bounced", by=accountant)
    note.refresh_from_db()
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (note.set_off_amount, note.amount_to_refund) == (30, 0)
    assert (invoice.amount_credited, invoice.balance, invoice.status) == (30, 70, "issued")


def test_a_small_payment_voided_only_lowers_what_is_to_be_refunded(ten_units, pay, credit, accountant):
    invoice = ten_units()
    small = pay(invoice, D("20"))
    pay(invoice)
    note = credit(invoice, 3)
    void_payment(small, "Recorded twice", by=accountant)
    note.refresh_from_db()
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (note.set_off_amount, note.amount_to_refund) == (20, 10)
    assert (invoice.balance, invoice.status) == (0, "paid")
    assert invoice.paid_date
