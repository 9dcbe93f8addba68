"""Forgetting: the only way by which history goes."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import batched

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.privacy import Part
from inventory_project.base.services import service
from inventory_project.models import ChangeHistory, What

from .context import forgetting_before
from .guards import SETTING
from .tables import recorded

SHORTEST_MEMORY = datetime.timedelta(days=90)
AT_ONCE = 10_000
IDS_AT_ONCE = 500


def forget_history_before(instant: datetime.datetime, *, by) -> int:
    """Delete the changes before an instant, and return how many those were. Refuses what is too recent.

    Some thousands at a time, each in a transaction of its own, so that nobody waits for it. The table's own trigger
    refuses every other deletion, and of this one what is not before the stated instant.
    """
    if instant > timezone.now() - SHORTEST_MEMORY:
        raise RuleViolation(
            _("History is kept for at least %(days)d days.") % {"days": SHORTEST_MEMORY.days}, code="too_recent"
        )
    forgotten = 0
    while count := _forget_some(instant, by=by):
        forgotten += count
    return forgotten


@service
def _forget_some(instant: datetime.datetime, *, by) -> int:
    old = ChangeHistory.objects.filter(happened_at__lt=instant).order_by("happened_at")
    ids = list(old.values_list("id", flat=True)[:AT_ONCE])
    if ids:
        with _may_forget_before(instant):
            ChangeHistory.objects.filter(id__in=ids).delete()
    return len(ids)


@service
def forget_values(parts: Iterable[Part], *, by) -> int:
    """Take what some fields of some records were out of their history, and return of how many changes.

    That they were changed, by whom and when stays, as of passwords.
    """
    return sum(_forget_values_of(part) for part in parts if part.model._meta.label_lower in recorded())


def _forget_values_of(part: Part) -> int:
    forgotten = 0
    for changes in _changes_of(part):
        for entries in batched(changes.order_by("pk").iterator(chunk_size=IDS_AT_ONCE), IDS_AT_ONCE):
            stale = [entry for entry in entries if _without_values(entry, part.columns)]
            if stale:
                with _may_forget_before(max(entry.happened_at for entry in stale) + datetime.timedelta(microseconds=1)):
                    ChangeHistory.objects.filter(pk__in=[entry.pk for entry in stale]).delete()
                ChangeHistory.objects.bulk_create(stale)
            forgotten += len(stale)
    return forgotten


def _changes_of(part: Part) -> Iterator[QuerySet[ChangeHistory]]:
    """The changes of the records, and of those that have been deleted since."""
    kind, of = part.model._meta.label_lower, recorded()[part.model._meta.label_lower]
    found = ChangeHistory.objects.filter(model=kind)
    ids = set(part.rows.values_list("pk", flat=True)) if of.has_id else set()
    if part.owner and of.parent and of.parent.column == part.owner:
        whole = of.parent.related_model._meta.label_lower
        yield found.filter(parent_model=whole, parent_id__in=part.owner_ids)
    elif part.owner and part.owner_ids:
        referred = {f"changes__{part.owner}__0__in": list(part.owner_ids)}
        ids |= set(found.filter(what=What.DELETED, **referred).values_list("row_id", flat=True))
    for some in batched(sorted(ids), IDS_AT_ONCE):
        yield found.filter(row_id__in=some)


def _without_values(entry: ChangeHistory, columns: set[str]) -> bool:
    """Leave of the columns only that they changed; whether there was anything to leave out."""
    told = {column for column in columns & entry.changes.keys() if entry.changes[column] != [None, None]}
    entry.changes = {**entry.changes, **{column: [None, None] for column in told}}
    return bool(told)


@contextmanager
def _may_forget_before(instant: datetime.datetime) -> Iterator[None]:
    """State the instant to the trigger of the table."""
    until = instant.astimezone(datetime.UTC)
    with forgetting_before(f"{until:%Y-%m-%d %H:%M:%S.%f}"):
        _state(until.isoformat())
        yield
        _state("")


def _state(instant: str) -> None:
    """Tell PostgreSQL's trigger, until the transaction ends; that of SQLite asks the program itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, TRUE)", [SETTING, instant])
