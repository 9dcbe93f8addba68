"""What SQLite tells of itself."""

from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from .sections import Section, size

MOST_ROWS = 15
FREE_THAT_MATTERS = 0.25


def sections(connection: BaseDatabaseWrapper) -> Iterator[Section]:
    """The file, its largest tables, and whether it is sound."""
    yield _file(connection)
    yield _tables(connection)
    yield _indexes(connection)


def _value(connection: BaseDatabaseWrapper, sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _file(connection: BaseDatabaseWrapper) -> Section:
    page = _value(connection, "PRAGMA page_size")
    pages, free = _value(connection, "PRAGMA page_count"), _value(connection, "PRAGMA freelist_count")
    sound = _value(connection, "PRAGMA quick_check(1)")
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    rows = [
        (_("Version"), _value(connection, "SELECT sqlite_version()")),
        (_("Size"), size(pages * page)),
        (_("Free inside"), size(free * page)),
        (_("Write-ahead log"), size(log.stat().st_size if log.is_file() else 0)),
        (_("Journal"), _value(connection, "PRAGMA journal_mode")),
        (_("Sound"), sound),
    ]
    concern = "" if sound == "ok" else _("The file is damaged: restore a backup.")
    remark = _("A quarter of the file is free: VACUUM gives it back.") if free > pages * FREE_THAT_MATTERS else ""
    return Section("server", _("Database file"), (_("What"), _("Value")), rows, remark, concern)


def _tables(connection: BaseDatabaseWrapper) -> Section:
    head, title = (_("Table"), _("Size")), _("Largest tables, with their indexes")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name)
                   WHERE dbstat.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC LIMIT %s""",
                [MOST_ROWS],
            )
            rows = [(table, size(bytes_)) for table, bytes_ in cursor.fetchall()]
    except DatabaseError:
        return Section("tables", title, remark=_("This build of SQLite does not tell the size of tables."))
    return Section("tables", title, head, rows)


def _indexes(connection: BaseDatabaseWrapper) -> Section:
    title = _("Statistics of the indexes")
    if not _value(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"):
        return Section("index_use", title, remark=_("None yet: run PRAGMA optimize, or ANALYZE."))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY cast(stat AS integer) DESC LIMIT %s", [MOST_ROWS]
        )
        rows = cursor.fetchall()
    return Section("index_use", title, (_("Table"), _("Index"), _("Rows, and rows per value")), rows)
