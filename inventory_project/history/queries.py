"""Reading the history of changes: only what the reader may see of the records themselves."""

from functools import cache

from django.contrib import admin
from django.db.models import Q, QuerySet

from inventory_project.base.api.router import prefixes
from inventory_project.models import ChangeHistory

from .tables import Recorded, recorded

SEE_ALL = "inventory_project.view_changehistory"


def view_permission(of: Recorded) -> str:
    """The permission that shows the records themselves."""
    return f"{of.model._meta.app_label}.view_{of.model._meta.model_name}"


def kinds_seen_by(user) -> list[str]:
    """The kinds of record of which the person may see changes: those that they may look at."""
    return [label for label, of in recorded().items() if user.has_perm(view_permission(of))]


def changes_seen_by(user) -> QuerySet[ChangeHistory]:
    """The changes of all records that the person may look at."""
    kinds = kinds_seen_by(user)
    everything = ChangeHistory.objects.all()
    return everything if len(kinds) == len(recorded()) else everything.filter(model__in=kinds)


def changes_of(of: Recorded, row_id: int | None, user, *, part_of: int | None = None) -> QuerySet[ChangeHistory]:
    """The changes of one record and of its parts. Records without a number go by whose part they are."""
    if row_id is None:
        return ChangeHistory.objects.filter(model=of.label, parent_id=part_of)
    parts = Q(parent_model=of.label, parent_id=row_id, model__in=kinds_seen_by(user))
    return ChangeHistory.objects.filter(Q(model=of.label, row_id=row_id) | parts)


@cache
def _guards() -> dict[tuple[str, str], set[str]]:
    """(kind of record, field) -> the permissions that show it, as the back office and the API declare them."""
    found: dict[tuple[str, str], set[str]] = {}

    def note(model, name: str, permission: str) -> None:
        found.setdefault((model._meta.label_lower, name), set()).add(permission)

    for model, model_admin in admin.site._registry.items():
        for name, permission in getattr(model_admin, "needs", {}).items():
            note(model, name, permission)
        for inline in model_admin.inlines:
            for name, permission in getattr(inline, "needs", {}).items():
                note(inline.model, name, permission)
    for viewset in prefixes().values():
        for name, guard in getattr(viewset.serializer_class.Meta, "guarded", {}).items():
            note(viewset.queryset.model, name, guard.permission)
    return found


def hidden_columns(user) -> set[tuple[str, str]]:
    """(kind of record, column) of what the person may not see. What only blind counts hide is hidden of all counts."""
    hidden = set()
    for (label, name), permissions in _guards().items():
        if label in recorded() and not user.has_perms(permissions):
            field = next((f for f in recorded()[label].fields if f.name == name), None)
            hidden |= {(label, field.column)} if field else set()
    return hidden
