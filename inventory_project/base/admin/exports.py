"""A list as CSV: the rows that the list shows, all pages of it, in one query that is read as it is sent."""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import batched
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse

from inventory_project.base.clock import today
from inventory_project.base.fields import KeyField
from inventory_project.base.replicas import replica_for
from inventory_project.base.spreadsheets import BYTE_ORDER_MARK, safe

ROWS_AT_ONCE, ROWS_AT_A_TIME = 2_000, 500  # read, and sent
CODES = ("sku", "code", "number", "username", "name")  # what names a record, the first that it has

NOT_EXPORTED = (KeyField, models.FileField, models.JSONField)


class Uncounted(Paginator):
    """For a list of which every row is read."""

    count = 0


class GivesExports:
    """Mixin of the admin classes: “Export” on the lists of models that are exported, for those who may."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        name = f"{self.opts.app_label}.export_{self.opts.model_name}"
        return getattr(self.model, "IS_EXPORTED", False) and request.user.has_perm(name)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        mine = [path("export/", self.admin_site.admin_view(self.export_view), name=name)]
        return [*(mine if getattr(self.model, "IS_EXPORTED", False) else []), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows of the list with these filters, search and order."""
        if not (self.has_view_permission(request) and self.has_export_permission(request)):
            raise PermissionDenied
        columns = self._exported(request)
        try:
            rows = self.get_changelist_instance(request).queryset.using(replica_for(request.user.pk))
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self.list_url}?{ERROR_FLAG}=1")
        name = f"{self.opts.model_name}-{today().isoformat()}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        lines = _lines(list(columns), rows.values_list(*columns.values()))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    @staticmethod
    def is_export(request: HttpRequest) -> bool:
        return str(getattr(request.resolver_match, "url_name", "")).endswith("_export")

    def get_paginator(self, request, queryset, per_page, *args, **kwargs):
        if self.is_export(request):
            return Uncounted(queryset, per_page)
        return super().get_paginator(request, queryset, per_page, *args, **kwargs)

    def export_url(self, request: HttpRequest) -> str:
        """The address of the file with the rows that the list shows now; '' for those who may not have it."""
        if not self.has_export_permission(request):
            return ""
        query = request.GET.urlencode()
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        return f"{url}?{query}" if query else url

    def _exported(self, request: HttpRequest) -> dict[str, str]:
        """The heading of each column and where its values are found; relations are named by their code."""
        found = {}
        for field in self.opts.concrete_fields:
            if isinstance(field, NOT_EXPORTED) or not self._may_see(request, field.name):
                continue
            found[field.name] = f"{field.name}__{code_of(field.related_model)}" if field.is_relation else field.name
        return found


def code_of(model: type[models.Model]) -> str:
    """The column by which people know a record of the model."""
    names = {field.name for field in model._meta.concrete_fields}
    return getattr(model, "NUMBER", None) or next((name for name in CODES if name in names), "pk")


def _lines(headings: list[str], rows: models.QuerySet) -> Iterator[str]:
    """The file, some rows at a time: each piece passes through everything that stands between here and the browser."""
    file = io.StringIO(BYTE_ORDER_MARK)
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    writer.writerow(headings)
    for some in batched(rows.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_A_TIME):
        writer.writerows([[_cell(value) for value in row] for row in some])
        yield file.getvalue()
        file.seek(0)
        file.truncate()
    yield file.getvalue()


def _instant(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _cell(value: object) -> object:
    """The value as the file has it; numbers, and what is not there, the writer itself knows how to write."""
    write = WRITTEN.get(type(value))
    return write(value) if write else safe(str(value))


WRITTEN: dict[type, Callable[[Any], object]] = {
    type(None): lambda value: value,
    int: lambda value: value,
    Decimal: lambda value: value,
    bool: lambda value: "true" if value else "false",
    str: safe,
    datetime.datetime: _instant,
    datetime.date: datetime.date.isoformat,
}
