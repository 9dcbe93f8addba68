"""Ids of rows that exist, in the place of the arbitrary ones that a generator thinks of."""

from collections.abc import Iterable

from django.db import models

from accounts.models import User
from tests.api_client import MODELS

LEFT_ALONE = 7
"""Every so many numbers stay as they were: rows that do not exist are part of life."""


def _targets() -> dict[str, type[models.Model]]:
    """Which kind of record a field of that name refers to."""
    found = {}
    for model in MODELS.values():
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model in MODELS.values():
                found.setdefault(field.name, field.related_model)
    return found


class RealIds:
    """The ids in the database as it is when this is made, but for the `callers`: signed out, they could not call."""

    def __init__(self, callers: Iterable[User] = ()) -> None:
        self.ids = {m: list(m._base_manager.order_by("pk").values_list("pk", flat=True)) for m in MODELS.values()}
        self.ids[User] = [pk for pk in self.ids[User] if pk not in {caller.pk for caller in callers}]
        self.targets = _targets()

    def put_into(self, case) -> None:
        """Let what a case says about records be about real ones."""
        prefix = case.path.split("/")[3]
        if "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = self._of(MODELS[prefix], case.path_parameters["id"])
        if isinstance(case.query, dict):
            case.query.update({name: self._named(name, value) for name, value in case.query.items()})
        if isinstance(case.body, dict):
            case.body = self._inside(case.body)

    def _inside(self, value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: self._inside(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self._inside(part, name) for part in value]
        return self._named(name, value)

    def _named(self, name: str, value: object) -> object:
        target = self.targets.get(name)
        return self._of(target, value) if target else value

    def _of(self, model: type[models.Model], value: object) -> object:
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        known = self.ids[model]
        if not known or isinstance(value, bool) or not isinstance(value, int) or value % LEFT_ALONE == 3:
            return value
        return known[value % len(known)]
