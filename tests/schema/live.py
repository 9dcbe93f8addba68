"""What the database itself says about its tables, read from its catalogue and not from Django's models."""

import re
from dataclasses import dataclass
from functools import cached_property

from django.db import connection


@dataclass(frozen=True)
class Column:
    """A column; `kind` is the seed document's word for its type, `default` 'now', 'true' or ''."""

    kind: str
    nullable: bool
    default: str = ""
    length: int | None = None


@dataclass(frozen=True)
class Index:
    """An index or unique constraint over plain columns; a descending one is written '-column'."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    partial: bool


@dataclass(frozen=True)
class ForeignKey:
    column: str
    table: str
    on_delete: str


def rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall()


class PostgreSQL:
    """Reads pg_catalog and information_schema."""

    KINDS = {
        "bigint": "Integer",
        "integer": "Integer",
        "character varying": "String",
        "text": "Text",
        "boolean": "Boolean",
        "timestamp with time zone": "DateTime",
        "date": "Date",
        "numeric": "Decimal",
        "jsonb": "JSON",
    }
    DEFAULTS = {"statement_timestamp()": "now", "now()": "now", "CURRENT_TIMESTAMP": "now", "true": "true"}

    def tables(self) -> set[str]:
        return {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}

    def columns(self, table: str) -> dict[str, Column]:
        found = rows(
            """SELECT column_name, data_type, is_nullable, column_default, character_maximum_length
               FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s""",
            table,
        )
        return {
            name: Column(self.KINDS[kind], nullable == "YES", self.DEFAULTS.get(default, ""), length)
            for name, kind, nullable, default, length in found
        }

    def primary_key(self, table: str) -> tuple[tuple[str, ...], bool]:
        """Its columns, and whether the database numbers new rows itself."""
        found = rows(
            """SELECT a.attname, a.attidentity FROM pg_index i
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
               WHERE i.indisprimary AND i.indrelid = %s::regclass""",
            f'"{table}"',
        )
        return tuple(name for name, _identity in found), all(identity for _name, identity in found)

    def indexes(self, table: str) -> list[Index]:
        found = rows(
            """SELECT c.relname, i.indisunique, i.indpred IS NOT NULL,
                      array_agg(CASE WHEN i.indoption[k.place - 1] & 1 = 1 THEN '-' ELSE '' END || a.attname::text
                                ORDER BY k.place)
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
               WHERE i.indrelid = %s::regclass AND i.indexprs IS NULL AND i.indisvalid
               GROUP BY 1, 2, 3""",
            f'"{table}"',
        )
        return [Index(name, tuple(columns), unique, partial) for name, unique, partial, columns in found]

    def foreign_keys(self, table: str) -> list[ForeignKey]:
        rule = {"c": "CASCADE", "r": "RESTRICT", "a": "NO ACTION", "n": "SET NULL", "d": "SET DEFAULT"}
        found = rows(
            """SELECT a.attname, f.relname, k.confdeltype FROM pg_constraint k
               JOIN pg_class f ON f.oid = k.confrelid
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
               WHERE k.contype = 'f' AND k.convalidated AND k.conrelid = %s::regclass""",
            f'"{table}"',
        )
        return [ForeignKey(column, target, rule[code]) for column, target, code in found]

    def checks(self, table: str) -> dict[str, str]:
        found = rows(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE contype = 'c' AND convalidated AND conrelid = %s::regclass""",
            f'"{table}"',
        )
        return {name: self._plain(text) for name, text in found}

    def _plain(self, text: str) -> str:
        """Without casts and quotes around names, so that both databases' texts can be searched alike."""
        text = re.sub(r"::(character varying|text|numeric|bigint)(\([0-9, ]+\))?(\[\])?", "", text)
        return re.sub(r"\((\w+)\)", r"\1", text.replace('"', ""))

    def nameless(self, table: str) -> list[str]:
        """CHECK and UNIQUE constraints whose name was made up by a machine."""
        found = rows(
            "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u') AND conrelid = %s::regclass", f'"{table}"'
        )
        made_up = re.compile(r"_[0-9a-f]{8}(_|$)|_key\d*$|_check\d*$|_uniq$")
        return [name for (name,) in found if made_up.search(name)]

    def triggers(self) -> dict[str, str]:
        found = rows(
            """SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
               WHERE NOT t.tgisinternal AND t.tgenabled = 'O'"""
        )
        return dict(found)


class SQLite:
    """Reads sqlite_master and the PRAGMAs."""

    KINDS = {
        "bigint": "Integer",
        "integer": "Integer",
        "varchar": "String",
        "text": "Text",
        "bool": "Boolean",
        "datetime": "DateTime",
        "date": "Date",
        "decimal": "Decimal",
    }

    def tables(self) -> set[str]:
        return {name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'")} - {"sqlite_sequence"}

    def definition(self, table: str) -> str:
        return rows("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", table)[0][0]

    def columns(self, table: str) -> dict[str, Column]:
        definition = self.definition(table)
        columns = {}
        for _id, name, declared, not_null, default, _pk, _hidden in rows(f'PRAGMA table_xinfo("{table}")'):
            kind, length = re.fullmatch(r"(\w+)(?:\((\d+)\))?.*", declared).groups()
            kind = self.KINDS[kind.lower()]
            if kind == "Text" and f'JSON_VALID("{name}")' in definition:
                kind = "JSON"
            value = "now" if default and "NOW" in default else {"1": "true", "TRUE": "true"}.get(default, "")
            columns[name] = Column(kind, not not_null, value, int(length) if length else None)
        return columns

    def primary_key(self, table: str) -> tuple[tuple[str, ...], bool]:
        key = tuple(row[1] for row in rows(f'PRAGMA table_info("{table}")') if row[5])
        return key, "AUTOINCREMENT" in self.definition(table)

    def indexes(self, table: str) -> list[Index]:
        found = []
        for _id, name, unique, _origin, partial in rows(f'PRAGMA index_list("{table}")'):
            keys = [row for row in rows(f'PRAGMA index_xinfo("{name}")') if row[5]]
            columns = tuple(f"-{column}" if descending else column for _n, _c, column, descending, *_rest in keys)
            found.append(Index(name, columns, bool(unique), bool(partial)))
        return found

    def foreign_keys(self, table: str) -> list[ForeignKey]:
        found = rows(f'PRAGMA foreign_key_list("{table}")')
        return [ForeignKey(row[3], row[2], row[6]) for row in found]

    def checks(self, table: str) -> dict[str, str]:
        parts = re.split(r'CONSTRAINT "(\w+)" CHECK ', self.definition(table))
        texts = (text.split(", CONSTRAINT ")[0].replace('"', "") for text in parts[2::2])
        return dict(zip(parts[1::2], texts, strict=True))

    def nameless(self, table: str) -> list[str]:
        definition = re.sub(r'CHECK \(\(JSON_VALID\("\w+"\) OR "\w+" IS NULL\)\)', "", self.definition(table))
        named = re.sub(r'CONSTRAINT "\w+" (CHECK|UNIQUE)', "", definition)
        return [named[found.start() : found.start() + 60] for found in re.finditer(r"\b(CHECK|UNIQUE)\b", named)]

    def triggers(self) -> dict[str, str]:
        return dict(rows("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))


class Catalogue:
    """The live database's catalogue, whichever database it is."""

    @cached_property
    def _vendor(self) -> PostgreSQL | SQLite:
        return PostgreSQL() if connection.vendor == "postgresql" else SQLite()

    def __getattr__(self, name: str):
        return getattr(self._vendor, name)


live = Catalogue()
