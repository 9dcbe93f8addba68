"""What was sold: the lines of issued invoices less those of credit notes, by the day of issue."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from billing.models import (
    CreditNote,
    CreditNoteItem,
    CreditNoteStatus,
    Invoice,
    InvoiceItem,
    InvoiceItemKind,
    InvoiceStatus,
)
from catalog.models import Category, Product
from inventory_project.base.clock import business_zone
from sales.models import Customer, Order
from stock.queries.figures import sum_in_parts

from .span import Span, money

# A cancelled invoice keeps its number and is worth nothing.
COUNTED = (InvoiceStatus.ISSUED, InvoiceStatus.PAID, InvoiceStatus.OVERDUE)
MOST_NAMED = 1_000
ISSUED = Q(status=CreditNoteStatus.ISSUED)


class By(models.TextChoices):
    """What sales are added up by."""

    DAY = "day", _("day")
    PRODUCT = "product", _("product")
    CATEGORY = "category", _("category")
    CUSTOMER = "customer", _("customer")
    ORDER = "order", _("order")


@dataclass(slots=True)
class Sold:
    """What was sold of one thing, to one customer, on one day. `key` is its id or day; None where there is none."""

    key: object
    code: str
    name: object
    quantity: int
    parts: int  # ten-thousandths: whole numbers are added up and compared in a fraction of the time

    @property
    def net(self) -> Decimal:
        return money(self.parts)


@dataclass(slots=True)
class Sums:
    """Units of goods, and the net amount in ten-thousandths."""

    units: int = 0
    parts: int = 0


# What a row is about: an id or a day; and, where there is none, the kind of the lines.
type Group = tuple[object, str]

# Where the group is found from an invoice, from its line, or only from the line.
OF_INVOICE = {By.CUSTOMER: "customer", By.ORDER: "order"}
OF_LINE = {By.PRODUCT: "product", By.CATEGORY: "product__category"}
NAMES = {
    By.ORDER: (Order, "order_number", "customer__name"),
    By.PRODUCT: (Product, "sku", "name"),
    By.CATEGORY: (Category, "", "name"),
    By.CUSTOMER: (Customer, "code", "name"),
}


def sales(by: By, span: Span) -> list[Sold]:
    """Net sales of the span. Days come in their order, everything else the largest first. Three queries at most."""
    found = sums(by, span)
    names = names_of(by, {key for key, _kind in found})
    sold = [Sold(key, *named(by, key, kind, names), of.units, of.parts) for (key, kind), of in found.items()]
    if by == By.DAY:
        return sorted(sold, key=lambda row: row.key)
    return sorted(sold, key=lambda row: (-row.parts, row.code, str(row.name)))


def sums(by: By, span: Span, *, units: bool = True) -> dict[Group, Sums]:
    """What was sold, by group. Two queries. Without the units, what the documents come to is enough, where they are
    of one group: they are fewer than their lines."""
    rows = _of_lines(by, span) if units or by in OF_LINE else _of_documents(by, span)
    found: dict[Group, Sums] = defaultdict(Sums)
    for sign, key, kind, number, parts in rows:
        group = found[key, kind if key is None else ""]
        group.units += sign * (number or 0)
        group.parts += sign * (parts or 0)
    return found


def _of_lines(by: By, span: Span) -> Iterator[tuple]:
    """From the lines. Shipping and free lines have no product, so the kind of the line tells them apart."""
    for sign, lines, item, day in (
        (1, invoice_lines(span), "", "invoice__issued_date"),
        (-1, credit_lines(span), "invoice_item__", "credit_note__issued_at"),
    ):
        path = OF_LINE.get(by) or f"invoice__{OF_INVOICE.get(by, '')}"
        key = _day(day) if by == By.DAY else F(item + path)
        kind = F(f"{item}kind") if by in OF_LINE else Value("")
        goods = Q(**{f"{item}kind": InvoiceItemKind.GOODS})  # only goods have a quantity
        rows = lines.annotate(group=key, charge=kind).values_list("group", "charge")
        for row in rows.annotate(units=Sum("quantity", filter=goods), net=sum_in_parts("subtotal")):
            yield sign, *row


def _of_documents(by: By, span: Span) -> Iterator[tuple]:
    """From the documents, whose net amount is that of their lines."""
    for sign, documents, path, day in (
        (1, Invoice.objects.filter(span.holds("issued_date"), status__in=COUNTED), "", "issued_date"),
        (-1, CreditNote.objects.filter(span.holds("issued_at"), ISSUED), "invoice__", "issued_at"),
    ):
        key = _day(day) if by == By.DAY else F(path + OF_INVOICE[by])
        rows = documents.order_by().annotate(group=key).values_list("group")
        for group, net in rows.annotate(net=sum_in_parts("subtotal_amount")):
            yield sign, group, "", 0, net


def _day(column: str) -> TruncDate:
    return TruncDate(column, tzinfo=business_zone())


def names_of(by: By, keys: Collection[object]) -> dict[object, tuple[str, str]]:
    """Code and name of each of these. One query, none for days."""
    if by not in NAMES:
        return {}
    model, code, name = NAMES[by]
    rows = model._base_manager.order_by().values_list("pk", F(code) if code else Value(""), name)
    ids = [key for key in keys if key is not None]
    if len(ids) <= MOST_NAMED:
        rows = rows.filter(pk__in=ids)
    else:  # what belongs to a span lies close together, and a list of so many numbers takes longer to read than rows
        rows = rows.filter(pk__range=(min(ids), max(ids)))
    return {row[0]: row[1:] for row in rows}


def named(by: By, key: object, kind: str, names: Mapping[object, Sequence[str]]) -> Sequence[object]:
    """What code and name the group has."""
    if key is not None:
        return names.get(key, ("", ""))
    if by == By.ORDER:
        return "", _("Without an order")
    return "", _("Shipping") if kind == InvoiceItemKind.SHIPPING else _("Lines without a product")


def invoice_lines(span: Span) -> QuerySet[InvoiceItem]:
    """The lines of the invoices that were issued in the span."""
    return InvoiceItem.objects.filter(span.holds("invoice__issued_date"), invoice__status__in=COUNTED).order_by()


def credit_lines(span: Span) -> QuerySet[CreditNoteItem]:
    """The lines of the credit notes that were issued in the span."""
    notes = Q(credit_note__status=CreditNoteStatus.ISSUED)
    return CreditNoteItem.objects.filter(span.holds("credit_note__issued_at"), notes).order_by()
