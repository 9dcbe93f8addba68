"""What may be done, by name, and who may do it: roles hold names and patterns, users have roles.

A pattern such as `stock.*` covers many permissions; one with `!` in front takes some out of the same role again.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from inventory_project.base.caching import MINUTE, Shelf

HELD: Shelf[list[tuple[str, ...]]] = Shelf("roles", tables=["role", "user_role"], seconds=MINUTE)
"""What the roles of each user hold, by the user's id."""
APPS = ("accounts", "catalog", "stock", "sales", "billing", "inventory_project")
EXCEPT = "!"


@cache
def known_permissions() -> frozenset[str]:
    """Every permission that exists: view, add, change, delete of each model, each act, export, each extra of a Meta."""
    names = set()
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            options = model._meta
            steps = {*options.default_permissions, *further_steps(model)}
            names |= {f"{app}.{step}_{options.model_name}" for step in steps}
            names |= {f"{app}.{codename}" for codename, _label in options.permissions}
    return frozenset(names)


def further_steps(model: type[models.Model]) -> list[str]:
    """What may be done to records of the model besides viewing, adding, changing and deleting."""
    return [*getattr(model, "ACTS", {}), *(["export"] if getattr(model, "IS_EXPORTED", False) else [])]


def is_granted(permission: str, patterns: Iterable[str]) -> bool:
    """Whether one of the names or patterns covers the permission."""
    return any(fnmatchcase(permission, pattern) for pattern in patterns)


def expand(patterns: Iterable[str]) -> frozenset[str]:
    """The known permissions that the names and patterns of one role cover, without those that it takes out."""
    return _expanded(tuple(patterns))


@lru_cache(maxsize=500)
def _expanded(patterns: tuple[str, ...]) -> frozenset[str]:
    given = [pattern for pattern in patterns if not pattern.startswith(EXCEPT)]
    taken = [pattern.removeprefix(EXCEPT) for pattern in patterns if pattern.startswith(EXCEPT)]
    return frozenset(n for n in known_permissions() if is_granted(n, given) and not is_granted(n, taken))


def validate_permissions(value: object) -> None:
    """Refuse what is not a list of known names or of patterns that cover something, naming the first wrong one."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValidationError(_("Give a list of permission names."), code="invalid")
    for item in value:
        if not expand([item.removeprefix(EXCEPT)]):
            raise ValidationError(
                _("“%(name)s” is no known permission and no pattern that covers one."),
                code="unknown_permission",
                params={"name": item},
            )


class PermissionsFromRoles:
    """Mixin of the user model: the questions that Django, its admin and the API ask about a person's rights."""

    @cached_property
    def granted_permissions(self) -> frozenset[str]:
        """Every permission that the person has: what any of their roles gives. At most one query per request."""
        if self.is_superuser:
            return known_permissions()
        held = HELD.get(self.pk, lambda: [tuple(role) for role in self.roles.values_list("permissions", flat=True)])
        return frozenset().union(*map(expand, held))

    refused: tuple[str, ...] = ()
    """What was asked for in vain since something was last granted: it tells on a refusal what was missing."""

    def has_perm(self, perm: str, obj=None) -> bool:
        granted = self.is_active and perm in self.granted_permissions
        self.refused = () if granted else (*self.refused, perm)
        return granted

    def has_perms(self, perm_list: Iterable[str], obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(name.startswith(f"{app_label}.") for name in self.granted_permissions)

    def get_all_permissions(self, obj=None) -> frozenset[str]:
        return self.granted_permissions if self.is_active else frozenset()
