"""The recorded changes, as tests look at them."""

from django.db import models

from inventory_project.models import ChangeHistory


def newest_id() -> int:
    """The id of the last change so far, 0 if there is none."""
    return ChangeHistory.objects.order_by("-id").values_list("id", flat=True).first() or 0


def since(start: int, **conditions: object) -> list[ChangeHistory]:
    """The changes after one, in order."""
    return list(ChangeHistory.objects.filter(id__gt=start, **conditions).order_by("id"))


def of(row: models.Model, start: int = 0, **conditions: object) -> list[ChangeHistory]:
    """The changes of one row, in order."""
    return since(start, model=row._meta.label_lower, row_id=row.pk, **conditions)


def told(changes: list[ChangeHistory]) -> list[tuple[str, dict]]:
    return [(change.what, change.changes) for change in changes]
