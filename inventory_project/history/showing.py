"""Changes as people read them: fields by their names, references by the records that they lead to."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.apps import apps
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from inventory_project.base.admin.columns import percent_text, price_text
from inventory_project.base.door import Door
from inventory_project.base.fields import Percent, Price
from inventory_project.models import ChangeHistory, What

from .tables import recorded

LONGEST = 200
EMPTY = "–"

type Names = Mapping[tuple[type[models.Model], int], str]


@dataclass(frozen=True)
class FieldChange:
    """One field of one change."""

    label: str
    old: str = ""
    new: str = ""
    is_told: bool = True

    def __str__(self) -> str:
        if not self.is_told:
            return self.label
        return f"{self.label}: {self.new}" if self.old == EMPTY else f"{self.label}: {self.old} → {self.new}"


@dataclass(frozen=True)
class Shown:
    """One change, ready for a page."""

    id: int
    when: datetime.datetime
    who: str
    door: str
    request_id: str
    kind: str
    record: str
    url: str
    what: str
    what_label: str
    fields: Sequence[FieldChange] = field(default_factory=tuple)

    @property
    def summary(self) -> str:
        """The fields in one line."""
        return ", ".join(map(str, self.fields))


def who(entry: ChangeHistory) -> str:
    """The person, the system, or nobody that the program knows."""
    if entry.actor_id is None:
        return _("unknown") if entry.door == Door.SQL else _("the system")
    # The reference has no constraint: who is gone was not joined.
    actor = entry._state.fields_cache.get("actor")
    return str(actor) if actor else _("account %(number)d, deleted") % {"number": entry.actor_id}


def show(entries: Iterable[ChangeHistory], hidden: set[tuple[str, str]], *, with_names: bool = True) -> list[Shown]:
    """Entries, read with their actors, as people read them: some queries for all together, none without names."""
    entries = list(entries)
    names = _names(entries) if with_names else None
    return [_show(entry, hidden, names) for entry in entries]


def _show(entry: ChangeHistory, hidden: set[tuple[str, str]], names: Names | None) -> Shown:
    of = recorded().get(entry.model)
    model = of.model if of else None
    return Shown(
        id=entry.pk,
        when=entry.happened_at,
        who=who(entry),
        door=str(Door(entry.door).label) if entry.door in Door else entry.door,
        request_id=entry.request_id,
        kind=capfirst(str(model._meta.verbose_name)) if model else entry.model,
        record=_record(entry, model, names),
        url=_url(entry, model, names),
        what=entry.what,
        what_label=str(What(entry.what).label),
        fields=tuple(_fields(entry, hidden, names)),
    )


def _record(entry: ChangeHistory, model: type[models.Model] | None, names: Names | None) -> str:
    if entry.row_id is None:
        return (entry.changes.get("name") or ["", ""])[0 if entry.what == What.DELETED else 1] or ""
    return (names or {}).get((model, entry.row_id), f"{entry.row_id}")


def _url(entry: ChangeHistory, model: type[models.Model] | None, names: Names | None) -> str:
    """The record's page, as long as there is one."""
    if model is None or not names or (model, entry.row_id) not in names:
        return ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[quote(entry.row_id)])
    except NoReverseMatch:
        return ""


def told(entry_model: str, changes: Mapping[str, list], hidden: set[tuple[str, str]]) -> list[tuple[str, object, list]]:
    """(column, its field or None, [old, new]) of what may be seen, in the order of the record's own fields."""
    of = recorded().get(entry_model)
    known = {f.column: f for f in of.model._meta.concrete_fields} if of else {}
    order = {column: place for place, column in enumerate(known)}
    columns = sorted((c for c in changes if (entry_model, c) not in hidden), key=lambda c: (order.get(c, 1000), c))
    return [(column, known.get(column), changes[column]) for column in columns]


def is_secret(entry_model: str, column: str) -> bool:
    """Whether only that it changed is known."""
    of = recorded().get(entry_model)
    return bool(of) and any(f.column == column for f in of.secret)


def _fields(entry: ChangeHistory, hidden: set[tuple[str, str]], names: Names | None) -> Iterable[FieldChange]:
    for column, column_field, (old, new) in told(entry.model, entry.changes, hidden):
        label = capfirst(str(column_field.verbose_name)) if column_field else column
        if (
            is_secret(entry.model, column)
            or old is new is None
            or (names is None and column_field and column_field.is_relation)
        ):
            yield FieldChange(label, is_told=False)
        else:
            values = [_value(column_field, value, names) for value in (old, new)]
            yield FieldChange(label, *values)


def _value(of: models.Field | None, value: object, names: Names | None) -> str:
    if value is None or value == "":
        return EMPTY
    if of is not None and of.is_relation:
        return (names or {}).get((of.related_model, value), _("number %(id)s, deleted") % {"id": value})
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if of is not None and of.choices:
        return str(dict(of.flatchoices).get(value, value))
    if isinstance(value, str):
        value = _typed(of, value)
    elif isinstance(value, list | dict):
        value = _members(value) or EMPTY
    return Truncator(str(value)).chars(LONGEST)


def _members(value: object) -> str:
    """What a list, or an address that was frozen, holds, in one line. PostgreSQL keeps the parts in an order of its
    own, so each has its name."""
    if isinstance(value, dict):
        told = {name: text for name, part in value.items() if (text := _members(part))}
        return ", ".join(f"{name.replace('_', ' ')}: {told[name]}" for name in sorted(told))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_members, value)))
    return "" if value is None else str(value)


def _typed(of: models.Field | None, text: str) -> str:
    """Instants and decimals as everywhere else in the back office."""
    try:
        if isinstance(of, models.DateTimeField):
            return formats.date_format(timezone.localtime(datetime.datetime.fromisoformat(text)), "DATETIME_FORMAT")
        if isinstance(of, models.DateField):
            return formats.date_format(datetime.date.fromisoformat(text), "DATE_FORMAT")
        if isinstance(of, Price):
            return price_text(Decimal(text))
        if isinstance(of, Percent):
            return percent_text(Decimal(text))
        if isinstance(of, models.DecimalField):
            return formats.number_format(Decimal(text), force_grouping=True)
    except (ValueError, InvalidOperation):
        return text  # written before the column was what it is now
    return text


def _names(entries: Sequence[ChangeHistory]) -> Names:
    """The records that changed, and those that old and new values refer to: a query for each kind of record."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for entry in entries:
        of = recorded().get(entry.model)
        if of is None:
            continue
        if entry.row_id is not None:
            wanted[of.model].add(entry.row_id)
        for column, values in entry.changes.items():
            column_field = of.field_of(column)
            if column_field is not None and column_field.is_relation:
                wanted[column_field.related_model] |= {value for value in values if isinstance(value, int)}
    return {
        (model, row.pk): str(row)
        for model, ids in wanted.items()
        for row in model._base_manager.filter(pk__in=ids).fetch_mode(models.FETCH_PEERS)
    }


def label_of(kind: str) -> str:
    """The name of a kind of record."""
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except LookupError:
        return kind
