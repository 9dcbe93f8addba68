"""Writing the archive of a closed year: one Parquet file per table, a manifest, and the checksums of all."""

import datetime
import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.base.clock import today
from inventory_project.base.errors import RuleViolation
from inventory_project.integrity.run import snapshot

from .tables import Table, span_of, tables_of

CHECKSUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 2_000


def archive_year(year: int, *, again: bool = False, tell: Callable[[str], None] = lambda line: None) -> Path:
    """Write the archive of a year, from one state of the database, and return its directory.

    Refuses a year that is not over, and one that has been archived, unless it is to be written `again`; the older one
    is kept beside it. Whatever interrupts it leaves no directory that looks like an archive.
    """
    if year >= today().year:
        raise RuleViolation(_("%(year)d is not over yet.") % {"year": year}, code="year_not_over")
    place = directory_of(year)
    if place.exists() and not again:
        raise RuleViolation(
            _("%(year)d has been archived in %(place)s.") % {"year": year, "place": place}, code="already_archived"
        )
    partial = place.with_name(f".{year}.unfinished")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    with _one_state():
        tables = [_write(table, partial, tell) for table in tables_of(year, DEFAULT_DB_ALIAS)]
    begin, end = span_of(year)
    manifest = {
        "what": "archive of a business year",
        "year": year,
        "company": settings.COMPANY["name"],
        "currency": settings.CURRENCY,
        "from": begin.isoformat(),
        "before": end.isoformat(),
        "written": timezone.now().isoformat(),
        "tables": tables,
    }
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    _write_checksums(partial)
    if place.exists():
        place.rename(place.with_name(f"{year}.until-{timezone.now():%Y%m%d%H%M%S}"))
    partial.rename(place)
    return place


def _one_state() -> AbstractContextManager[object]:
    """All that is read within is of one instant. On SQLite others wait with their writing meanwhile."""
    return transaction.atomic() if connection.vendor == "sqlite" else snapshot()


def directory_of(year: int) -> Path:
    """Where the archive of a year is."""
    return Path(settings.ARCHIVE_ROOT) / str(year)


def _write(table: Table, directory: Path, tell: Callable[[str], None]) -> dict[str, object]:
    """One table as Parquet; its row in the manifest, with the sum of each amount."""
    between, file = directory / f"{table.name}.json", directory / f"{table.name}.parquet"
    sums = {column: Decimal(0) for column, kind in table.columns.items() if kind.startswith("DECIMAL")}
    rows = 0
    names = {field.column: field.attname for field in table.model._meta.concrete_fields}
    wanted = [names[column] for column in table.columns]
    with between.open("w", encoding="utf-8") as handle:
        for row in table.rows.values_list(*wanted).iterator(ROWS_AT_ONCE):
            record = dict(zip(table.columns, row, strict=True))
            handle.write(json.dumps({name: _plain(value) for name, value in record.items()}) + "\n")
            for column in sums:
                sums[column] += record[column] or 0
            rows += 1
    _convert(table, between, file)
    between.unlink()
    tell(f"{table.name}: {rows}")
    shown = {column: str(value) for column, value in sums.items()}
    return {"name": table.name, "file": file.name, "rows": rows, "columns": table.columns, "sums": shown}


def _plain(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value if value is None or isinstance(value, bool | int) else str(value)


def _convert(table: Table, source: Path, target: Path) -> None:
    """Lines of JSON to Parquet, each column as what it is."""
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as memory:
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in table.columns.items())
        memory.execute(
            f"""COPY (SELECT * FROM read_json($source, columns = {{{columns}}}, format = 'newline_delimited'))
                TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION zstd)""",
            {"source": str(source)},
        )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_checksums(directory: Path) -> None:
    """In the form that `sha256sum --check` reads."""
    files = sorted(file for file in directory.iterdir() if file.name != CHECKSUMS)
    lines = [f"{sha256(file)}  {file.name}\n" for file in files]
    (directory / CHECKSUMS).write_text("".join(lines))
    for file in directory.iterdir():
        file.chmod(0o400)


def sha256(file: Path) -> str:
    """The checksum of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
