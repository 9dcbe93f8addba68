"""What happened to documents lately, from the history of changes."""

import datetime
from dataclasses import dataclass

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import User
from inventory_project.base.admin.columns import tone_of
from inventory_project.base.models import Document
from inventory_project.history.queries import kinds_seen_by
from inventory_project.history.showing import who
from inventory_project.history.tables import recorded
from inventory_project.models import ChangeHistory, What

MOST = 8
LOOKED_AT = 300  # newest changes, so that the page costs the same for those who may see few kinds


@dataclass(frozen=True)
class Happened:
    """A document that was written, by whom, and what it is now."""

    number: str
    url: str
    what: str
    tone: str
    who: str
    when: datetime.datetime


def activity(user: User) -> list[Happened]:
    """The documents that were written last, each once. Two queries."""
    kinds = {kind for kind in kinds_seen_by(user) if issubclass(recorded()[kind].model, Document)}
    if not kinds:
        return []
    newest = ChangeHistory.objects.order_by("-pk").select_related("actor")[:LOOKED_AT]
    entries: dict[tuple[str, int], ChangeHistory] = {}
    for entry in newest:
        if entry.model in kinds and entry.what != What.DELETED and len(entries) < MOST:
            entries.setdefault((entry.model, entry.row_id), entry)
    numbers = _numbers(entries)
    return [_happened(entry, numbers[place]) for place, entry in entries.items() if place in numbers]


def _numbers(places) -> dict[tuple[str, int], str]:
    """The numbers of documents of several kinds, in one query."""
    asked: list[QuerySet] = []
    for kind in {kind for kind, _pk in places}:
        model = recorded()[kind].model
        rows = model._base_manager.filter(pk__in=[pk for of, pk in places if of == kind]).order_by()
        asked.append(
            rows.values_list(Value(kind, CharField()), F("pk"), Cast(F(model.NUMBER), CharField()), named=False)
        )
    found = asked[0].union(*asked[1:], all=True).order_by() if asked else []
    return {(kind, pk): number for kind, pk, number in found}


def _happened(entry: ChangeHistory, number: str) -> Happened:
    model = recorded()[entry.model].model
    status = (entry.changes.get("status") or [None, None])[1]
    labels = dict(model._meta.get_field("status").choices)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.row_id])
    what = str(labels[status]) if status in labels else str(What(entry.what).label)
    return Happened(number, url, what, tone_of(status or ""), who(entry), entry.happened_at)
