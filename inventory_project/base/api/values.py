"""Values in addresses: how the text of a parameter is read, by the kind of the column that it is compared with."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from .fields import ID_MAX, PLAIN_NUMBER

WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True)
class Kind:
    """How the values of one kind of column are read, and what the OpenAPI page says about them."""

    parse: Callable[[str], object]
    schema: dict = field(hash=False)
    is_number: bool = False
    is_time: bool = False


def whole(text: str) -> int:
    if not WHOLE.fullmatch(text) or abs(int(text)) > ID_MAX:
        raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": text})
    return int(text)


def number(text: str) -> Decimal:
    if not PLAIN_NUMBER.fullmatch(text):
        raise ValidationError(_("“%(value)s” is not a number.") % {"value": text})
    return Decimal(text)


def truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValidationError(
            _("“%(value)s” is neither true nor false."), params={"value": text, "allowed": ["true", "false"]}
        )
    return text == "true"


def day(text: str) -> datetime.date:
    try:
        found = parse_date(text) if text.isascii() else None
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("“%(value)s” is not a day such as 2026-11-22.") % {"value": text})
    return found


def instant(text: str) -> datetime.datetime:
    """An instant; without an offset in UTC. A plus sign that was not escaped has become a space."""
    try:
        found = parse_datetime(text.replace(" ", "+")) if text.isascii() else None
        if found is not None and timezone.is_naive(found):
            found = found.replace(tzinfo=datetime.UTC)
        found = found and found.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ValidationError(_("“%(value)s” is not an instant such as 2026-11-22T09:30:00Z.") % {"value": text})
    return found


def plain_text(text: str) -> str:
    return text


def choice(allowed: list[str]) -> Callable[[str], str]:
    """A reader of one of the known values."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValidationError(
                _("“%(value)s” is not one of: %(names)s."),
                params={"value": text, "names": ", ".join(allowed), "allowed": allowed},
            )
        return text

    return parse


TRUTH = Kind(truth, {"type": "boolean"})
ID = Kind(whole, {"type": "integer"})
INTEGER = Kind(whole, {"type": "integer"}, is_number=True)
NUMBER = Kind(number, {"type": "string", "format": "decimal"}, is_number=True)
DAY = Kind(day, {"type": "string", "format": "date"}, is_time=True)
INSTANT = Kind(instant, {"type": "string", "format": "date-time"}, is_time=True)
TEXT = Kind(plain_text, {"type": "string"})


def kind_of(column: models.Field) -> Kind:
    """How the values of a column are read."""
    if isinstance(column, models.GeneratedField):
        column = column.output_field
    if column.is_relation or column.primary_key:
        return ID
    if column.choices:
        allowed = [value for value, _label in column.flatchoices]
        return Kind(choice(allowed), {"type": "string", "enum": allowed})
    kinds = {
        models.BooleanField: TRUTH,
        models.IntegerField: INTEGER,
        models.DecimalField: NUMBER,
        models.DateTimeField: INSTANT,
        models.DateField: DAY,
    }
    return next((kinds[base] for base in column.__class__.__mro__ if base in kinds), TEXT)
