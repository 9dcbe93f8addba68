"""What was sold and what is owed. Both are money: shown to those who may see invoices."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing.models import Invoice
from billing.queries.sales import By, sums
from billing.queries.span import Span, money
from inventory_project.base.clock import end_of_day, start_of_day, today
from inventory_project.reports.charts import Plot, plot
from inventory_project.reports.report import Chart
from inventory_project.reports.trading import SEE_SALES
from stock.queries.figures import in_parts

DAYS, WEEK = 30, 7
SPARK_WIDTH, SPARK_HEIGHT = 96, 26


@dataclass(frozen=True)
class Trade:
    """Net sales of the last days, as the report “Sales by day” has them."""

    days: Sequence[tuple[datetime.date, Decimal]]
    plot: Plot | None

    @property
    def week(self) -> Decimal:
        return sum(value for _day, value in self.days[-WEEK:])

    @property
    def week_before(self) -> Decimal:
        return sum(value for _day, value in self.days[-2 * WEEK : -WEEK])

    @property
    def trend(self) -> str:
        """This week against the one before."""
        if self.week_before <= 0:
            return ""
        change = round(100 * (self.week - self.week_before) / self.week_before)
        return _("%(change)s %% on the week before") % {"change": f"{change:+d}"}

    @property
    def tone(self) -> str:
        return "red" if self.week < self.week_before else "green"

    @property
    def url(self) -> str:
        return self._report(0, DAYS)

    @property
    def week_url(self) -> str:
        return self._report(0, WEEK)

    @property
    def before_url(self) -> str:
        return self._report(WEEK, 2 * WEEK)

    def _report(self, newest: int, oldest: int) -> str:
        days = self.days[len(self.days) - oldest : len(self.days) - newest]
        query = {"since": days[0][0].isoformat(), "until": days[-1][0].isoformat()}
        return reverse("admin:report", args=["sales-by-day"], query=query)

    @property
    def spark(self) -> str:
        """The points of a small line over all days."""
        values = [value for _day, value in self.days]
        highest, lowest = max(0, *values), min(0, *values)
        step = SPARK_WIDTH / (len(values) - 1)
        span = (highest - lowest) or 1
        points = [(i * step, 1 + float((highest - v) / span) * (SPARK_HEIGHT - 2)) for i, v in enumerate(values)]
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def trade(user: User) -> Trade | None:
    """The sales of the last 30 days. Two queries."""
    if not user.has_perms(SEE_SALES):
        return None
    until = today()
    since = until - datetime.timedelta(days=DAYS - 1)
    sold = {day: money(of.parts) for (day, _kind), of in sums(By.DAY, Span(since, until), units=False).items()}
    days = [since + datetime.timedelta(days=number) for number in range(DAYS)]
    found = [(day, sold.get(day, Decimal("0.00"))) for day in days]
    rows = [{"day": day, "net": net} for day, net in found]
    return Trade(found, plot(Chart("day", "net", over_time=True), rows))


@dataclass(frozen=True)
class Age:
    """What is unpaid and so many days late."""

    label: str
    amount: Decimal
    url: str
    tone: str
    x: str = ""
    width: str = ""


@dataclass(frozen=True)
class Owed:
    """What is unpaid, by how long it has been due."""

    ages: Sequence[Age]

    @property
    def total(self) -> Decimal:
        return sum(age.amount for age in self.ages)


def unpaid_by_age(user: User) -> Owed | None:
    """Open balances by age. One query."""
    if not user.has_perm("billing.view_invoice"):
        return None
    wanted = [
        (_("Not due"), "green", None, 0),
        (_("1–30 days"), "amber", 1, 30),
        (_("31–60 days"), "orange", 31, 60),
        (_("Over 60 days"), "red", 61, None),
    ]
    days = [_due_between(newest, oldest) for _label, _tone, newest, oldest in wanted]
    sums = {f"age{i}": Sum(in_parts("balance"), filter=_due(since, until)) for i, (since, until) in enumerate(days)}
    found = Invoice.objects.open().order_by().aggregate(**sums)
    amounts = [money(found[f"age{i}"]) for i in range(len(wanted))]
    total, x, ages = sum(amounts) or Decimal(1), Decimal(0), []
    for (label, tone, _newest, _oldest), amount, (since, until) in zip(wanted, amounts, days, strict=True):
        width = 100 * amount / total
        ages.append(Age(label, amount, _open_invoices(since, until), tone, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return Owed(ages)


def _due_between(newest: int | None, oldest: int | None) -> tuple[datetime.date | None, datetime.date | None]:
    """The due days of what is so many days late; None: without end."""
    day = today()
    since = None if oldest is None else day - datetime.timedelta(days=oldest)
    until = None if newest is None else day - datetime.timedelta(days=newest)
    return since, until


def _due(since: datetime.date | None, until: datetime.date | None) -> Q:
    late = Q()
    if since:
        late &= Q(due_date__gte=start_of_day(since))
    if until:
        late &= Q(due_date__lte=end_of_day(until))
    return late


def _open_invoices(since: datetime.date | None, until: datetime.date | None) -> str:
    query = {"view": "open"}
    if since:
        query["due_date__since"] = since.isoformat()
    if until:
        query["due_date__until"] = until.isoformat()
    return reverse("admin:billing_invoice_changelist", query=query)
