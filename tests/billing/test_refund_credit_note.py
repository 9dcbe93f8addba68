from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import CreditNote, Invoice
from billing.services import CreditLine, create_credit_note, issue_credit_note, pay_invoice, refund_credit_note

D = Decimal


@pytest.fixture
def note(issued, accountant):
    """Of 30.00, for a paid invoice of 100.00."""
    invoice = issued((10, "10.00", "0"))
    pay_invoice(invoice, payment_method="card", by=accountant)
    note = create_credit_note(invoice, [CreditLine(invoice.items.get(), 3)], "Damaged", by=accountant)
    return issue_credit_note(note, by=accountant)


def test_all_that_is_left_unless_said_otherwise(note, accountant):
    refund_credit_note(note, "bank_transfer", "Transfer 9", by=accountant)
    assert (note.refunded_amount, note.refund_method, note.refund_reference) == (30, "bank_transfer", "Transfer 9")
    assert note.refunded_at
    assert note.amount_to_refund == 0
    invoice = Invoice.objects.get(pk=note.invoice_id)
    assert (invoice.amount_refunded, invoice.amount_credited) == (30, 30)
    assert (invoice.balance, invoice.status) == (0, "paid")


def test_in_parts_to_the_cent(note, accountant):
    refund_credit_note(note, "cash", amount=D("29.99"), by=accountant)
    assert note.amount_to_refund == D("0.01")
    refund_credit_note(note, "cash", amount=D("0.01"), by=accountant)
    assert note.amount_to_refund == 0


def test_more_than_is_left_is_refused(note, accountant, refused):
    with refused("above_refund") as refusal:
        refund_credit_note(note, "cash", amount=D("30.01"), by=accountant)
    assert refusal.value.details == {"left": "30.00"}
    refund_credit_note(note, "cash", amount=D("20"), by=accountant)
    with refused("above_refund"):
        refund_credit_note(note, "cash", amount=D("10.01"), by=accountant)


def test_asked_for_the_rest_twice_it_is_paid_out_once(note, accountant):
    stale = CreditNote.objects.get(pk=note.pk)
    refund_credit_note(note, "cash", by=accountant)
    refund_credit_note(stale, "card", by=accountant)
    assert (stale.refunded_amount, stale.refund_method) == (30, "cash")
    assert Invoice.objects.get(pk=note.invoice_id).amount_refunded == 30


def test_an_amount_after_all_is_refunded_is_refused(note, accountant, refused):
    refund_credit_note(note, "cash", by=accountant)
    with refused("above_refund"):
        refund_credit_note(note, "cash", amount=D("30"), by=accountant)


def test_what_was_set_off_is_not_paid_out(issued, accountant, refused):
    invoice = issued((10, "10.00", "0"))
    note = create_credit_note(invoice, [CreditLine(invoice.items.get(), 3)], "Damaged", by=accountant)
    issue_credit_note(note, by=accountant)
    with refused("above_refund"):
        refund_credit_note(note, "cash", by=accountant)


def test_a_draft_is_not_refunded(issued, accountant, refused):
    note = create_credit_note(issued((1, "1")), reason="Damaged", by=accountant)
    with refused("invalid_state"):
        refund_credit_note(note, "cash", by=accountant)


@pytest.mark.parametrize("amount", [D("0"), D("-1"), D("NaN"), D("0.005")])
def test_amounts_that_cannot_be_right(note, accountant, refused, amount):
    code = {"0": "out_of_range", "-1": "out_of_range", "NaN": "invalid", "0.005": "too_precise"}[str(amount)]
    with refused(code):
        refund_credit_note(note, "cash", amount=amount, by=accountant)


def test_an_unknown_method_is_refused(note, accountant, refused):
    with refused("invalid_choice"):
        refund_credit_note(note, "barter", by=accountant)
    with refused("invalid_choice"):
        refund_credit_note(note, "", by=accountant)


def test_money_is_not_given_back_in_the_future(note, accountant, refused):
    with refused("in_future"):
        refund_credit_note(note, "cash", refunded_at=timezone.now() + timedelta(days=2), by=accountant)
