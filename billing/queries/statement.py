"""A customer's account over some days: what was open, what came, what is open."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNote, CreditNoteStatus, Invoice, Payment
from inventory_project.base.clock import business_day, start_of_day
from inventory_project.base.money import ZERO
from sales.models import Customer
from stock.queries.figures import sum_in_parts

from .span import Span, after, money


class EntryKind(models.TextChoices):
    INVOICE = "invoice", _("invoice")
    CANCELLED = "cancelled", _("invoice cancelled")
    PAYMENT = "payment", _("payment")
    VOIDED = "voided", _("payment voided")
    CREDIT = "credit", _("credit note")
    REFUND = "refund", _("refund")


@dataclass(frozen=True)
class Entry:
    """One thing that changed what the customer owes: more, or with a negative amount less."""

    day: datetime.date
    kind: EntryKind
    number: str
    reference: str
    amount: Decimal
    balance: Decimal
    id: int


@dataclass(frozen=True)
class Statement:
    """opening + the amounts of the entries = closing. Below 0 the company owes the customer."""

    opening: Decimal
    entries: list[Entry]

    @property
    def closing(self) -> Decimal:
        return self.entries[-1].balance if self.entries else self.opening


@dataclass(frozen=True)
class Source:
    """Rows that change what a customer owes: when, by how much, and which way."""

    kind: EntryKind
    rows: QuerySet
    instant: str
    amount: str
    sign: int
    number: str
    reference: str


def statement(customer: Customer, span: Span) -> Statement:
    """The account of the span. Twelve queries, however much was traded."""
    later = list(_refunds(customer, span))
    first = start_of_day(span.since)
    opening = sum((amount for instant, *_what, amount in later if instant < first), ZERO)
    for source in [*_sources(customer), _refunded_whole(customer)]:
        before = Q(**{f"{source.instant}__lt": first})
        total = source.rows.filter(before).order_by().aggregate(parts=sum_in_parts(source.amount))
        opening += source.sign * money(total["parts"])
    entries, balance = [], opening
    rows = [*_within(customer, span), *(row for row in later if row[0] >= first)]
    for instant, kind, pk, number, reference, amount in sorted(rows, key=lambda row: row[:3]):
        balance += amount
        entries.append(Entry(business_day(instant), EntryKind(kind), number, reference, amount, balance, pk))
    return Statement(opening, entries)


def _within(customer: Customer, span: Span) -> Iterator[tuple]:
    for source in _sources(customer):
        columns = (source.instant, "pk", source.number, source.reference, source.amount)
        rows = source.rows.filter(span.holds(source.instant)).order_by().values_list(*columns)
        for instant, pk, number, reference, amount in rows:
            yield instant, source.kind.value, pk, number, reference or "", source.sign * amount


def _refunds(customer: Customer, span: Span) -> Iterator[tuple]:
    """Each time that money went back until the end of the span, of the notes of which some went back in it or later."""
    notes = _refunded_whole(customer).rows.filter(refunded_at__gte=start_of_day(span.since)).order_by()
    for pk, number, refunds in notes.values_list("pk", "credit_note_number", "refunds"):
        for refund in refunds:
            instant = datetime.datetime.fromisoformat(refund["refunded_at"])
            if instant < after(span.until):
                yield instant, EntryKind.REFUND.value, pk, number, refund["reference"], Decimal(refund["amount"])


def _refunded_whole(customer: Customer) -> Source:
    """Credit notes by the last time that money went back: what came before is in the sum."""
    notes = CreditNote.objects.filter(invoice__customer=customer, status=CreditNoteStatus.ISSUED)
    return Source(EntryKind.REFUND, notes, "refunded_at", "refunded_amount", 1, "credit_note_number", "")


def _sources(customer: Customer) -> list[Source]:
    invoices = Invoice.objects.filter(customer=customer, issued_date__isnull=False)
    payments = Payment.objects.filter(invoice__customer=customer)
    notes = CreditNote.objects.filter(invoice__customer=customer, status=CreditNoteStatus.ISSUED)
    invoice, paid, note = ("invoice_number", "payment_number", "credit_note_number")
    order = "order__customer_reference"
    return [
        Source(EntryKind.INVOICE, invoices, "issued_date", "total_amount", 1, invoice, order),
        Source(EntryKind.CANCELLED, invoices, "cancelled_at", "total_amount", -1, invoice, order),
        Source(EntryKind.PAYMENT, payments, "paid_date", "amount", -1, paid, "reference"),
        Source(EntryKind.VOIDED, payments, "voided_at", "amount", 1, paid, "void_reason"),
        Source(EntryKind.CREDIT, notes, "issued_at", "total_amount", -1, note, "reason"),
    ]
