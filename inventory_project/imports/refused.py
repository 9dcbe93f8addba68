"""The rows that an import leaves out."""

from collections.abc import Iterable, Iterator

from inventory_project.base.spreadsheets import safe

from .base import RowError
from .table import Table


def refused_rows(table: Table, errors: Iterable[RowError]) -> Iterator[list[str]]:
    """The header and the wrong rows, each with the reason in a last cell, to be corrected and imported again."""
    reasons: dict[int, list[str]] = {}
    for error in errors:
        reasons.setdefault(error.line, []).append(f"{error.column}: {error.message}".lstrip(": "))
    yield [*map(safe, table.columns), "error"]
    for line, row in table:
        if line in reasons:
            yield [*map(safe, row.values()), safe(" | ".join(reasons[line]))]
