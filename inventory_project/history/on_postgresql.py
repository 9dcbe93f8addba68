"""The recording triggers as PostgreSQL has them: one call per statement, for all the rows that it wrote."""

from .context import SAID, SAID_WITHIN
from .on_sqlite import COLUMNS, WHAT
from .tables import STAMPS, Recorded

TABLES = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
TABLES["UPDATE"] = f"{TABLES['DELETE']} {TABLES['INSERT']}"


def statements(name: str, of: Recorded, event: str, body: str) -> list[str]:
    """What makes the trigger and the function that it calls."""
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$',
        f'CREATE OR REPLACE TRIGGER "{name}" AFTER {event} ON "{of.table}" REFERENCING {TABLES[event]} '
        f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
    ]


def definition(of: Recorded, event: str) -> str:
    """The body of the function."""
    parent_model, parent_id = "", "NULL::bigint"
    if of.parent:
        parent_model = of.parent.related_model._meta.label_lower
        parent_id = f"(r.whole->>'{of.parent.column}')::bigint"
    row_id = "(r.whole->>'id')::bigint" if of.has_id else "NULL::bigint"
    return (
        f"BEGIN INSERT INTO change_history ({COLUMNS}) "
        "SELECT clock_timestamp(), NULLIF(c.said[1], '')::bigint, COALESCE(c.said[2], 'sql'), "
        f"COALESCE(c.said[3], ''), '{of.label}', {row_id}, '{parent_model}', {parent_id}, '{WHAT[event]}', r.changes "
        f"FROM ({_rows(of, event)}) r, "
        f"(SELECT regexp_match(left(current_query(), {SAID_WITHIN}), '{SAID}') AS said) c "
        "ORDER BY 6; RETURN NULL; END"
    )


def _rows(of: Recorded, event: str) -> str:
    """Each row that was written, whole, with the JSON object {column: [old, new]}."""
    if event == "INSERT":
        changes = _values(of, "NULL, {}") if of.keeps_first_values else "'{}'::jsonb"
        return f"SELECT to_jsonb(n) AS whole, {changes} AS changes FROM new_rows n"
    if event == "DELETE":
        return f"SELECT to_jsonb(o) AS whole, {_values(of, '{}, NULL')} AS changes FROM old_rows o"
    secret = ", ".join(f"'{field.column}'" for field in of.secret)
    pair = f"jsonb_build_array({_plain('p.before -> k.key')}, {_plain('k.value')})"
    if secret:
        pair = f"CASE WHEN k.key IN ({secret}) THEN '[null, null]'::jsonb ELSE {pair} END"
    left_out = _left_out(of, secret=False)
    # A full join, as the plan is kept for the next call, and that may be one of ten thousand rows instead of one.
    # OFFSET 0 keeps the rows from being made into JSON anew for every column.
    return (
        "SELECT p.whole, "
        f"(SELECT jsonb_object_agg(k.key, {pair}) FROM jsonb_each(p.after) k "
        "WHERE k.value IS DISTINCT FROM p.before -> k.key) AS changes "
        f"FROM (SELECT n.whole, o.whole - {left_out} AS before, n.whole - {left_out} AS after "
        f"FROM (SELECT {_key(of)} AS key, to_jsonb(t) AS whole FROM old_rows t OFFSET 0) o "
        f"FULL JOIN (SELECT {_key(of)} AS key, to_jsonb(t) AS whole FROM new_rows t OFFSET 0) n USING (key) "
        "OFFSET 0) p "
        "WHERE p.before <> p.after"
    )


def _values(of: Recorded, pair: str) -> str:
    """What a row that came or went consisted of, without what is empty."""
    row = "n" if pair.startswith("NULL") else "o"
    return (
        f"(SELECT COALESCE(jsonb_object_agg(k.key, jsonb_build_array({pair.format(_plain('k.value'))})), '{{}}') "
        f"FROM jsonb_each(to_jsonb({row}) - {_left_out(of, secret=True)}) k "
        "WHERE k.value NOT IN ('null', '\"\"'))"
    )


def _plain(value: str) -> str:
    """Decimals as text: readers of JSON would take them for floating point."""
    return (
        f"CASE WHEN jsonb_typeof({value}) = 'number' AND strpos(({value})::text, '.') > 0 "
        f"THEN to_jsonb(({value})::text) ELSE {value} END"
    )


def _left_out(of: Recorded, *, secret: bool) -> str:
    kept = {field.column for field in of.fields}
    kept |= set() if secret else {field.column for field in of.secret}
    columns = {field.column for field in of.model._meta.concrete_fields} - kept
    stamps = {f"{name}_id" if name.endswith("_by") else name for name in STAMPS}
    return "ARRAY[" + ", ".join(f"'{column}'" for column in sorted(columns | stamps)) + "]"


def _key(of: Recorded) -> str:
    return f'"{of.model._meta.pk.column}"'
