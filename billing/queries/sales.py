"""What was sold: the lines of issued invoices less those of credit notes, by the day of issue."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from billing.models import CreditNoteItem, CreditNoteStatus, InvoiceItem, InvoiceItemKind, InvoiceStatus
from inventory_project.base.clock import business_zone
from inventory_project.base.money import ZERO
from stock.queries.figures import sum_in_parts

from .span import Span, money

# A cancelled invoice keeps its number and is worth nothing.
COUNTED = (InvoiceStatus.ISSUED, InvoiceStatus.PAID, InvoiceStatus.OVERDUE)


class By(models.TextChoices):
    """What sales are added up by."""

    DAY = "day", _("day")
    PRODUCT = "product", _("product")
    CATEGORY = "category", _("category")
    CUSTOMER = "customer", _("customer")
    ORDER = "order", _("order")


@dataclass
class Sold:
    """What was sold of one thing, to one customer, on one day. `key` is its id or day; None where there is none."""

    key: object
    code: str
    name: object
    quantity: int = 0
    net: Decimal = ZERO


# Where the group, its code and its name are found from an invoice line. Shipping and free lines have no product, so
# the kind of the line tells them apart.
GROUPS = {
    By.PRODUCT: ("product", "product__sku", "product__name", "kind"),
    By.CATEGORY: ("product__category", "", "product__category__name", "kind"),
    By.CUSTOMER: ("invoice__customer", "invoice__customer__code", "invoice__customer__name", ""),
    By.ORDER: ("invoice__order", "invoice__order__order_number", "invoice__customer__name", ""),
}


def sales(by: By, span: Span) -> list[Sold]:
    """Net sales of the span. Days come in their order, everything else the largest first. Two queries."""
    found: dict[tuple, Sold] = {}
    for rows, sign in ((_invoiced(by, span), 1), (_credited(by, span), -1)):
        for row in rows:
            kind = row["charge"] if row["group"] is None else ""
            sold = found.setdefault((row["group"], kind), _named(by, row))
            sold.quantity += sign * (row["units"] or 0)
            sold.net += sign * money(row["net"])
    if by == By.DAY:
        return sorted(found.values(), key=lambda sold: sold.key)
    return sorted(found.values(), key=lambda sold: (-sold.net, str(sold.code), str(sold.name)))


def invoice_lines(span: Span) -> QuerySet[InvoiceItem]:
    """The lines of the invoices that were issued in the span."""
    return InvoiceItem.objects.filter(span.holds("invoice__issued_date"), invoice__status__in=COUNTED).order_by()


def credit_lines(span: Span) -> QuerySet[CreditNoteItem]:
    """The lines of the credit notes that were issued in the span."""
    notes = Q(credit_note__status=CreditNoteStatus.ISSUED)
    return CreditNoteItem.objects.filter(span.holds("credit_note__issued_at"), notes).order_by()


def _invoiced(by: By, span: Span) -> Iterable[dict]:
    return _grouped(invoice_lines(span), by, "", "invoice__issued_date")


def _credited(by: By, span: Span) -> Iterable[dict]:
    return _grouped(credit_lines(span), by, "invoice_item__", "credit_note__issued_at")


def _grouped(lines: QuerySet, by: By, item: str, day: str) -> Iterable[dict]:
    """One row a group; `item` leads from a line to its invoice line. Only goods have a quantity."""
    nothing = models.Value("")
    if by == By.DAY:
        columns = {"group": TruncDate(day, tzinfo=business_zone()), "code": nothing, "name": nothing, "charge": nothing}
    else:
        names = zip(("group", "code", "name", "charge"), GROUPS[by], strict=True)
        columns = {name: F(item + path) if path else nothing for name, path in names}
    goods = Q(**{f"{item}kind": InvoiceItemKind.GOODS})
    return lines.values(**columns).annotate(units=Sum("quantity", filter=goods), net=sum_in_parts("subtotal"))


def _named(by: By, row: dict) -> Sold:
    if row["group"] is not None:
        return Sold(row["group"], row["code"] or "", row["name"] or "")
    if by == By.ORDER:
        return Sold(None, "", _("Without an order"))
    return Sold(None, "", _("Shipping") if row["charge"] == InvoiceItemKind.SHIPPING else _("Lines without a product"))
