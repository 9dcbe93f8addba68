"""The list of all changes in the back office: read and searched, and changed by nobody."""

import re
from collections import defaultdict
from functools import reduce
from operator import or_

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import CharField, F, Q, QuerySet, Value
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import DayRangeFilter, RecordAdmin, RelatedFilter
from inventory_project.base.fields import KeyField, fold
from inventory_project.base.models import Document
from inventory_project.models import ChangeHistory

from .queries import changes_seen_by, hidden_columns, kinds_seen_by
from .showing import label_of, show
from .tables import Recorded, recorded

OUR_IDS = re.compile(r"(req|cmd)_[0-9a-f]{4,}", re.ASCII)


class KindFilter(SimpleListFilter):
    """Of which kind of record."""

    title = _("kind of record")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return sorted(((kind, label_of(kind)) for kind in kinds_seen_by(request.user)), key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in kinds_seen_by(request.user):
            raise IncorrectLookupParameters(self.value())
        return queryset.filter(model=self.value())


def _named(of: Recorded, term: str) -> QuerySet | None:
    """The records that are called so: by number, code or SKU; None for kinds that have no such name."""
    if issubclass(of.model, Document):
        return of.model._base_manager.filter(**{of.model.NUMBER: term.upper()})
    keys = [field for field in of.model._meta.concrete_fields if isinstance(field, KeyField)]
    if not keys or not of.has_id:
        return None
    return of.model._base_manager.filter(reduce(or_, (Q(**{key.name: fold(term)}) for key in keys)))


def changes_of_named(term: str, kinds: list[str]) -> Q:
    """The changes of the records that are called so, and of their parts. The records are asked for first, in one
    statement: their numbers are found by the indexes of the history, a subquery for each kind would be by none."""
    asked = [
        rows.order_by().values_list(Value(kind, CharField()), F("pk"))
        for kind in kinds
        if (rows := _named(recorded()[kind], term)) is not None
    ]
    ids = defaultdict(list)
    for kind, pk in asked[0].union(*asked[1:], all=True).order_by() if asked else ():
        ids[kind].append(pk)
    found = [Q(model=kind, row_id__in=pks) | Q(parent_model=kind, parent_id__in=pks) for kind, pks in ids.items()]
    return reduce(or_, found, Q(pk__in=[]))


@admin.register(ChangeHistory)
class ChangeHistoryAdmin(RecordAdmin):
    list_display = ("when", "who", "through", "record", "happened", "changed")
    list_filter = (KindFilter, "what", "door", ("actor", RelatedFilter), ("happened_at", DayRangeFilter))
    list_select_related = ("actor",)
    search_fields = ("request_id",)
    search_help_text = _("Number, code or SKU of a record, or the id of a request or command")
    ordering = ("-id",)
    sortable_by = ()
    page_note = _("Written by the database with every change, whichever way it comes in. Nobody can edit it.")

    def get_queryset(self, request):
        return changes_seen_by(request.user)

    def get_search_results(self, request, queryset, search_term):
        term = search_term.replace("\0", "").strip()[:100]
        if not term:
            return queryset, False
        if OUR_IDS.fullmatch(term):
            return queryset.filter(request_id=term), False
        return queryset.filter(changes_of_named(term, kinds_seen_by(request.user))), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        for row, shown in zip(rows, show(rows, hidden_columns(request.user)), strict=True):
            row.shown = shown
        changelist.result_list = rows
        return changelist

    @admin.display(description=_("when"))
    def when(self, change):
        return change.happened_at

    @admin.display(description=_("who"))
    def who(self, change):
        return change.shown.who

    @admin.display(description=_("through"))
    def through(self, change):
        if not change.request_id:
            return change.shown.door
        return format_html(
            '{} <a href="?q={}"><code>{}</code></a>', change.shown.door, change.request_id, change.request_id
        )

    @admin.display(description=_("record"))
    def record(self, change):
        shown = change.shown
        if not shown.url:
            return f"{shown.kind} {shown.record}"
        return format_html('{} <a href="{}">{}</a>', shown.kind, shown.url, shown.record)

    @admin.display(description=_("what"))
    def happened(self, change):
        return change.shown.what_label

    @admin.display(description=_("fields"))
    def changed(self, change):
        return render_to_string("admin/changed_fields.html", {"fields": change.shown.fields})
