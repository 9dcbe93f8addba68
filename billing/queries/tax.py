"""What tax was charged: by month, rate and category."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DateField, F, QuerySet
from django.db.models.functions import TruncMonth

from inventory_project.base.clock import business_zone
from inventory_project.base.money import ZERO
from stock.queries.figures import sum_in_parts

from .sales import credit_lines, invoice_lines
from .span import Span, money


@dataclass
class Taxed:
    """All that was taxed alike in a month: invoices less credit notes."""

    month: datetime.date
    percent: Decimal
    category: str
    net: Decimal = ZERO
    tax: Decimal = ZERO


def tax(span: Span) -> list[Taxed]:
    """The tax of the span. Two queries."""
    invoiced = _grouped(invoice_lines(span), "invoice__issued_date", "tax_category")
    credited = _grouped(credit_lines(span), "credit_note__issued_at", "invoice_item__tax_category")
    found: dict[tuple, Taxed] = {}
    for rows, sign in ((invoiced, 1), (credited, -1)):
        for row in rows:
            key = (row["month"], row["tax_percent"], row["category"])
            taxed = found.setdefault(key, Taxed(*key))
            taxed.net += sign * money(row["net"])
            taxed.tax += sign * money(row["tax"])
    return [found[key] for key in sorted(found)]


def _grouped(lines: QuerySet, day: str, category: str) -> QuerySet:
    month = TruncMonth(day, tzinfo=business_zone(), output_field=DateField())
    groups = lines.values("tax_percent", month=month, category=F(category))
    return groups.annotate(net=sum_in_parts("subtotal"), tax=sum_in_parts("tax_amount"))
