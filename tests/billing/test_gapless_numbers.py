"""Invoices issued at the same time, some of which fail after having taken a number."""

from decimal import Decimal

import pytest
from django.db import transaction

from billing.models import CreditNote, Invoice
from billing.services import InvoiceLine, create_credit_note, create_invoice, issue_credit_note, issue_invoice
from sales.models import Customer
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 8  # of at_once
EACH = 5


class Failed(Exception):
    """Something went wrong after the number was taken."""


def issue_or_fail(act, document, by, *, fail: bool) -> None:
    try:
        with transaction.atomic():
            act(document, by=by)
            if fail:
                raise Failed
    except Failed:
        pass


@pytest.fixture
def drafts():
    user = UserFactory()
    customer = Customer.objects.create(code="C-1", name="Blue Anchor Ltd")
    line = InvoiceLine(description="Advice", unit_price=Decimal("10"), tax_category="Z")
    return user, [create_invoice(customer=customer, lines=[line], by=user) for _ in range(CLIENTS * EACH)]


def places(model) -> list[int]:
    return list(model.objects.filter(status="issued").order_by("series_number").values_list("series_number", flat=True))


def test_failures_leave_no_gap(drafts, at_once):
    user, invoices = drafts

    def work(client: int) -> None:
        for turn, invoice in enumerate(invoices[client::CLIENTS]):
            issue_or_fail(issue_invoice, invoice, user, fail=(client + turn) % 5 == 0)

    assert at_once(work) == []
    failed = sum((client + turn) % 5 == 0 for client in range(CLIENTS) for turn in range(EACH))
    assert places(Invoice) == list(range(1, len(invoices) - failed + 1))
    dates = Invoice.objects.filter(status="issued").order_by("series_number").values_list("issued_date", flat=True)
    assert list(dates) == sorted(dates)


def test_one_invoice_issued_by_all_gets_one_number(drafts, at_once):
    user, invoices = drafts
    assert at_once(lambda client: issue_invoice(Invoice.objects.get(pk=invoices[0].pk), by=user)) == []
    assert places(Invoice) == [1]


def test_credit_notes_leave_no_gap_either(drafts, at_once):
    user, invoices = drafts
    notes = [
        create_credit_note(issue_invoice(invoice, by=user), reason="Damaged", by=user) for invoice in invoices[:CLIENTS]
    ]

    def work(client: int) -> None:
        issue_or_fail(issue_credit_note, notes[client], user, fail=client % 4 == 0)

    assert at_once(work) == []
    assert places(CreditNote) == list(range(1, CLIENTS - 1))


def test_without_the_lock_numbers_collide(drafts, at_once, monkeypatch):
    """The negative control: the tests above would notice a missing lock."""
    user, invoices = drafts
    monkeypatch.setattr("billing.services.series._lock_series", lambda model: None)

    def work(client: int) -> None:
        for invoice in invoices[client::CLIENTS]:
            issue_invoice(invoice, by=user)

    assert at_once(work)
