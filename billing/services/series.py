"""The gapless numbers of invoices and credit notes, and with them the date of issue."""

import datetime
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from billing.models import CreditNote, Invoice
from inventory_project.base.clock import business_day

# Two keys of PostgreSQL's advisory locks. The first keeps clear of other programs in the same database.
LOCK_CLASS = 1_230_392_883
LOCK_OF = {Invoice: 1, CreditNote: 2}
DATE_OF = {Invoice: "issued_date", CreditNote: "issued_at"}


@dataclass(frozen=True)
class LegalNumber:
    """A number of the year's series, and the instant of issue that belongs to it."""

    number: str
    year: int
    place: int
    issued: datetime.datetime


def take_number(model: type[Invoice] | type[CreditNote], *, not_before: datetime.datetime | None = None) -> LegalNumber:
    """The next number. Nobody else gets one before this transaction ends, so take it last.

    A transaction that fails gives its number back. The instant of issue is now, but never before that of the number
    before (a clock may have been set back), nor before `not_before`.
    """
    _lock_series(model)
    date = DATE_OF[model]
    issued = model.objects.filter(series_number__isnull=False).order_by("-series_year", "-series_number")
    last = issued.values("series_year", "series_number", date).first()
    instant = max(filter(None, [timezone.now(), not_before, last and last[date]]))
    year = business_day(instant).year
    if last and last["series_year"] > year:  # BUSINESS_TIME_ZONE was changed at the turn of a year
        year = last["series_year"]
    place = last["series_number"] + 1 if last and last["series_year"] == year else 1
    return LegalNumber(f"{model.SERIES}-{year}-{place:06d}", year, place, instant)


def _lock_series(model: type[Invoice] | type[CreditNote]) -> None:
    """On SQLite there is one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, LOCK_OF[model]])
