"""Numbers of documents: SO-000001, GR-000001 ...

PostgreSQL gives them out from a sequence (never a wait, gaps possible after a rollback). SQLite has one writer at a
time, so the highest number plus one is safe there. Invoices and credit notes are gapless and numbered elsewhere.
"""

import re

from django.db import connection
from django.utils.translation import gettext as _

from .errors import InvalidInput
from .fields import fold
from .models import Document
from .operations import OnPostgreSQL
from .trials import current_trial

OURS = re.compile(r"(SO|SH|RT|PO|GR|TR|SC|PAY|INV|CN|DRAFT)-[0-9]", re.IGNORECASE)


def _sequence(series: str) -> str:
    return f"number_{series.lower()}_seq"


def next_numbers(model: type[Document], count: int) -> list[str]:
    """The next `count` numbers of the model's series, in one query. A trial takes none: it has numbers of its own."""
    if trial := current_trial():
        return trial.next_numbers(model.SERIES, count)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [_sequence(model.SERIES), count])
            values = [value for (value,) in cursor.fetchall()]
    else:
        start = _highest(model) + 1
        values = list(range(start, start + count))
    return [f"{model.SERIES}-{value:06d}" for value in values]


def next_number(model: type[Document]) -> str:
    """The next number of the model's series."""
    return next_numbers(model, 1)[0]


def _highest(model: type[Document]) -> int:
    prefix = f"{model.SERIES}-"
    newest = (
        # An order may have a number of the integrator's own that only begins like ours.
        model._base_manager.filter(
            **{f"{model.NUMBER}__startswith": prefix, f"{model.NUMBER}__regex": rf"^{prefix}[0-9]+$"}
        )
        .order_by("-pk")
        .values_list(model.NUMBER, flat=True)
        .first()
    )
    return int(newest.removeprefix(prefix)) if newest else 0


def refuse_our_pattern(number: str) -> None:
    """An integrator may bring their own number, but none that could be one of ours some day."""
    if OURS.match(fold(number)):
        raise InvalidInput(
            _("%(number)s looks like one of our own numbers. Use another prefix, or leave it out to get one.")
            % {"number": number},
            field="order_number",
        )


class CreateNumberSeries(OnPostgreSQL):
    """The PostgreSQL sequence of one series; nothing on SQLite.

    It goes on after the highest number that the table holds, so that taking the migration back and forth, or
    restoring rows without their sequence, never gives a number out twice.
    """

    def __init__(self, series: str, table: str, column: str) -> None:
        self.arguments = [series, table, column]
        sequence = _sequence(series)
        super().__init__(
            [
                f"CREATE SEQUENCE IF NOT EXISTS {sequence}",
                f"""
                SELECT setval('{sequence}', highest)
                FROM (SELECT max(substring("{column}" FROM '^{series}-([0-9]{{1,18}})$')::bigint) AS highest
                      FROM "{table}") AS given
                WHERE highest >= (SELECT last_value FROM {sequence})
                """,
            ],
            f"DROP SEQUENCE IF EXISTS {sequence}",
        )

    def deconstruct(self):
        return self.__class__.__name__, self.arguments, {}

    def describe(self) -> str:
        return f"Create the number series {self.arguments[0]}"
