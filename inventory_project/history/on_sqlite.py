"""The recording triggers as SQLite has them: one per row, spelt out column by column."""

from django.db import models

from .context import ASKED
from .tables import Recorded

COLUMNS = "happened_at, actor_id, door, request_id, model, row_id, parent_model, parent_id, what, changes"
WHAT = {"INSERT": "created", "UPDATE": "changed", "DELETE": "deleted"}


def definition(name: str, of: Recorded, event: str) -> str:
    """The whole statement that makes the trigger."""
    row = "OLD" if event == "DELETE" else "NEW"
    at, condition = event, ""
    if event == "UPDATE":
        columns = [field.column for field in (*of.fields, *of.secret)]
        listed = ", ".join(f'"{column}"' for column in columns)
        at = f"UPDATE OF {listed}"
        condition = " WHEN " + " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    parent = (of.parent.related_model._meta.label_lower, f'{row}."{of.parent.column}"') if of.parent else ("", "NULL")
    return (
        f'CREATE TRIGGER "{name}" AFTER {at} ON "{of.table}" FOR EACH ROW{condition} BEGIN '
        f"INSERT INTO change_history ({COLUMNS}) "
        "SELECT STRFTIME('%Y-%m-%d %H:%M:%f000', 'now'), "
        "JSON_EXTRACT(said, '$[0]'), JSON_EXTRACT(said, '$[1]'), JSON_EXTRACT(said, '$[2]'), "
        f"'{of.label}', {f'{row}.id' if of.has_id else 'NULL'}, '{parent[0]}', {parent[1]}, '{WHAT[event]}', "
        f"{_changes(of, event)} FROM (SELECT {ASKED} AS said); END"
    )


def _changes(of: Recorded, event: str) -> str:
    """The JSON object {column: [old, new]} as an expression."""
    if event == "INSERT" and not of.keeps_first_values:
        return "'{}'"
    pairs = [_pair(field, event) for field in of.fields]
    if event == "UPDATE":
        pairs += [
            f'CASE WHEN OLD."{f.column}" IS NOT NEW."{f.column}" THEN \',"{f.column}":[null,null]\' ELSE \'\' END'
            for f in of.secret
        ]
    return "'{' || SUBSTR(" + " || ".join(pairs) + ", 2) || '}'"


def _pair(field: models.Field, event: str) -> str:
    column = field.column
    old = "NULL" if event == "INSERT" else _value(field, f'OLD."{column}"')
    new = "NULL" if event == "DELETE" else _value(field, f'NEW."{column}"')
    if event == "UPDATE":
        tells = f'OLD."{column}" IS NOT NEW."{column}"'
    else:
        row = "NEW" if event == "INSERT" else "OLD"
        tells = f"{row}.\"{column}\" <> ''"
    return f"CASE WHEN {tells} THEN ',\"{column}\":' || JSON_ARRAY({old}, {new}) ELSE '' END"


def _value(field: models.Field, column: str) -> str:
    """A value as PostgreSQL's to_jsonb would have it; decimals are text, so that they keep their places."""
    if isinstance(field, models.BooleanField):
        return f"JSON(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
    if isinstance(field, models.DecimalField):
        return f"CASE WHEN {column} IS NOT NULL THEN PRINTF('%.{field.decimal_places}f', {column}) END"
    if isinstance(field, models.DateTimeField):
        return f"REPLACE({column}, ' ', 'T') || '+00:00'"
    if isinstance(field, models.JSONField):
        return f"JSON({column})"
    return column
