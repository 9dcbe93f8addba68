"""Named database constraints with a sentence that a person can read."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .fields import AMOUNT_MAX, INTEGER_MAX, PERCENT_MAX, PRICE_MAX

type Bound = int | Decimal | str | None


def check(name: str, condition: Q, message, *, code: str = "") -> models.CheckConstraint:
    """A rule over one row."""
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_code=code or name, violation_error_message=message
    )


def unique(name: str, *fields, message, condition: Q | None = None) -> models.UniqueConstraint:
    """A rule over all rows: no two alike."""
    return models.UniqueConstraint(
        *[f for f in fields if not isinstance(f, str)],
        fields=[f for f in fields if isinstance(f, str)],
        condition=condition,
        name=name,
        violation_error_code="duplicate",
        violation_error_message=message,
    )


def one_of(table: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """An enumeration, kept by the database too."""
    return check(
        f"{table}_{field}_known",
        Q(**{f"{field}__in": sorted(choices.values)}),
        format_lazy(_("{field} must be one of: {values}."), field=field, values=", ".join(choices.values)),
        code="invalid_choice",
    )


def _ranged(table: str, field: str, low: Bound, high: Bound) -> models.CheckConstraint:
    label = lazystr(field.replace("_", " ").capitalize())
    return check(
        f"{table}_{field}_range",
        Q(**{f"{field}__gte": low}) & Q(**{f"{field}__lte": high}),
        format_lazy(_("{field} must be between {low} and {high}."), field=label, low=low, high=high),
        code="out_of_range",
    )


def integers(table: str, **least: int) -> list[models.CheckConstraint]:
    """Whole numbers from a least value up to what both databases can hold: `integers("bin", quantity=1)`."""
    return [_ranged(table, field, low, INTEGER_MAX) for field, low in least.items()]


def amounts(table: str, *fields: str, least: Decimal | int = 0) -> list[models.CheckConstraint]:
    """Money columns: finite (the upper bound keeps PostgreSQL's NaN out) and not below `least`."""
    return [_ranged(table, field, Decimal(least), AMOUNT_MAX) for field in fields]


def prices(table: str, *fields: str) -> list[models.CheckConstraint]:
    """Unit prices, unit costs and stock values: 0 or more, finite."""
    return [_ranged(table, field, Decimal(0), PRICE_MAX) for field in fields]


def percents(table: str, *fields: str) -> list[models.CheckConstraint]:
    """Percentages: 0 to 100."""
    return [_ranged(table, field, Decimal(0), PERCENT_MAX) for field in fields]
