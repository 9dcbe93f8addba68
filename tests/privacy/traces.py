"""Where in the whole database a word stands: every column of every table is read."""

from collections.abc import Iterable

from django.db import connection


def traces(words: Iterable[str]) -> dict[str, set[str]]:
    """By table and column, the words that are found in it, in any case of letters."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                for word in words:
                    if _stands(cursor, table, column.name, word):
                        found.setdefault(f"{table}.{column.name}", set()).add(word)
    return found


def _stands(cursor, table: str, column: str, word: str) -> bool:
    """Escaped as JSON has it on SQLite, too."""
    escaped = word.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00")
    like = "LOWER(CAST({} AS TEXT)) LIKE %s ESCAPE '!'".format(f'"{column}"')
    patterns = [f"%{form.lower()}%" for form in (word, escaped)]
    cursor.execute(f'SELECT 1 FROM "{table}" WHERE {like} OR {like} LIMIT 1', patterns)
    return cursor.fetchone() is not None
