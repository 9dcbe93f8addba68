import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Invoice, Payment
from billing.services import (
    CreditLine,
    cancel_invoice,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    mark_overdue_invoices,
    pay_invoice,
)
from inventory_project.base.clock import end_of_day, today

D = Decimal


@pytest.fixture
def pay(accountant):
    return lambda invoice, amount=None, **more: pay_invoice(
        invoice, amount=amount, payment_method="bank_transfer", by=accountant, **more
    )


def test_the_whole_balance_is_paid_unless_said_otherwise(charged, pay, accountant):
    invoice = charged("119.00")
    payment = pay(invoice, reference=" Statement 12 ")
    assert (payment.amount, payment.status, payment.reference) == (D("119.00"), "recorded", "Statement 12")
    assert payment.payment_number.startswith("PAY-")
    assert (invoice.status, invoice.amount_paid, invoice.balance) == ("paid", D("119.00"), 0)
    assert invoice.paid_date == payment.paid_date
    found = Invoice.objects.get(pk=invoice.pk)
    assert (found.status, found.balance, found.updated_by) == ("paid", 0, accountant)


def test_in_parts_to_the_cent(charged, pay):
    invoice = charged("100.00")
    for _ in range(2):
        pay(invoice, D("33.33"))
    assert (invoice.status, invoice.balance) == ("issued", D("33.34"))
    pay(invoice, D("33.33"))
    assert (invoice.status, invoice.balance, invoice.paid_date) == ("issued", D("0.01"), None)
    pay(invoice, D("0.01"))
    assert (invoice.status, invoice.balance) == ("paid", 0)


def test_many_small_payments_do_not_drift(charged, pay):
    invoice = charged("1.00")
    for _ in range(10):
        pay(invoice, D("0.10"))
    assert Invoice.objects.get(pk=invoice.pk).status == "paid"


def test_more_than_the_balance_is_refused(charged, pay, refused):
    invoice = charged("527.82")
    with refused("above_balance") as refusal:
        pay(invoice, D("527.83"))
    assert refusal.value.field == "amount"
    assert refusal.value.details == {"balance": "527.82"}
    assert "more than the open balance of 527.82" in str(refusal.value)


def test_paying_the_rest_twice_records_one_payment(charged, pay):
    invoice = charged("10")
    stale = Invoice.objects.get(pk=invoice.pk)
    first = pay(invoice)
    assert pay(stale) == first
    assert Payment.objects.count() == 1
    assert stale.balance == 0


def test_an_amount_for_a_paid_invoice_is_refused(charged, pay, refused):
    invoice = charged("10")
    pay(invoice)
    with refused("invalid_state"):
        pay(invoice, D("10"))


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (D("0"), "out_of_range"),
        (D("-1"), "out_of_range"),
        (D("0.001"), "too_precise"),
        (D("NaN"), "invalid"),
        (D("Infinity"), "invalid"),
        (True, "invalid"),
        ("5", "invalid"),
        (D("1e15"), "out_of_range"),
    ],
)
def test_amounts_that_cannot_be_right(charged, pay, refused, amount, code):
    invoice = charged("10")
    with refused(code) as refusal:
        pay(invoice, amount)
    assert refusal.value.field == "amount"


def test_an_unknown_method_is_refused(charged, accountant, refused):
    invoice = charged("10")
    with refused("invalid_choice") as refusal:
        pay_invoice(invoice, payment_method="barter", by=accountant)
    assert refusal.value.field == "payment_method"


def test_drafts_and_cancelled_invoices_are_not_paid(ordered, pay, accountant, refused):
    invoice = invoice_order(ordered((1, "1")), by=accountant)
    with refused("invalid_state"):
        pay(invoice)
    cancel_invoice(invoice, by=accountant)
    with refused("invalid_state"):
        pay(invoice)


def test_the_day_of_the_payment_may_lie_back_but_not_ahead(charged, pay, refused):
    invoice = charged("10")
    back = timezone.now() - datetime.timedelta(days=40)
    assert pay(invoice, D("1"), paid_date=back).paid_date == back
    with refused("in_future"):
        pay(invoice, D("1"), paid_date=timezone.now() + datetime.timedelta(days=2))


def test_one_can_be_paid_in_the_last_second_of_the_day(charged, pay, at):
    invoice = charged("10")
    at((end_of_day(today()) + datetime.timedelta(milliseconds=500)).isoformat())
    assert pay(invoice, D("1")).paid_date == timezone.now()


def test_an_overdue_invoice_stays_so_until_it_is_paid(charged, pay, at):
    at("2026-01-01T09:00:00+00:00")
    invoice = charged("10")
    at("2026-06-01T09:00:00+00:00")
    mark_overdue_invoices()
    pay(invoice, D("4"))
    assert invoice.status == "overdue"
    pay(invoice)
    assert invoice.status == "paid"


def test_what_is_credited_need_not_be_paid(issued, pay, accountant):
    invoice = issued((2, "10.00"), (1, "5.00"))
    line = invoice.items.order_by("pk").last()
    issue_credit_note(create_credit_note(invoice, [CreditLine(line, 1)], "Damaged", by=accountant), by=accountant)
    assert pay(Invoice.objects.get(pk=invoice.pk)).amount == D("23.80")
    assert Invoice.objects.get(pk=invoice.pk).status == "paid"
