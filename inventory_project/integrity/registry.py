"""What an invariant is: a function that asks the database for the rows at fault."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Literal

from django.db.backends.base.base import BaseDatabaseWrapper

# Faults of one invariant that are listed. A million of them would say no more.
MOST = 1000

type Row = dict[str, object]
type Severity = Literal["violation", "warning"]


@dataclass(frozen=True)
class Fault:
    """One row that breaks the rule; the detail names the figures that disagree."""

    id: int | str
    detail: str = ""


@dataclass(frozen=True)
class Finding:
    """How many rows were looked at, and which are at fault."""

    checked: int
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether there may be more faults than are listed."""
        return len(self.faults) >= MOST


@dataclass(frozen=True)
class Reader:
    """Asks one database, whose state does not change meanwhile. The SQL is understood by SQLite and PostgreSQL."""

    connection: BaseDatabaseWrapper

    @property
    def vendor(self) -> str:
        return self.connection.vendor

    @property
    def now(self) -> str:
        """The present instant, as SQL that compares with stored ones."""
        return "CURRENT_TIMESTAMP" if self.vendor == "postgresql" else "STRFTIME('%Y-%m-%d %H:%M:%f', 'now')"

    def rows(self, sql: str) -> list[Row]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def count(self, source: str) -> int:
        """The rows of a table, or of what follows FROM."""
        return self.rows(f"SELECT COUNT(*) AS number FROM {source}")[0]["number"]

    def find(self, of: str, sql: str, *, wrong: Callable[[Row], bool] | None = None) -> Finding:
        """`of`: what is looked at, as after FROM. `sql` selects the rows at fault: their id and the figures.

        With `wrong`, the SQL only narrows the rows down, roughly, and `wrong` decides exactly.
        """
        rows = self.rows(f"{sql} LIMIT {MOST}") if wrong is None else filter(wrong, self.rows(sql))
        return Finding(self.count(of), faults(islice(rows, MOST)))


def faults(rows: Iterable[Row]) -> list[Fault]:
    """Rows of a query as faults: the column `id`, and the others as the detail."""
    return [
        Fault(row["id"], ", ".join(f"{name} {_plain(value)}" for name, value in row.items() if name != "id"))
        for row in rows
    ]


def _plain(value: object) -> object:
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)).normalize():f}" if value == value else value
    return value


def in_cents(column: str) -> str:
    """An amount as a whole number, so that SQLite adds and compares it exactly, too."""
    return f"CAST(ROUND({column} * 100) AS BIGINT)"


def in_units(column: str) -> str:
    """A price, cost or stock value as a whole number of ten-thousandths."""
    return f"CAST(ROUND({column} * 10000) AS BIGINT)"


@dataclass(frozen=True)
class Invariant:
    """A rule that always holds. `rule` is the sentence that people read."""

    name: str
    area: str
    rule: str
    severity: Severity
    check: Callable[[Reader], Finding]


def invariant(area: str, *, severity: Severity = "violation") -> Callable[[Callable[[Reader], Finding]], Invariant]:
    """Make an invariant of a function: its name is the invariant's, its docstring the sentence."""

    def wrap(function: Callable[[Reader], Finding]) -> Invariant:
        return Invariant(function.__name__, area, " ".join(function.__doc__.split()), severity, function)

    return wrap
