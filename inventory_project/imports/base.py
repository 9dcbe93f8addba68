"""What all imports share: columns with a meaning, all rows or none, errors by line."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import KeyField, fold
from inventory_project.base.services import service

from . import parsing
from .table import Table

BATCH = 500


@dataclass(frozen=True)
class Column:
    """A column of a template: what it means, how its cells are read, whether it may be left out or empty."""

    name: str
    meaning: str
    parse: Callable[[str], object] = parsing.text
    required: bool = False
    default: object = None


@dataclass(frozen=True)
class RowError:
    """What is wrong with a line of the file."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.message}"


class ImportFailed(RuleViolation):
    """Some lines are wrong, so nothing was imported. `errors` has them all."""

    code = "import_failed"

    def __init__(self, errors: Sequence[RowError]) -> None:
        self.errors = list(errors)
        super().__init__(
            _("Nothing was imported: %(count)d wrong, first %(first)s")
            % {"count": len(self.errors), "first": self.errors[0]}
        )


@dataclass
class Outcome:
    """What an import made of a line: of a known row, by column, what was there and what is there now."""

    is_new: bool = False
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)


@dataclass
class Report:
    """What an import did: rows written new, changed, found unchanged or already there, and left out as wrong.

    `outcomes` says it by line, for imports that were asked to.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"{self.created} new", f"{self.updated} changed", f"{self.unchanged} unchanged"]
        if self.errors:
            parts.append(f"{len(self.errors)} left out")
        return ", ".join(parts)


@dataclass
class Record:
    """A parsed row."""

    line: int
    values: dict[str, object]

    def __getitem__(self, name: str) -> object:
        return self.values[name]


type Pair = tuple[Record, models.Model]


class Importer:
    """One kind of import. Subclasses declare `columns` and write `store`."""

    kind: ClassVar[str]
    title: ClassVar[str]
    columns: ClassVar[Sequence[Column]]  # the first one is the key
    detailed = False  # whether the report says what became of each line

    def run(self, table: Table, *, by, skip_errors: bool = False, progress: Callable[[int, int], None] | None = None):
        """Import the table on behalf of `by`: all rows or, with `skip_errors`, the good ones. Returns a Report.

        Raises InvalidInput when the columns are wrong, ImportFailed with every wrong line otherwise.
        """
        self.report = Report()
        self.wrong_keys: set[str] = set()
        self.first_lines: dict[object, int] = {}
        self.present = set(table.columns)
        self.progress = progress or (lambda done, total: None)
        records = self._parse(table)
        _in_one_transaction(self, records, self.report.errors, skip_errors, by=by)
        return self.report

    def store(self, records: list[Record], *, by) -> None:
        """Write the records; call `self.wrong(record, ...)` for each that can't be."""
        raise NotImplementedError

    def wrong(self, record: Record, message: object, column: str = "") -> None:
        """Note what is wrong with a record."""
        self.report.errors.append(RowError(record.line, column, str(message)))

    def _parse(self, table: Table) -> list[Record]:
        self._check_columns(table)
        present = [column for column in self.columns if column.name in table.columns]
        absent = {column.name: column.default for column in self.columns if column.name not in table.columns}
        records = []
        for line, row in table:
            record = Record(line, dict(absent))
            if self._fill(record, row, present):
                records.append(record)
            else:
                self.wrong_keys.add(row[self.columns[0].name])
        return records

    def _fill(self, record: Record, row: Mapping[str, str], present: Iterable[Column]) -> bool:
        good = True
        for column in present:
            cell = row[column.name]
            try:
                if not cell and column.required:
                    raise InvalidInput(_("is empty; a value is needed."))
                record.values[column.name] = column.parse(cell) if cell else column.default
            except InvalidInput as error:
                self.wrong(record, error, column.name)
                good = False
        return good

    def _check_columns(self, table: Table) -> None:
        known = {column.name for column in self.columns}
        unknown = [name for name in table.columns if name not in known]
        missing = [c.name for c in self.columns if c.required and c.name not in table.columns]
        problems = []
        if unknown:
            problems.append(_("unknown columns: %(names)s") % {"names": ", ".join(unknown)})
        if missing:
            problems.append(_("missing columns: %(names)s") % {"names": ", ".join(missing)})
        if problems:
            raise InvalidInput(
                _("%(file)s: %(problems)s. Known are: %(known)s.")
                % {
                    "file": table.name,
                    "problems": "; ".join(problems),
                    "known": ", ".join(c.name for c in self.columns),
                }
            )


def refresh_statistics(*app_labels: str) -> None:
    """Tell PostgreSQL how large the apps' tables have become inside this transaction.

    It plans by what it knew before: for tables that were empty then, it reads them whole once per row, and an import
    of thousands of documents would take longer with each.
    """
    if connection.vendor != "postgresql":
        return
    tables = [model._meta.db_table for label in app_labels for model in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, tables)))


@service
def _in_one_transaction(
    importer: Importer, records: list[Record], unreadable: Sequence[RowError], skip_errors: bool, *, by
) -> None:
    if unreadable and not skip_errors:
        raise ImportFailed(unreadable)
    importer.report = Report(errors=[*unreadable])  # anew, should this be a further attempt
    importer.first_lines = {}
    importer.store(records, by=by)
    if importer.report.errors and not skip_errors:
        raise ImportFailed(importer.report.errors)


class ModelImporter(Importer):
    """Writes one row of a model per record: new ones are added, known ones changed (found by `key`).

    Of a known row only the columns that the file has are changed.
    """

    model: ClassVar[type[models.Model]]
    key: ClassVar[str]
    save: ClassVar[Callable | None] = None  # the service that writes a row, where it is more than plain editing

    def attributes(self, record: Record) -> dict[str, object]:
        """The model's field values for a record. Raises InvalidInput with `field` set on a value that is unknown."""
        return dict(record.values)

    def needs_service(self, row: models.Model, changed: Collection[str]) -> bool:
        """Whether the row must be written by the service `save`; the others are written in bulk."""
        return self.save is not None

    def store(self, records: list[Record], *, by) -> None:
        self.by = by
        for start in range(0, len(records), BATCH):
            self._store_batch(records[start : start + BATCH])
            self.progress(min(start + BATCH, len(records)), len(records))

    def _store_batch(self, records: list[Record]) -> None:
        known = self._known(records)
        new: list[Pair] = []
        changed: list[Pair] = []
        for record in self._once(records):
            row = known.get(self.identity(record)) or self.model()
            names = self._assign(record, row)
            if names is None:
                continue
            if not names:
                self.report.unchanged += 1
            elif self.needs_service(row, names):
                self._save(record, row)
            else:
                (new if row._state.adding else changed).append((record, row))
        self._write(new, changed)

    def _once(self, records: list[Record]) -> Iterator[Record]:
        """The records whose key stands in the file for the first time."""
        for record in records:
            first = self.first_lines.setdefault(self.identity(record), record.line)
            if first == record.line:
                yield record
            else:
                self.wrong(record, _("stands in line %(line)d already.") % {"line": first}, self.key)

    def _assign(self, record: Record, row: models.Model) -> set[str] | None:
        """Put the record's values into the row. The names of those that changed; None if one of them is wrong."""
        try:
            values = self.attributes(record)
            if not row._state.adding:
                values = {name: value for name, value in values.items() if name in self.present}
            names = {name for name, value in values.items() if row._state.adding or getattr(row, name) != value}
            self._note_outcome(record, row, {name: values[name] for name in values if name in names})
            for name in names:
                setattr(row, name, values[name])
            row.clean_fields()
            row.clean()
        except InvalidInput as error:
            self.wrong(record, error, error.field)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.wrong(record, " ".join(messages), "" if name == "__all__" else name)
        else:
            return names
        return None

    def _note_outcome(self, record: Record, row: models.Model, values: Mapping[str, object]) -> None:
        """Keep what is about to change in the row."""
        if not self.detailed:
            return
        outcome = self.report.outcomes.setdefault(record.line, Outcome(is_new=row._state.adding))
        if not outcome.is_new:
            outcome.changes |= {name: (getattr(row, name), value) for name, value in values.items()}

    def _save(self, record: Record, row: models.Model) -> None:
        adding = row._state.adding
        try:
            row.validate_constraints()
            with transaction.atomic():
                type(self).save(row, by=self.by)
        except RuleViolation as error:
            self.wrong(record, error, error.field)
        except ValidationError as error:
            self.wrong(record, " ".join(error.messages))
        else:
            self.report.created += adding
            self.report.updated += not adding

    def _write(self, new: list[Pair], changed: list[Pair]) -> None:
        fields = [f.name for f in self.model._meta.concrete_fields if not f.primary_key and not f.generated]
        try:
            with transaction.atomic():
                self.model.objects.bulk_create([row for _record, row in new])
                if changed:
                    self.model.objects.bulk_update([row for _record, row in changed], fields)
            self.report.created += len(new)
            self.report.updated += len(changed)
        except IntegrityError:
            self._write_one_by_one(new, changed)

    def _write_one_by_one(self, new: list[Pair], changed: list[Pair]) -> None:
        """The database refused something in the batch: find out what, in words."""
        for record, row in [*new, *changed]:
            adding = any(row is other for _record, other in new)
            row._state.adding = adding
            if adding:
                row.pk = None
            try:
                row.full_clean()
                with transaction.atomic():
                    row.save(force_insert=adding, force_update=not adding)
            except ValidationError as error:
                self.wrong(record, " ".join(error.messages))
                continue
            self.report.created += adding
            self.report.updated += not adding

    def _known(self, records: list[Record]) -> dict[object, models.Model]:
        values = {self.fold(record[self.key]) for record in records}
        column = f"{self.key}_key" if self._has_key_column() else self.key
        rows = self.model.objects.filter(**{f"{column}__in": values})
        return {getattr(row, column): row for row in rows}

    def identity(self, record: Record) -> object:
        """What makes two records the same row."""
        return self.fold(record[self.key])

    def _has_key_column(self) -> bool:
        return any(isinstance(f, KeyField) and f.source == self.key for f in self.model._meta.concrete_fields)

    def fold(self, value: str) -> str:
        """The form in which the key is compared."""
        return fold(value) if self._has_key_column() else value
