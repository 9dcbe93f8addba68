"""The history of one record in the back office: its own page, and the newest changes on the record's page."""

from itertools import groupby

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inventory_project.base.admin.listing import BoundedPaginator
from inventory_project.base.door import Door
from inventory_project.models import ChangeHistory

from .queries import changes_of, hidden_columns, kinds_seen_by
from .showing import Shown, label_of, show
from .tables import Recorded, recorded

PAGE = 50
NEWEST, LOOKED_THROUGH = 5, 40
MOST_LOOKED_AT = 1_000  # of the changes, to find out who there is to choose from


class HistoryForm(forms.Form):
    """What to show of a record's history."""

    user = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    field = forms.ChoiceField(label=_("Field"), required=False)
    door = forms.ChoiceField(label=_("Through"), required=False, choices=[("", _("everything")), *Door.choices])

    def __init__(self, data, *, people: list[tuple[int, str]], fields: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["user"].choices = [("", _("everybody")), *people]
        self.fields["field"].choices = [("", _("every field")), *fields]

    def narrow(self, changes: QuerySet[ChangeHistory]) -> QuerySet[ChangeHistory]:
        """Only what was asked for; a question that makes no sense asks for nothing."""
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("user"):
            changes = changes.filter(actor=asked["user"])
        if asked.get("field"):
            kind, column = asked["field"].rsplit(".", 1)
            changes = changes.filter(model=kind, changes__has_key=column)
        return changes.filter(door=asked["door"]) if asked.get("door") else changes


def _changes(row: models.Model, request: HttpRequest) -> QuerySet[ChangeHistory] | None:
    """The changes of a row, None for kinds that are not recorded."""
    of = recorded().get(row._meta.label_lower)
    if of is None:
        return None
    number, whole = (row.pk, None) if of.has_id else (None, getattr(row, of.parent.attname))
    return changes_of(of, number, request.user, part_of=whole).select_related("actor").order_by("-id")


def newest(request: HttpRequest, row: models.Model) -> list[tuple[Shown, int]]:
    """The last changes of a row, in one query: references are not named, and what was done to many lines at once
    comes with their number."""
    changes = _changes(row, request)
    if changes is None:
        return []
    shown = show(changes[:LOOKED_THROUGH], hidden_columns(request.user), with_names=False)
    alike = groupby(shown, key=lambda each: (each.request_id or each.id, each.who, each.kind, each.what))
    found = [(group[0], len(group)) for _key, members in alike if (group := list(members))]
    return found[:NEWEST]


def _fields(of: Recorded, user) -> list[tuple[str, str]]:
    """The fields to choose from: the record's own, and those of its parts."""
    hidden, seen = hidden_columns(user), kinds_seen_by(user)
    parts = [each for each in recorded().values() if each.parent and each.parent.related_model is of.model]
    choices = []
    for each in [of, *(part for part in parts if part.label in seen)]:
        whose = "" if each is of else f"{label_of(each.label)}: "
        for field in (*each.fields, *each.secret):
            if (each.label, field.column) not in hidden and (each.has_id or field not in each.secret):
                choices.append((f"{each.label}.{field.column}", f"{whose}{capfirst(str(field.verbose_name))}"))
    return choices


def history_page(request: HttpRequest, model_admin, object_id: str) -> HttpResponse:
    """Everything that became of one record, the newest first."""
    row = model_admin.get_object(request, unquote(object_id))
    if row is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    changes = _changes(row, request)
    context = {**model_admin.admin_site.each_context(request), **_frame(model_admin, row), "is_recorded": False}
    if changes is not None:
        context |= _listed(request, recorded()[row._meta.label_lower], changes)
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/object_history.html", context)


def _frame(model_admin, row: models.Model) -> dict[str, object]:
    return {"title": _("History: %(row)s") % {"row": row}, "object": row, "opts": model_admin.opts}


def _listed(request: HttpRequest, of: Recorded, changes: QuerySet[ChangeHistory]) -> dict[str, object]:
    looked_at = changes.order_by("-id").values("actor")[:MOST_LOOKED_AT]
    people = [(user.pk, str(user)) for user in User.objects.filter(pk__in=looked_at).order_by("username_key")]
    form = HistoryForm(request.GET, people=people, fields=_fields(of, request.user))
    page = BoundedPaginator(form.narrow(changes), PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    return {
        "is_recorded": True,
        "form": form,
        "page": page,
        "changes": show(page.object_list, hidden_columns(request.user)),
        "query": query.urlencode(),
        "is_narrowed": any(request.GET.get(name) for name in form.fields),
    }
