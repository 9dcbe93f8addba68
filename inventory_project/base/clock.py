"""Days as the business counts them. Instants are stored in UTC; BUSINESS_TIME_ZONE decides which day they are in."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def business_zone() -> ZoneInfo:
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def business_day(instant: datetime.datetime) -> datetime.date:
    """The day in which the instant falls."""
    return instant.astimezone(business_zone()).date()


def now() -> datetime.datetime:
    """The present instant; for defaults of fields, which ask for it when a row is made."""
    return timezone.now()


def today() -> datetime.date:
    """The present business day."""
    return business_day(timezone.now())


def start_of_day(day: datetime.date) -> datetime.datetime:
    """The first instant of the business day, in UTC."""
    return datetime.datetime.combine(day, datetime.time.min, business_zone()).astimezone(datetime.UTC)


def end_of_day(day: datetime.date) -> datetime.datetime:
    """The last second of the business day, in UTC; what is due on a day is due by then."""
    last = datetime.datetime.combine(day, datetime.time(23, 59, 59), business_zone())
    return last.astimezone(datetime.UTC)
