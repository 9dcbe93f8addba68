"""Adding up values exactly, whatever the database."""

from decimal import Decimal

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Round

SCALE = 4  # decimals of a stock value


def in_parts(column: str) -> Cast:
    """A value as a whole number of ten-thousandths: SQLite adds those up exactly, decimals it does not."""
    return Cast(Round(F(column) * 10**SCALE), BigIntegerField())


def sum_in_parts(column: str) -> Sum:
    """The sum of a column of values, in ten-thousandths; null where there are no rows."""
    return Sum(in_parts(column))


def from_parts(number: int | None) -> Decimal:
    """The value that so many ten-thousandths are."""
    return Decimal(number or 0).scaleb(-SCALE)
