"""Reading records for the API: plain rows of the columns that are wanted, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import DEFAULT_DB_ALIAS, models

from .shapes import Nested, Selection

type Row = dict[str, object]


def fetch(queryset: models.QuerySet, selection: Selection, also: Iterable[str] = ()) -> list[Row]:
    """The columns of a selection, and those of `also`, as they are in the table."""
    return list(queryset.values(*dict.fromkeys([*selection.columns, *also])))


def finish(rows: list[Row], selection: Selection, address: Callable[[str], str]) -> list[Row]:
    """Make of raw rows what the serializer would: lines, expanded references, computed values, addresses of files."""
    if not rows:
        return rows
    for name, flag in selection.flagged:
        for row in rows:
            row[name] = None if row[flag] else row[name]
    for name in selection.shape.files.intersection(selection.names):
        storage = selection.shape.model._meta.get_field(name).storage
        for row in rows:
            row[name] = address(storage.url(row[name])) if row[name] else None
    for name in selection.computed:
        _compute(rows, selection, name)
    for name, lines in selection.nested:
        _attach_lines(rows, name, lines, selection.expand[name], address)
    for name in selection.references:
        _expand(rows, name, selection, address)
    return _only(rows, selection)


def _only(rows: list[Row], selection: Selection) -> list[Row]:
    """The wanted fields in their order, without what was read only to get at them."""
    blank = selection.blank
    if not blank and tuple(rows[0]) == selection.names:
        return rows
    return [{name: None if name in blank else row[name] for name in selection.names} for row in rows]


def _compute(rows: list[Row], selection: Selection, name: str) -> None:
    """Ask the model's own property; rows that are alike in what it looks at share the answer."""
    model, needed = selection.shape.model, selection.shape.computed[name]
    fields = [field for field in model._meta.concrete_fields if field.name in needed]  # in the order of from_db()
    columns, attributes = [field.name for field in fields], [field.attname for field in fields]
    answers: dict[tuple, object] = {}
    for row in rows:
        values = tuple(row[column] for column in columns)
        if values not in answers:
            answers[values] = getattr(model.from_db(DEFAULT_DB_ALIAS, attributes, values), name)
        row[name] = answers[values]


def _attach_lines(rows: list[Row], name: str, lines: Nested, inner: Selection, address) -> None:
    parents = [row["id"] for row in rows]
    queryset = lines.shape.model._default_manager.filter(**{f"{lines.parent}__in": parents}).order_by("id")
    found = fetch(queryset, inner, also=[lines.parent])
    of_parent = [line[lines.parent] for line in found]
    groups: dict[object, list[Row]] = defaultdict(list)
    for parent, line in zip(of_parent, finish(found, inner, address), strict=True):
        groups[parent].append(line)
    for row in rows:
        row[name] = groups.get(row["id"], [])


def _expand(rows: list[Row], name: str, selection: Selection, address) -> None:
    inner = selection.expand[name]
    ids = {row[name] for row in rows} - {None}
    found = fetch(inner.shape.model._default_manager.filter(pk__in=ids).order_by(), inner, also=["id"])
    keys = [record["id"] for record in found]
    records = dict(zip(keys, finish(found, inner, address), strict=True))
    for row in rows:
        row[name] = records.get(row[name])
