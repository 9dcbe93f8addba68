"""Pages made to be printed: A4 sheets of a document's lines, one document or several in one go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from .columns import change_url
from .listing import is_id
from .offers import Button

MOST_SHEETS = 50


@dataclass(frozen=True)
class Sheet:
    """What a printed page says: who and where above, a table, and what is signed below."""

    title: object
    facts: Sequence[tuple[object, object]]
    headings: Sequence[object]
    rows: Sequence[Sequence[object]]
    numbers: frozenset[int] = frozenset()  # the columns that are right-aligned
    sums: Sequence[tuple[object, object]] = ()
    note: object = ""
    signed: Sequence[object] = ()

    @property
    def lines(self) -> list[list[tuple[object, bool]]]:
        return [[(cell, index in self.numbers) for index, cell in enumerate(row)] for row in self.rows]

    @property
    def head(self) -> list[tuple[object, bool]]:
        return [(text, index in self.numbers) for index, text in enumerate(self.headings)]


def ids_in(request: HttpRequest, most: int) -> list[int]:
    """The rows that the address names, as in `?ids=3,5`."""
    return [int(part) for part in request.GET.get("ids", "").split(",") if is_id(part)][:most]


def printed_together(
    model_admin, request: HttpRequest, queryset: models.QuerySet, page: str, most: int | None = None
) -> HttpResponse | None:
    """Go to the page that prints the rows in one go: an address of its own, to be opened again."""
    most = most or MOST_SHEETS
    rows = list(queryset.order_by("pk").values_list("pk", flat=True)[: most + 1])
    if len(rows) > most:
        text = _("At most %(most)d can be printed at once. Nothing was printed; narrow the list or the selection.")
        model_admin.message_user(request, text % {"most": most}, messages.ERROR)
        return None
    return HttpResponseRedirect(reverse(page, query={"ids": ",".join(map(str, rows))}))


class GivesSheets:
    """Mixin: “Print” on a document's page. `sheet` says what is printed of it.

    With “print_chosen” among its actions the list prints several documents as one. What the sheets read is named in
    `sheet_prefetch`, so that many cost the statements of one.
    """

    print_label = _("Print")
    sheet: Callable[[models.Model, HttpRequest], Sheet]
    sheet_prefetch: Sequence[str | models.Prefetch] = ()

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("print/", view(self.print_several), name=self._page("print_several")),
            path("<int:pk>/print/", view(self.print_page), name=self._page("print")),
            *super().get_urls(),
        ]

    def _page(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_buttons(self, request, obj):
        url = reverse(f"admin:{self._page('print')}", args=[obj.pk])
        return [*super().get_buttons(request, obj), Button("print", self.print_label, url=url)]

    @admin.action(permissions=["view"], description=_("Print"), location=ActionLocation.CHANGE_LIST)
    def print_chosen(self, request, queryset):
        return printed_together(self, request, queryset, f"admin:{self._page('print_several')}")

    def print_several(self, request) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = list(self._printed(request).filter(pk__in=ids_in(request, MOST_SHEETS)).order_by("pk"))
        if not rows:
            raise Http404
        sheets = [(row, self.sheet(row, request)) for row in rows]
        context = {"sheets": sheets, "title": self.opts.verbose_name_plural, "back_url": self.list_url}
        return TemplateResponse(request, "admin/print.html", context)

    def print_page(self, request, pk: int) -> HttpResponse:
        row = self._printed(request).filter(pk=pk).first()
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        context = {"sheets": [(row, self.sheet(row, request))], "title": row, "back_url": change_url(row)}
        return TemplateResponse(request, "admin/print.html", context)

    def _printed(self, request) -> models.QuerySet:
        return self.get_queryset(request).prefetch_related(*self.sheet_prefetch)
