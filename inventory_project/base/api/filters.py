"""What lists can be narrowed down by: declared columns, each with the comparisons of its kind. Typos are told."""

from collections.abc import Callable, Iterable
from functools import cache, partial

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django_filters import Filter, FilterSet

from ..fields import KeyField, fold
from ..searching import matching
from . import values
from .exceptions import InvalidParameters, MissingPermission, parameter_error
from .shapes import shape_of

MOST_VALUES = 200
LONGEST_SEARCH = 200
MOST_WORDS = 10
MOST_TERMS = 3

COMMON = ("id", "created_at", "updated_at")


class ValueField(forms.Field):
    """One value, or several with commas between, as `parse` understands them."""

    def __init__(self, *, parse: Callable[[str], object], many: bool = False, **kwargs) -> None:
        super().__init__(**kwargs)
        self.parse, self.many = parse, many

    def clean(self, value: str | None) -> object:
        if value is None:
            return None
        if not self.many:
            return self.parse(value)
        parts = value.split(",")
        if len(parts) > MOST_VALUES:
            raise ValidationError(_("At most %(most)d values.") % {"most": MOST_VALUES})
        return [self.parse(part) for part in parts]


class ValueFilter(Filter):
    """A comparison of one column. `schema` describes the value to readers of the OpenAPI page."""

    field_class = ValueField

    def __init__(self, field_name: str, lookup_expr: str = "exact", *, schema: dict, **kwargs) -> None:
        self.schema = schema
        super().__init__(field_name, lookup_expr, **kwargs)


class ApiFilterSet(FilterSet):
    """Filters of one list: `Meta.fields` names the columns, the names of the filters follow from their kinds."""

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        if cls._meta.model is None:
            return {}
        filters: dict[str, Filter] = {}
        for name in dict.fromkeys([*COMMON, *cls._meta.fields]):
            filters |= filters_for(cls._meta.model, name)
        return filters | cls.declared_filters


def filters_for(model: type[models.Model], name: str) -> dict[str, Filter]:
    """The filters of one column: exact and `__in`, `_min`/`_max`, `_since`/`_until`, `__isnull`."""
    ledger = name == "updated_at" and not _has(model, name)
    field = model._meta.get_field("created_at" if ledger else name)
    kind = values.kind_of(field)
    make = partial(ValueFilter, field.name, schema=kind.schema, parse=kind.parse)
    if kind.is_time:
        stem = name.removesuffix("_at").removesuffix("_on")
        filters = {f"{stem}_since": make("gte"), f"{stem}_until": make("lte")}
    else:
        filters = _equal(model, field, kind)
    if kind.is_number:
        filters |= {f"{name}_min": make("gte"), f"{name}_max": make("lte")}
    if field.null:
        truth = values.TRUTH
        filters[f"{name}__isnull"] = ValueFilter(field.name, "isnull", schema=truth.schema, parse=truth.parse)
    return filters


def _equal(model: type[models.Model], field: models.Field, kind: values.Kind) -> dict[str, Filter]:
    """Exact and one of several. Codes are compared as their uniqueness is decided, without regard to case."""
    column, parse = field.name, kind.parse
    for key in model._meta.concrete_fields:
        if isinstance(key, KeyField) and key.source == field.name:
            column, parse = key.name, fold
    several = {"type": "array", "items": kind.schema}
    filters = {field.name: ValueFilter(column, schema=kind.schema, parse=parse)}
    if kind is not values.TRUTH:
        filters[f"{field.name}__in"] = ValueFilter(column, "in", schema=several, parse=parse, many=True)
    return filters


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


@cache
def filterset_of(view_class: type) -> type[ApiFilterSet]:
    """The filters that a viewset declares, as `filterset_class` or as `filterset_fields`."""
    declared = getattr(view_class, "filterset_class", None)
    if declared:
        return declared

    class Filters(ApiFilterSet):
        class Meta:
            model = view_class.queryset.model
            fields = view_class.filterset_fields

    return Filters


class ApiFilterBackend:
    """Filters and search of the lists."""

    def filter_queryset(self, request, queryset: models.QuerySet, view) -> models.QuerySet:
        filters = filterset_of(view.__class__)
        given = request.query_params.keys() & filters.base_filters.keys()
        if given:
            self._refuse_guarded(request, view, [filters.base_filters[name].field_name for name in given])
            filterset = filters(data=request.query_params, queryset=queryset, request=request)
            if not filterset.is_valid():
                raise InvalidParameters(*self._errors(filterset.errors))
            queryset = filterset.qs
        if "search" in request.query_params:
            queryset = queryset.filter(_search(view, request.query_params["search"]))
        return queryset

    def _errors(self, found: forms.utils.ErrorDict) -> Iterable[dict[str, object]]:
        for name, errors in found.as_data().items():
            for error in errors:
                allowed = (error.params or {}).get("allowed")
                facts = {"allowed": allowed} if allowed else {}
                yield parameter_error(name, " ".join(error.messages), error.code or "invalid", **facts)

    def _refuse_guarded(self, request, view, names: Iterable[str]) -> None:
        """What may not be seen can't be asked about either."""
        guarded = shape_of(view.serializer_class).guarded
        for name in names:
            if name in guarded and not request.user.has_perm(guarded[name].permission):
                raise MissingPermission(guarded[name].permission)

    def get_schema_operation_parameters(self, view) -> list[dict]:
        """The parameters, for the OpenAPI description."""
        view = view.lists or view.__class__
        named = {name: f.schema for name, f in filterset_of(view).base_filters.items()}
        if view.search_fields:
            named["search"] = {"type": "string", "maxLength": LONGEST_SEARCH}
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            | ({"explode": False, "style": "form"} if schema.get("type") == "array" else {})
            for name, schema in sorted(named.items())
        ]


def _search(view, text: str) -> Q:
    """Every word of the text is in one of the list's fields."""
    words = text.split()
    if len(text) > LONGEST_SEARCH or len(words) > MOST_WORDS:
        message = _("Search for at most %(words)d words and %(letters)d letters.") % {
            "words": MOST_WORDS,
            "letters": LONGEST_SEARCH,
        }
        raise InvalidParameters(parameter_error("search", message, "too_long"))
    return matching(view.queryset.model, view.search_fields, words)


def order_of(view, request) -> list[str]:
    """The columns that the list is ordered by: `?ordering=`, else the viewset's own order."""
    text = request.query_params.get("ordering")
    if text is None:
        return list(view.ordering)
    names = text.split(",")
    allowed = [*COMMON[: 2 + _has(view.queryset.model, "updated_at")], *view.ordering_fields]
    wrong = [name for name in names if name.removeprefix("-") not in allowed]
    if wrong or len(names) > MOST_TERMS or len({name.removeprefix("-") for name in names}) < len(names):
        message = _("Order by up to %(most)d of: %(allowed)s; with - in front, downwards.") % {
            "most": MOST_TERMS,
            "allowed": ", ".join(allowed),
        }
        raise InvalidParameters(parameter_error("ordering", message, "unknown_value", allowed=allowed))
    ApiFilterBackend()._refuse_guarded(request, view, [name.removeprefix("-") for name in names])
    return names


def refuse_unknown(request, allowed: Iterable[str]) -> None:
    """Refuse parameters that nothing here reads, that come twice, or that are empty or unreadable."""
    allowed = sorted(allowed)
    errors = []
    for name, given in request.query_params.lists():
        if name not in allowed:
            listed = ", ".join(allowed) or _("(none)")
            message = _("There is no parameter “%(name)s” here. Allowed: %(allowed)s.")
            message %= {"name": name, "allowed": listed}
            errors.append(parameter_error(name, message, "unknown_parameter", allowed=allowed))
        elif len(given) > 1:
            errors.append(parameter_error(name, _("“%(name)s” is given twice.") % {"name": name}, "duplicate"))
        elif not given[0] or "\x00" in given[0]:
            errors.append(parameter_error(name, _("“%(name)s” has no value that can be read.") % {"name": name}))
    if errors:
        raise InvalidParameters(*errors)
