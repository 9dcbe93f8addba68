"""Changes at the API: /api/v1/changes/ for all of them, /api/v1/<records>/<id>/history/ for those of one record."""

from collections.abc import Mapping
from typing import ClassVar

from django.db.models import QuerySet
from django.urls import re_path
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from inventory_project.base.api import values
from inventory_project.base.api.fields import StrictBigInteger, StrictDateTime, StrictText
from inventory_project.base.api.pagination import terms_of
from inventory_project.base.api.router import prefixes
from inventory_project.base.api.views import ApiViewSet
from inventory_project.base.door import Door
from inventory_project.models import ChangeHistory, What

from .queries import SEE_ALL, changes_of, changes_seen_by, hidden_columns, view_permission
from .showing import told
from .tables import Recorded, recorded

SHOWN = ("id", "happened_at", "actor", "door", "request_id", "model", "row_id", "parent_model", "parent_id", "what")
PAGES = {"limit": values.INTEGER, "cursor": values.TEXT, "count": values.TRUTH}
KIND = values.Kind(values.choice(list(recorded())), {"type": "string", "enum": list(recorded())})
DOOR = values.Kind(values.choice(Door.values), {"type": "string", "enum": Door.values})
WHAT = values.Kind(values.choice(What.values), {"type": "string", "enum": What.values})
FILTERS: dict[str, tuple[values.Kind, str]] = {
    "model": (KIND, "model"),
    "record": (values.ID, "row_id"),
    "user": (values.ID, "actor"),
    "door": (DOOR, "door"),
    "what": (WHAT, "what"),
    "request_id": (values.TEXT, "request_id"),
    "since": (values.INSTANT, "happened_at__gte"),
    "until": (values.INSTANT, "happened_at__lte"),
}


@extend_schema_field({"type": ["string", "number", "boolean", "array", "object", "null"]})
class AnyValue(serializers.JSONField):
    """A value as the record had it."""


class ChangedFieldSerializer(serializers.Serializer):
    """One field of a change. Both values are null where only the fact is recorded, as of passwords."""

    field = StrictText()
    old = AnyValue()
    new = AnyValue()


class ChangeActorSerializer(serializers.Serializer):
    """Whose change it was. The name is null once the account is deleted."""

    id = StrictBigInteger()
    username = StrictText(allow_null=True)


class ChangeSerializer(serializers.Serializer):
    """One change of one record."""

    id = StrictBigInteger()
    happened_at = StrictDateTime()
    actor = ChangeActorSerializer(allow_null=True, help_text="null: the system itself, or plain SQL.")
    door = serializers.CharField(help_text=", ".join(Door.values))
    request_id = StrictText(help_text="As in the header X-Request-ID; commands have one as well. May be empty.")
    model = StrictText(help_text="As in the names of permissions, for instance sales.order.")
    record = StrictBigInteger(allow_null=True)
    parent_model = StrictText(help_text="Of a line: the kind of record that it is a part of. Else empty.")
    parent = StrictBigInteger(allow_null=True)
    what = serializers.CharField(help_text=", ".join(What.values))
    changes = ChangedFieldSerializer(many=True)


class ChangePageSerializer(serializers.Serializer):
    """A page of changes, the newest first."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = StrictBigInteger(required=False, help_text="Only with ?count=true; at most 10000.")
    count_capped = serializers.BooleanField(required=False)
    results = ChangeSerializer(many=True)


class ChangeViewSet(ApiViewSet):
    """Changes, the newest first."""

    queryset = ChangeHistory.objects.all()
    serializer_class = ChangeSerializer
    output_class = ChangePageSerializer
    of: str = ""
    narrowed_by: ClassVar[Mapping[str, tuple[values.Kind, str]]] = FILTERS

    def feed(self, request) -> Response:
        """The changes of all records that you may see."""
        return self._page(changes_seen_by(request.user))

    def history(self, request, pk: str) -> Response:
        """The changes of one record and of its lines, also after it was deleted."""
        of = recorded()[self.of]
        found = changes_of(of, int(pk), request.user)
        if not found.exists() and not of.model._base_manager.filter(pk=pk).exists():
            self.not_found()
        return self._page(found)

    def _page(self, changes: QuerySet[ChangeHistory]) -> Response:
        asked = self.asked()
        changes = changes.filter(
            **{path: asked[name] for name, (_kind, path) in self.narrowed_by.items() if name in asked}
        )
        terms = terms_of(ChangeHistory, ["-id"])

        def read(backwards: bool, position: list[object] | None, most: int) -> list[dict[str, object]]:
            rows = changes
            if position is not None:
                rows = rows.filter(pk__gt=position[0]) if backwards else rows.filter(pk__lt=position[0])
            return list(rows.order_by("id" if backwards else "-id").values(*SHOWN, "changes")[:most])

        return self.paginator.page_of(
            read, self._shown, terms, self.request, **self.paginator.counted(changes, self.request)
        )

    def _shown(self, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        ids = {row["actor"] for row in rows} - {None}
        names = dict(User.objects.filter(pk__in=ids).values_list("pk", "username")) if ids else {}
        hidden = hidden_columns(self.request.user)
        return [_answer(row, names, hidden) for row in rows]


def _answer(row: dict[str, object], names: Mapping[int, str], hidden: set[tuple[str, str]]) -> dict[str, object]:
    changes = [
        {"field": field.name if field else column, "old": old, "new": new}
        for column, field, (old, new) in told(row["model"], row["changes"], hidden)
    ]
    actor = row["actor"]
    return {
        **{name: row[name] for name in ("id", "happened_at")},
        "actor": None if actor is None else {"id": actor, "username": names.get(actor)},
        **{name: row[name] for name in ("door", "request_id", "model")},
        "record": row["row_id"],
        "parent_model": row["parent_model"],
        "parent": row["parent_id"],
        "what": row["what"],
        "changes": changes,
    }


def _takes(*names: str) -> dict[str, values.Kind]:
    return {**PAGES, **{name: FILTERS[name][0] for name in names}}


def _of_record(prefix: str, of: Recorded):
    takes = _takes("user", "door", "what", "request_id", "since", "until")
    view = ChangeViewSet.as_view(
        {"get": "history"}, of=of.label, takes=takes, detail=True, required_perm=view_permission(of)
    )
    return re_path(rf"^{prefix}/(?P<pk>[0-9]{{1,18}})/history/?$", view, name=f"{prefix}-history")


urlpatterns = [
    re_path(
        r"^changes/?$",
        ChangeViewSet.as_view({"get": "feed"}, takes=_takes(*FILTERS), detail=False, required_perm=SEE_ALL),
        name="changes",
    ),
    *(
        _of_record(prefix, recorded()[viewset.queryset.model._meta.label_lower])
        for prefix, viewset in prefixes().items()
        if viewset.queryset.model._meta.label_lower in recorded()
    ),
]
