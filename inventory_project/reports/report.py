"""What a report is made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from accounts.models import User

from .forms import ReportForm

type Row = dict[str, object]


class Rows[T](Sequence[Row]):
    """Rows that are made of what was found when they are looked at: a page shows few of many. What was found has the
    columns as attributes, so that they can be added up without making the rows."""

    def __init__(self, found: Sequence[T], make: Callable[[T], Row]) -> None:
        self.found, self.make = found, make

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        return (
            [self.make(one) for one in self.found[place]] if isinstance(place, slice) else self.make(self.found[place])
        )

    def __iter__(self) -> Iterator[Row]:
        return map(self.make, self.found)


def values(rows: Sequence[Row], column: str) -> Iterator[object]:
    """What stands in a column."""
    if isinstance(rows, Rows):
        return map(attrgetter(column), rows.found)
    return (row[column] for row in rows)


EXPORT = "billing.export_report"


class Kind(StrEnum):
    """What a column holds, and so how it is shown."""

    TEXT = "text"
    DAY = "day"
    MONTH = "month"
    COUNT = "count"
    MONEY = "money"
    VALUE = "value"  # four decimals: what stock is worth
    PERCENT = "percent"


@dataclass(frozen=True)
class Column:
    """A column; `leads_to` is the kind of record whose id the row has as “id”."""

    name: str
    label: object
    kind: Kind = Kind.TEXT
    leads_to: str = ""
    is_summed: bool = False


@dataclass(frozen=True)
class Chart:
    """Which columns a plot shows: bars over time, or the largest ones below each other."""

    label: str
    value: str
    over_time: bool = False


@dataclass(frozen=True)
class Report:
    """A question with its answer: `basis` says what the figures mean."""

    name: str
    title: object
    basis: object
    columns: Sequence[Column]
    permissions: Sequence[str]
    form: type[ReportForm]
    find: Callable[[Mapping[str, object]], Sequence[Row]]
    empty: object
    chart: Chart | None = None

    def missing_permission(self, user: User) -> str:
        """The first permission that the person lacks; '' if the report may be seen."""
        return next((name for name in self.permissions if not user.has_perm(name)), "")

    def sums(self, rows: Sequence[Row]) -> Row:
        """The columns that can be added up, over all rows."""
        return {column.name: _sum(rows, column) for column in self.columns if column.is_summed}


def _sum(rows: Sequence[Row], column: Column) -> int | Decimal:
    start = {Kind.COUNT: 0, Kind.VALUE: Decimal("0.0000")}.get(column.kind, Decimal("0.00"))
    return sum(values(rows, column.name), start)


def count(name: str, label: object) -> Column:
    return Column(name, label, Kind.COUNT, is_summed=True)


def amount(name: str, label: object, kind: Kind = Kind.MONEY) -> Column:
    return Column(name, label, kind, is_summed=True)
