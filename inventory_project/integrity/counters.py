"""What gives out the next id and the next number: behind the rows, after a careless restore, it would give old ones."""

from django.apps import apps

from inventory_project.base.models import Document

from .registry import Fault, Finding, Reader, invariant

IDENTITIES = """
    SELECT t.relname AS "table", a.attname AS "column", s.oid::regclass::text AS counter
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S' AND pg_table_is_visible(t.oid) ORDER BY 1
"""


@invariant("schema")
def counters_are_ahead(db: Reader) -> Finding:
    """No counter of ids or document numbers is behind the rows that there are."""
    if db.vendor == "sqlite":
        tables = [row["name"] for row in db.rows("SELECT name FROM sqlite_sequence ORDER BY name")]
        asked = [
            (name, f"SELECT seq FROM sqlite_sequence WHERE name = '{name}'", _highest(name, "rowid")) for name in tables
        ]
    else:
        asked = [
            (row["counter"], _position(row["counter"]), _highest(row["table"], row["column"]))
            for row in db.rows(IDENTITIES)
        ]
        asked += [(counter, _position(counter), highest) for counter, highest in _number_series(db)]
    found = [db.rows(f"SELECT ({at}) AS at, ({highest}) AS highest")[0] for _counter, at, highest in asked]
    return Finding(
        len(asked),
        [
            Fault(counter, f"at {row['at']}, but {row['highest']} has been given out")
            for (counter, _at, _highest), row in zip(asked, found, strict=True)
            if row["at"] < row["highest"]
        ],
    )


def _position(counter: str) -> str:
    return f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {counter}"


def _highest(table: str, column: str) -> str:
    return f'SELECT COALESCE(MAX("{column}"), 0) FROM "{table}"'


def _number_series(db: Reader) -> list[tuple[str, str]]:
    """The sequences of document numbers that there are, each with the highest number that has been given out."""
    there = {row["name"] for row in db.rows("SELECT relname AS name FROM pg_class WHERE relkind = 'S'")}
    series = []
    for model in apps.get_models():
        if not issubclass(model, Document) or not model.SERIES:
            continue
        counter = f"number_{model.SERIES.lower()}_seq"
        if counter in there:
            number = f"SUBSTRING(\"{model.NUMBER}\" FROM '^{model.SERIES}-([0-9]{{1,18}})$')::bigint"
            series.append((counter, f'SELECT COALESCE(MAX({number}), 0) FROM "{model._meta.db_table}"'))
    return series
