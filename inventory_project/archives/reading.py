"""Reading an archive without the database: is it whole, and what was this document?"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.models import Document, Line

from .tables import tables_of
from .writing import CHECKSUMS, MANIFEST, directory_of, sha256

type Row = dict[str, object]


def check_archive(year: int) -> list[str]:
    """What is wrong with the files of an archive; nothing, if it is as it was written."""
    directory = _existing(year)
    faults = []
    expected = dict(_checksums(directory))
    for name, checksum in expected.items():
        file = directory / name
        if not file.is_file():
            faults.append(_("%(file)s is missing.") % {"file": name})
        elif sha256(file) != checksum:
            faults.append(_("%(file)s is damaged.") % {"file": name})
    strange = {file.name for file in directory.iterdir()} - expected.keys() - {CHECKSUMS}
    faults += [_("%(file)s does not belong here.") % {"file": name} for name in sorted(strange)]
    if not faults:
        for table in manifest_of(year)["tables"]:
            (found,) = _ask(f"SELECT count(*) AS n FROM {_from(directory, table['name'])}")
            if found["n"] != table["rows"]:
                faults.append(_("%(file)s lacks rows.") % {"file": table["file"]})
    return faults


def differences_from_database(year: int) -> list[str]:
    """Tables that hold another number of rows of that year today: something was written or removed since."""
    archived = {table["name"]: table["rows"] for table in manifest_of(year)["tables"]}
    found = []
    for table in tables_of(year, DEFAULT_DB_ALIAS):
        now, then = table.rows.count(), archived.get(table.name, 0)
        if now != then:
            texts = {"table": table.name, "then": then, "now": now}
            found.append(_("%(table)s: %(then)d in the archive, %(now)d in the database.") % texts)
    return found


def manifest_of(year: int) -> dict:
    """What the archive says of itself."""
    return json.loads((_existing(year) / MANIFEST).read_text())


def look_up(year: int, number: str) -> Row | None:
    """A document of a year by its number, with its lines, from the files alone. Refuses an archive that is damaged."""
    if faults := check_archive(year):
        raise RuleViolation(" ".join(faults), code="archive_damaged")
    directory = _existing(year)
    for model in _documents():
        table, column = model._meta.db_table, model.NUMBER
        rows = _ask(f"SELECT * FROM {_from(directory, table)} WHERE {column} = $number", number=number)
        if rows:
            return {"kind": table, **rows[0], **dict(_lines(directory, model, rows[0]["id"]))}
    return None


def _lines(directory: Path, document: type[Document], pk: object) -> Iterator[tuple[str, list[Row]]]:
    for model in apps.get_models():
        if issubclass(model, Line) and model._meta.get_field(model.PARENT).remote_field.model is document:
            column = model._meta.get_field(model.PARENT).column
            source = _from(directory, model._meta.db_table)
            yield model._meta.db_table, _ask(f"SELECT * FROM {source} WHERE {column} = $pk ORDER BY id", pk=pk)


def _documents() -> list[type[Document]]:
    return [model for model in apps.get_models() if issubclass(model, Document)]


def _existing(year: int) -> Path:
    directory = directory_of(year)
    if not (directory / CHECKSUMS).is_file():
        raise RuleViolation(_("There is no archive of %(year)d.") % {"year": year}, code="no_archive")
    return directory


def _checksums(directory: Path) -> Iterator[tuple[str, str]]:
    for line in (directory / CHECKSUMS).read_text().splitlines():
        checksum, _space, name = line.partition("  ")
        yield name, checksum


def _from(directory: Path, table: str) -> str:
    return "read_parquet('{}')".format(str(directory / f"{table}.parquet").replace("'", "''"))


def _ask(sql: str, **parameters: object) -> list[Row]:
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as memory:
        found = memory.execute(sql, parameters or None)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
