"""Pages by key: each page starts after the last row of the one before, however deep, whatever is written meanwhile."""

import base64
import datetime
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from .exceptions import InvalidParameters, parameter_error
from .rows import Row, fetch, finish
from .shapes import Selection

DEFAULT_LIMIT = 50
MOST = 200
COUNT_CAP = 10_000

# Reads so many rows: whether backwards, the position to start behind (None: at the first), how many.
type Read = Callable[[bool, list[object] | None, int], list[Row]]


@dataclass(frozen=True)
class Term:
    """One column of an order. Null counts as greater than every value, as PostgreSQL's indexes have it."""

    field: models.Field
    descending: bool

    @property
    def name(self) -> str:
        return self.field.name

    def expression(self, backwards: bool):
        descending = self.descending != backwards
        if not self.field.null:
            return F(self.name).desc() if descending else F(self.name).asc()
        return F(self.name).desc(nulls_first=True) if descending else F(self.name).asc(nulls_last=True)

    def after(self, value: object, backwards: bool) -> Q:
        """The rows that this column alone puts behind the value."""
        descending = self.descending != backwards
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if descending else Q(pk__in=[])
        if descending:
            return Q(**{f"{self.name}__lt": value})
        beyond = Q(**{f"{self.name}__gt": value})
        return beyond | Q(**{f"{self.name}__isnull": True}) if self.field.null else beyond

    def same(self, value: object) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


def terms_of(model: type[models.Model], names: list[str]) -> list[Term]:
    """The order that `names` ask for, made total by the primary key."""
    terms = []
    for name in names:
        bare = name.removeprefix("-")
        field = model._meta.pk if bare == "pk" else model._meta.get_field(bare)
        terms.append(Term(field, name.startswith("-")))
        if field.primary_key:
            return terms
    return [*terms, Term(model._meta.pk, bool(terms) and terms[-1].descending)]


def beyond(terms: list[Term], values: list[object], backwards: bool) -> Q:
    """The rows behind the one with these values. The leading bound is said twice so that an index can serve it."""
    condition = Q(pk__in=[])
    for index, term in enumerate(terms):
        level = term.after(values[index], backwards)
        for earlier in range(index):
            level &= terms[earlier].same(values[earlier])
        condition |= level
    lead = terms[0]
    if len(terms) == 1 or values[0] is None:
        return condition
    return (lead.after(values[0], backwards) | lead.same(values[0])) & condition


class KeysetPagination(BasePagination):
    """`?limit=` and an opaque `?cursor=`; `?count=true` counts, up to a cap."""

    def page(self, queryset, selection: Selection, terms: list[Term], request) -> Response:
        """One page of the queryset, as the answer to the request."""

        def read(backwards: bool, values: list[object] | None, most: int) -> list[Row]:
            rows = queryset if values is None else queryset.filter(beyond(terms, values, backwards))
            ordered = rows.order_by(*[term.expression(backwards) for term in terms])
            return fetch(ordered[:most], selection, also=[term.name for term in terms])

        return self.page_of(
            read,
            lambda raw: finish(raw, selection, request.build_absolute_uri),
            terms,
            request,
            **self.counted(queryset, request),
        )

    def page_of(self, read: Read, show: Callable[[list[Row]], list], terms: list[Term], request, **more) -> Response:
        """One page of whatever `read` finds: so many rows behind a position, each with the columns of `terms`.

        `show` makes of the rows what is answered; `more` goes into the answer beside them.
        """
        limit = self._limit(request)
        backwards, values = self._position(request, terms)
        raw = read(backwards, values, limit + 1)
        beyond_page, raw = len(raw) > limit, raw[:limit]
        if backwards:
            raw.reverse()
        has_next = (backwards or beyond_page) and bool(raw)
        has_previous = (beyond_page if backwards else values is not None) and bool(raw)
        ends = [[row[term.name] for term in terms] for row in (raw[0], raw[-1])] if raw else None
        here = request.build_absolute_uri()
        links = {
            "next": self._link(here, terms, ends[1], False) if has_next else None,
            "previous": self._link(here, terms, ends[0], True) if has_previous else None,
        }
        return Response({**links, **more, "results": show(raw)}, headers=self._header(links))

    def _limit(self, request) -> int:
        text = request.query_params.get("limit", str(DEFAULT_LIMIT))
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
            message = _("limit must be a number from 1 to %(most)d.") % {"most": MOST}
            raise InvalidParameters(parameter_error("limit", message, "out_of_range"))
        return int(text)

    def counted(self, queryset, request) -> dict[str, object]:
        """The number of records, if it was asked for."""
        wanted = request.query_params.get("count", "false")
        if wanted not in ("true", "false"):
            raise InvalidParameters(
                parameter_error("count", _("count must be true or false."), allowed=["true", "false"])
            )
        if wanted == "false":
            return {}
        found = queryset.order_by()[: COUNT_CAP + 1].count()
        return {"count": min(found, COUNT_CAP), "count_capped": found > COUNT_CAP}

    def _position(self, request, terms: list[Term]) -> tuple[bool, list[object] | None]:
        text = request.query_params.get("cursor")
        if text is None:
            return False, None
        try:
            backwards, order, values = msgspec.json.decode(
                base64.urlsafe_b64decode(text.encode() + b"=="), type=tuple[bool, str, list[str | None]], strict=True
            )
            if order != _signature(terms) or any("\x00" in value for value in values if value):
                raise ValueError("not made here, or for another order")
            return backwards, [_parsed(t, v) for t, v in zip(terms, values, strict=True)]
        except (ValueError, ArithmeticError, ValidationError, msgspec.DecodeError) as error:
            message = _("This cursor belongs to another list or order. Start again without it.")
            raise InvalidParameters(parameter_error("cursor", message)) from error

    def _link(self, here: str, terms: list[Term], values: list[object], backwards: bool) -> str:
        texts = [None if value is None else _text(value) for value in values]
        packed = msgspec.json.encode((backwards, _signature(terms), texts))
        cursor = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
        return replace_query_param(remove_query_param(here, "count"), "cursor", cursor)

    def _header(self, links: dict[str, str | None]) -> dict[str, str]:
        relations = {"next": "next", "previous": "prev"}
        found = [f'<{links[name]}>; rel="{relation}"' for name, relation in relations.items() if links[name]]
        return {"Link": ", ".join(found)} if found else {}

    # What the OpenAPI description asks.

    def get_paginated_response_schema(self, schema: dict) -> dict:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": address,
                "previous": address,
                "count": {"type": "integer", "description": "Only with ?count=true; at most 10000."},
                "count_capped": {"type": "boolean", "description": "Whether there are more than were counted."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}),
            _parameter("cursor", {"type": "string"}, "From “next” or “previous”."),
            _parameter("count", {"type": "boolean", "default": False}, "Count the records too, up to 10000."),
        ]


def _parameter(name: str, schema: dict, description: str = "") -> dict:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _signature(terms: list[Term]) -> str:
    return ",".join(f"-{term.name}" if term.descending else term.name for term in terms)


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _parsed(term: Term, text: str | None) -> object:
    field = term.field.target_field if term.field.is_relation else term.field
    if isinstance(field, models.GeneratedField):
        field = field.output_field
    value = None if text is None else field.to_python(text)
    # At the ends of the calendar there are instants that are none in UTC.
    return value.astimezone(datetime.UTC) if isinstance(value, datetime.datetime) else value
