"""Why an invoice's balance is what it is: what it came to, what was paid, what was credited and paid back."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote, CreditNoteStatus, Invoice, Payment, PaymentStatus
from inventory_project.base.models import Document

MOST_DOCUMENTS = 200


class PartKind(models.TextChoices):
    TOTAL = "total", _("total")
    PAYMENT = "payment", _("payment")
    CREDIT = "credit", _("credit note")
    REFUND = "refund", _("refund")


@dataclass(frozen=True)
class Part:
    """One thing that the balance is made up of."""

    kind: PartKind
    instant: datetime.datetime | None
    document: Document
    note: str
    amount: Decimal


def payments_of(invoice: Invoice) -> list[Part]:
    """The newest payments, voided ones left out. What they come to together is the invoice's own `amount_paid`."""
    rows = invoice.payments.filter(status=PaymentStatus.RECORDED).order_by("-paid_date", "-pk")
    return [Part(PartKind.PAYMENT, row.paid_date, row, row.reference, -row.amount) for row in rows[:MOST_DOCUMENTS]]


def credits_of(invoice: Invoice) -> list[Part]:
    """The newest credit notes as far as they count (set off, or paid back), and each time that money went back."""
    notes = invoice.credit_notes.filter(status=CreditNoteStatus.ISSUED).order_by("-pk")
    return [part for note in notes[:MOST_DOCUMENTS] for part in _of_note(note)]


def _of_note(note: CreditNote) -> Iterator[Part]:
    counted = note.set_off_amount + note.refunded_amount
    yield Part(PartKind.CREDIT, note.issued_at, note, note.reason, -counted)
    for entry in note.refunds:
        instant = datetime.datetime.fromisoformat(entry["refunded_at"])
        yield Part(PartKind.REFUND, instant, note, entry["reference"], Decimal(entry["amount"]))


def not_counted(invoice: Invoice) -> Sequence[Document]:
    """What looks as if it counted: voided payments, and credit notes that are still drafts."""
    voided = Payment.objects.filter(invoice=invoice, status=PaymentStatus.VOIDED).order_by("-pk")
    drafts = CreditNote.objects.filter(invoice=invoice, status=CreditNoteStatus.DRAFT).order_by("-pk")
    return [*voided[:MOST_DOCUMENTS], *drafts[:MOST_DOCUMENTS]]
