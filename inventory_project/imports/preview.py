"""What an import would do, row by row: it is run by the same rules as ever, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput

from .base import Importer, Outcome, Report
from .kinds import IMPORTERS
from .table import Table, parse_csv

MOST_ROWS = 2_000


@dataclass(frozen=True)
class PreviewRow:
    """A row of the file: what would become of it, and what is wrong with which cell."""

    line: int
    cells: Sequence[str]
    outcome: Outcome | None
    errors: Mapping[str, str]

    @property
    def state(self) -> str:
        """new, changed, unchanged or wrong."""
        if self.errors or self.outcome is None:
            return "wrong"
        return "new" if self.outcome.is_new else "changed" if self.outcome.changes else "unchanged"


@dataclass(frozen=True)
class Preview:
    """A file that is about to be imported."""

    table: Table
    ignored: Sequence[str]
    report: Report

    @cached_property
    def rows(self) -> list[PreviewRow]:
        wrong: dict[int, dict[str, str]] = {}
        for error in self.report.errors:
            wrong.setdefault(error.line, {})[error.column] = error.message
        outcomes = self.report.outcomes
        return [
            PreviewRow(line, list(row.values()), outcomes.get(line), wrong.get(line, {})) for line, row in self.table
        ]

    def count(self, state: str) -> int:
        """How many rows would end so."""
        return sum(row.state == state for row in self.rows)


def table_of(kind: str, text: str, name: str) -> tuple[Table, list[str]]:
    """The columns of the text that the kind knows, and the names of those that it does not.

    Refuses more rows than a page can show.
    """
    table = parse_csv(text, name)
    if len(table.rows) > MOST_ROWS:
        raise InvalidInput(
            _("%(file)s has %(count)d rows. At most %(most)d can be imported here; import_data takes any number.")
            % {"file": name, "count": len(table.rows), "most": MOST_ROWS}
        )
    if not table.rows:
        raise InvalidInput(_("%(file)s has a header, but no rows.") % {"file": name})
    known = {column.name for column in IMPORTERS[kind].columns}
    folded = {name: name.casefold().replace(" ", "_") for name in table.columns}
    kept = [name for name in table.columns if folded[name] in known]
    rows = [{folded[name]: row[name] for name in kept} for row in table.rows]
    own = Table(name, [folded[name] for name in kept], rows, table.lines)
    return own, [name for name in table.columns if name not in kept]


def preview(kind: str, table: Table, ignored: Sequence[str], *, by) -> Preview:
    """Run the import and take it back."""
    importer = _detailed(kind)
    with transaction.atomic():
        report = importer.run(table, by=by, skip_errors=True)
        transaction.set_rollback(True)
    return Preview(table, ignored, report)


def run(kind: str, table: Table, *, skip_errors: bool, by) -> Report:
    """Run the import; the report has what became of each line."""
    return _detailed(kind).run(table, by=by, skip_errors=skip_errors)


def _detailed(kind: str) -> Importer:
    importer = IMPORTERS[kind]()
    importer.detailed = True
    return importer
