"""What customers owe on a day, by how long it has been due."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import CreditNote, CreditNoteStatus, Invoice, Payment
from inventory_project.base.clock import start_of_day
from inventory_project.base.money import ZERO
from sales.models import Customer
from stock.queries.figures import in_parts

from .span import after, money

# Days since the due day at which the next column begins.
STEPS = (0, 30, 60, 90)
AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")


@dataclass(frozen=True)
class Owed:
    """What one customer owes, by age, in the order of AGES."""

    customer: int
    code: str
    name: str
    by_age: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.by_age, ZERO)


def receivables(day: datetime.date, customer: Customer | None = None) -> list[Owed]:
    """What was open at the end of the day, by customer or of one, the largest debtor first. One query.

    Payments count on their day, credit notes on the day of issue; what is due on the day itself is not late yet.
    """
    open_then = open_at(day)
    if customer:
        open_then = open_then.filter(customer=customer)
    begins = [start_of_day(max(day - datetime.timedelta(days=step), datetime.date(1, 1, 2))) for step in STEPS]
    found: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0] * len(AGES))
    for of, code, name, due, parts in open_then.order_by().values_list(
        "customer", "customer__code", "customer__name", "due_date", "open_parts"
    ):
        if parts > 0:
            # The column is as many steps to the right as there are beginnings after the due date.
            found[of, code, name][sum(due < begin for begin in begins)] += parts
    rows = [Owed(*who, tuple(map(money, parts))) for who, parts in found.items()]
    return sorted(rows, key=lambda owed: (-owed.total, owed.code))


def open_at(day: datetime.date) -> QuerySet[Invoice]:
    """The invoices that had been issued by then and could be open, with what was, in ten-thousandths.

    One that is settled and has not been touched since was settled then, so that old ones are not looked into.
    """
    end = after(day)
    issued = Q(issued_date__lt=end) & (Q(cancelled_at=None) | Q(cancelled_at__gte=end))
    invoices = Invoice.objects.filter(issued, Q(balance__gt=0) | Q(updated_at__gte=end))
    recorded = Payment.objects.filter(Q(voided_at=None) | Q(voided_at__gte=end), paid_date__lt=end)
    credited = CreditNote.objects.filter(status=CreditNoteStatus.ISSUED, issued_at__lt=end)
    refunded = credited.filter(refunded_at__lt=end)
    return invoices.annotate(
        open_parts=in_parts("total_amount")
        - _of_invoice(recorded, "amount")
        - _of_invoice(credited, "total_amount")
        + _of_invoice(refunded, "refunded_amount")
    )


def _of_invoice(rows: QuerySet, column: str) -> Coalesce:
    """The sum of a column over the rows of an invoice."""
    mine = rows.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    total = mine.annotate(parts=Sum(in_parts(column))).values("parts")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)
