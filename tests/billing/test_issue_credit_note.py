from decimal import Decimal

import pytest

from billing.models import CreditNote, Invoice
from billing.services import (
    CreditLine,
    cancel_credit_note,
    create_credit_note,
    issue_credit_note,
    pay_invoice,
)

D = Decimal


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


def fresh(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def test_it_gets_a_number_and_is_set_off(ten_units, credit, at):
    now = at("2027-03-10T09:00:00+00:00")
    invoice = ten_units()
    note = credit(invoice, 3)
    assert (note.status, note.credit_note_number, note.issued_at) == ("issued", "CN-2027-000001", now)
    assert (note.set_off_amount, note.amount_to_refund) == (30, 0)
    invoice = fresh(invoice)
    assert (invoice.amount_credited, invoice.balance, invoice.status) == (30, 70, "issued")


def test_what_is_more_than_the_balance_is_to_be_refunded(ten_units, credit, accountant):
    invoice = ten_units()
    pay_invoice(invoice, amount=D("80"), payment_method="cash", by=accountant)
    note = credit(invoice, 5)
    assert (note.set_off_amount, note.amount_to_refund) == (20, 30)
    invoice = fresh(invoice)
    assert (invoice.amount_credited, invoice.balance, invoice.status) == (20, 0, "paid")
    assert invoice.paid_date


def test_crediting_all_leaves_exactly_nothing(issued, accountant):
    invoice = issued((3, "33.3333"), (7, "0.0345", "7"), shipping="4.90")
    first = create_credit_note(
        invoice, [CreditLine(line, 1) for line in invoice.items.all()[:2]], "Damaged", by=accountant
    )
    issue_credit_note(first, by=accountant)
    issue_credit_note(create_credit_note(invoice, reason="The rest", by=accountant), by=accountant)
    invoice = fresh(invoice)
    assert (invoice.balance, invoice.status, invoice.amount_credited) == (0, "paid", invoice.total_amount)


def test_numbers_run_without_a_gap(ten_units, credit, accountant, refused):
    invoice = ten_units()
    assert credit(invoice, 1).series_number == 1
    draft = create_credit_note(invoice, reason="Damaged", by=accountant)
    cancel_credit_note(draft, by=accountant)
    with refused("invalid_state"):
        issue_credit_note(draft, by=accountant)
    assert credit(invoice, 1).series_number == 2


def test_it_is_not_dated_before_its_invoice(ten_units, credit, at):
    later = at("2027-03-10T09:00:00+00:00")
    invoice = ten_units()
    at("2027-03-09T09:00:00+00:00")
    assert credit(invoice, 1).issued_at == later


def test_issuing_again_changes_nothing(ten_units, credit, accountant):
    invoice = ten_units()
    note = credit(invoice, 3)
    before = CreditNote.objects.values().get(pk=note.pk)
    issue_credit_note(CreditNote.objects.get(pk=note.pk), by=accountant)
    assert CreditNote.objects.values().get(pk=note.pk) == before
    assert fresh(invoice).amount_credited == 30


def test_a_note_of_0_is_not_issued(issued, accountant, refused):
    invoice = issued((1, "0"), (1, "1"))
    free = invoice.items.order_by("pk").first()
    note = create_credit_note(invoice, [CreditLine(free, 1)], "Damaged", by=accountant)
    with refused("nothing_to_credit"):
        issue_credit_note(note, by=accountant)


def test_a_note_without_lines_is_not_issued(ten_units, accountant, refused):
    note = CreditNote.objects.create(invoice=ten_units(), reason="Damaged")
    with refused("nothing_to_credit"):
        issue_credit_note(note, by=accountant)
