"""Spans of business days, and sums that are exact whatever the database."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from inventory_project.base.clock import start_of_day
from inventory_project.base.money import CENT
from stock.queries.figures import from_parts


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included."""

    since: datetime.date
    until: datetime.date

    @property
    def instants(self) -> tuple[datetime.datetime, datetime.datetime]:
        """The first that is in it, and the first after it."""
        return start_of_day(self.since), after(self.until)

    def holds(self, column: str) -> Q:
        """That the instant in the column falls into the span."""
        first, end = self.instants
        return Q(**{f"{column}__gte": first, f"{column}__lt": end})


def after(day: datetime.date) -> datetime.datetime:
    """The first instant that is no longer in the day."""
    return start_of_day(day + datetime.timedelta(days=1))


def money(parts: int | None) -> Decimal:
    """The amount that so many ten-thousandths are. Amounts are whole cents, so nothing is rounded off."""
    return from_parts(parts).quantize(CENT)
