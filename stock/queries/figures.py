"""Adding up values exactly, whatever the database."""

from decimal import Decimal

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, BigIntegerField, F
from django.db.models.functions import Cast, Round

SCALE = 4  # decimals of a stock value


def in_parts(column: str) -> Cast:
    """A value as a whole number of ten-thousandths: SQLite adds those up exactly, decimals it does not."""
    return Cast(Round(F(column) * 10**SCALE), BigIntegerField())


class SumInParts(Aggregate):
    """The sum of a column of values, in ten-thousandths; null where there are no rows."""

    function = "SUM"
    name = "SumInParts"
    output_field = BigIntegerField()
    template = f"SUM(CAST(ROUND(%(expressions)s * {10**SCALE}) AS BIGINT))%(filter)s"
    # PostgreSQL adds up decimals exactly: rounding each of a million takes longer than all the rest.
    exact = f"CAST(SUM(%(expressions)s)%(filter)s * {10**SCALE} AS BIGINT)"

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template=self.exact, **context)


def sum_in_parts(column: str) -> SumInParts:
    return SumInParts(F(column))


def parts_in_sql(database: BaseDatabaseWrapper, column: str) -> str:
    """The same for a statement of our own."""
    template = SumInParts.exact if database.vendor == "postgresql" else SumInParts.template
    return template % {"expressions": column, "filter": ""}


def from_parts(number: int | None) -> Decimal:
    """The value that so many ten-thousandths are."""
    return Decimal(number or 0).scaleb(-SCALE)
