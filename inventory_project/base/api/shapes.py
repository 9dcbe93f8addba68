"""Which columns make up a record in the API, worked out once per serializer, and which of them a request wants."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from inventory_project.base.discretion import SEE_COST

from .exceptions import InvalidParameters, MissingPermission, parameter_error
from .router import serializer_of

DEEPEST = 2


@dataclass(frozen=True)
class Nested:
    """Lines that belong to a record."""

    shape: "Shape"
    parent: str


@dataclass(frozen=True)
class Guard:
    """A column that needs a permission to be seen; with `flag`, only where that column of the row is true."""

    permission: str
    flag: str = ""


COST = Guard(SEE_COST)


@dataclass(frozen=True)
class Shape:
    """The fields of a serializer, sorted by what has to be done to read them."""

    model: type[models.Model]
    names: tuple[str, ...]
    columns: frozenset[str]
    files: frozenset[str]
    computed: dict[str, tuple[str, ...]]
    nested: dict[str, Nested]
    expandable: frozenset[str]
    guarded: dict[str, Guard]

    @property
    def version(self) -> str:
        """The column that says whether a record has changed; the ledger's never do."""
        return "updated_at" if any(f.name == "updated_at" for f in self.model._meta.concrete_fields) else "created_at"


@cache
def shape_of(serializer_class: type[serializers.ModelSerializer]) -> Shape:
    """What a serializer says about reading."""
    meta = serializer_class.Meta
    concrete = {f.name: f for f in meta.model._meta.concrete_fields}
    shown = {name: f for name, f in serializer_class().fields.items() if not f.write_only}
    nested = {
        name: Nested(shape_of(f.child.__class__), meta.model._meta.get_field(name).field.name)
        for name, f in shown.items()
        if isinstance(f, serializers.ListSerializer)
    }
    computed = {name: columns for name, columns in getattr(meta, "computed", {}).items() if name in shown}
    return Shape(
        model=meta.model,
        names=tuple(shown),
        columns=frozenset(name for name in shown if name in concrete),
        files=frozenset(name for name in shown if isinstance(concrete.get(name), models.FileField)),
        computed=computed,
        nested=nested,
        expandable=frozenset(getattr(meta, "expandable", ())) | frozenset(nested),
        guarded=dict(getattr(meta, "guarded", {})),
    )


@dataclass(frozen=True)
class Selection:
    """What one request wants to see of a shape, and may."""

    shape: Shape
    names: tuple[str, ...]
    expand: "dict[str, Selection]" = field(default_factory=dict)
    masked: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """What has to be read from the table, the fields that are shown first."""
        shape = self.shape
        shown = [name for name in self.names if name in shape.columns and name not in self.blank]
        needed = [column for name in self.computed for column in shape.computed[name]]
        flags = [flag for _name, flag in self.flagged]
        return list(dict.fromkeys([*shown, *needed, *flags, *(["id"] if self.nested else [])]))

    @property
    def computed(self) -> list[str]:
        """The fields that the model works out."""
        return [name for name in self.names if name in self.shape.computed and name not in self.blank]

    @property
    def blank(self) -> set[str]:
        """The fields that are shown as null whatever the row."""
        return {name for name in self.masked if not self.shape.guarded[name].flag}

    @property
    def flagged(self) -> list[tuple[str, str]]:
        """The fields that are shown as null where a column of the row is true."""
        return [(name, self.shape.guarded[name].flag) for name in self.masked if self.shape.guarded[name].flag]

    @property
    def nested(self) -> list[tuple[str, Nested]]:
        """The lines to read as well."""
        return [(name, self.shape.nested[name]) for name in self.names if name in self.shape.nested]

    @property
    def references(self) -> list[str]:
        """The references to replace by the record."""
        return [name for name in self.expand if name in self.names and name not in self.shape.nested]


def select(serializer_class, user, *, fields: str | None = None, expand: str | None = None, detail: bool) -> Selection:
    """Turn `?fields=` and `?expand=` into a selection. Unknown names are refused, listing the known ones."""
    shape = shape_of(serializer_class)
    tree = _tree(expand)
    names = shape.names
    if fields is not None:
        names = tuple(dict.fromkeys(fields.split(",")))
        _refuse_unknown("fields", names, shape.names)
    elif not detail:
        names = tuple(name for name in names if name not in shape.nested or name in tree)
    tree |= {name: tree.get(name, {}) for name in names if name in shape.nested}
    return _selection(shape, user, names, tree, path="")


def _selection(shape: Shape, user, names, tree: dict[str, dict], path: str) -> Selection:
    _refuse_unknown("expand", [path + name for name in tree], [path + name for name in sorted(shape.expandable)])
    expanded = {}
    for name, inner in tree.items():
        if name in shape.nested:
            target = shape.nested[name].shape
        else:
            model = shape.model._meta.get_field(name).related_model
            permission = f"{model._meta.app_label}.view_{model._meta.model_name}"
            if not user.has_perm(permission):
                raise MissingPermission(permission)
            target = shape_of(serializer_of(model))
        inner_names = tuple(n for n in target.names if n not in target.nested or n in inner)
        expanded[name] = _selection(target, user, inner_names, inner, f"{path}{name}.")
    masked = frozenset(n for n, guard in shape.guarded.items() if n in names and not user.has_perm(guard.permission))
    return Selection(shape, tuple(names), expanded, masked)


def _tree(expand: str | None) -> dict[str, dict]:
    tree: dict[str, dict] = {}
    for path in expand.split(",") if expand else ():
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise InvalidParameters(
                parameter_error("expand", _("“%(path)s” goes deeper than two levels.") % {"path": path}, "too_deep")
            )
        branch = tree
        for step in steps:
            branch = branch.setdefault(step, {})
    return tree


def _refuse_unknown(parameter: str, names: Iterable[str], allowed: Collection[str]) -> None:
    unknown = [name for name in names if name not in allowed]
    if unknown:
        message = _("“%(name)s” is not one of: %(allowed)s.") % {
            "name": unknown[0],
            "allowed": ", ".join(allowed) or _("(nothing)"),
        }
        raise InvalidParameters(parameter_error(parameter, message, "unknown_value", allowed=list(allowed)))
