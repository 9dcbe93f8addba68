"""What is missing from the live database, measured by a list of what should be there."""

import re
from collections.abc import Iterable, Mapping

from .live import Column, live

type Named = tuple[str, ...]  # a table and its columns, '-column' for descending


def missing_tables(expected: Iterable[str]) -> list[str]:
    return sorted(set(expected) - live.tables())


def missing_columns(expected: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """(table, column, kind) of the columns that are absent or of another kind."""
    return [
        (table, column, kind)
        for table, columns in expected.items()
        for column, kind in columns.items()
        if live.columns(table).get(column, Column("", True)).kind != kind
    ]


def missing_defaults(expected: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    return [(table, name) for (table, name), value in expected.items() if live.columns(table)[name].default != value]


def missing_indexes(expected: Iterable[Named], *, unique: bool = False, partial: bool = False) -> list[Named]:
    """Those for which there is no index over exactly these columns, in this order and direction."""
    return [
        (table, *columns)
        for table, *columns in expected
        if not any(
            index.columns == tuple(columns) and (index.unique or not unique) and index.partial == partial
            for index in live.indexes(table)
        )
    ]


def missing_foreign_keys(expected: Iterable[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    return [
        (table, column, target, rule)
        for table, column, target, rule in expected
        if (column, target, rule) not in [(k.column, k.table, k.on_delete) for k in live.foreign_keys(table)]
    ]


def undecided_foreign_keys(tables: Iterable[str]) -> list[tuple[str, str]]:
    """Those that are neither ON DELETE CASCADE nor ON DELETE RESTRICT."""
    return [
        (table, key.column)
        for table in tables
        for key in live.foreign_keys(table)
        if key.on_delete not in ("CASCADE", "RESTRICT")
    ]


def unconstrained_references(tables: Iterable[str]) -> list[tuple[str, str]]:
    """Whole-number columns named like a foreign key that are none."""
    return [
        (table, name)
        for table in tables
        for name, column in live.columns(table).items()
        if name.endswith("_id") and column.kind == "Integer"
        if name not in {key.column for key in live.foreign_keys(table)}
    ]


def missing_checks(expected: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(table, rule) of the rules that no CHECK of the table contains."""
    return [
        (table, rule)
        for table, rule in expected
        if not any(
            re.search(rf"(?<!\w){re.escape(rule)}(?![\w.])", text.replace("'", ""))
            for text in live.checks(table).values()
        )
    ]


def missing_enumerations(expected: Mapping[tuple[str, str], set[str]]) -> list[tuple[str, str]]:
    """(table, column) of those that no CHECK confines to exactly these values."""
    return [
        (table, column)
        for (table, column), values in expected.items()
        if not any(_enumerates(text, column, values) for text in live.checks(table).values())
    ]


def _enumerates(text: str, column: str, values: set[str]) -> bool:
    return column in text.replace("(", " ").split() and set(text.split("'")[1::2]) == values


def unbounded_decimals(tables: Iterable[str]) -> list[tuple[str, str]]:
    """Decimal columns without an upper bound: PostgreSQL would take NaN, which is above every number."""
    return [
        (table, name)
        for table in tables
        for name, column in live.columns(table).items()
        if column.kind == "Decimal" and not any(f"{name} <= " in text for text in live.checks(table).values())
    ]


def missing_triggers(expected: Mapping[str, str]) -> list[str]:
    found = live.triggers()
    return [name for name, table in expected.items() if found.get(name) != table]
