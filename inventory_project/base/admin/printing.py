"""Pages made to be printed: A4 sheets of a document's lines, and labels with bar codes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from barcode import get_barcode_class
from barcode.errors import BarcodeError
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from .acts import MOST_AT_ONCE
from .columns import change_url
from .offers import Button
from .questions import ActForm

MOST_LABELS = 1_000


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


class GivesSheets:
    """Mixin: “Print” on a document's page. `sheet` says what is printed of it."""

    print_label = _("Print")
    sheet: Callable[[models.Model, HttpRequest], Sheet]

    def get_urls(self):
        view = self.admin_site.admin_view(self.print_page)
        return [path("<int:pk>/print/", view, name=self._page("print")), *super().get_urls()]

    def _page(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_buttons(self, request, obj):
        url = reverse(f"admin:{self._page('print')}", args=[obj.pk])
        return [*super().get_buttons(request, obj), Button("print", self.print_label, url=url)]

    def print_page(self, request, pk: int) -> HttpResponse:
        row = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        context = {"sheet": self.sheet(row, request), "title": row, "back_url": change_url(row)}
        return TemplateResponse(request, "admin/print.html", context)


# --- labels ---


@dataclass(frozen=True)
class Label:
    """A sticker: a code that scanners read, and what people read."""

    code: str
    symbology: str
    title: str
    text: str = ""
    extra: str = ""

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Where each bar begins and how wide it is, in modules; nothing for what can't be drawn as bars."""
        pattern = self.pattern
        if not pattern:
            return []
        edges = [i for i in range(1, len(pattern)) if pattern[i] != pattern[i - 1]]
        starts = [0, *edges]
        widths = [b - a for a, b in zip(starts, [*edges, len(pattern)], strict=True)]
        return [(a, w) for a, w in zip(starts, widths, strict=True) if pattern[a] == "1"]

    @property
    def pattern(self) -> str:
        if not self.code.isascii():
            return ""
        try:
            drawn = get_barcode_class(self.symbology)(self.code)
            # A library that puts the check digit right would draw another code than the one that is stored.
            if drawn.get_fullcode() == self.code:
                return "".join(drawn.build())
            return "".join(get_barcode_class("code128")(self.code).build())
        except (BarcodeError, ValueError):
            return ""

    @property
    def width(self) -> int:
        return len(self.pattern)


class LabelsForm(ActForm):
    """How many labels of each."""

    title = _("Print labels of %(object)s")
    submit = _("Show the labels")

    copies = forms.IntegerField(label=_("Copies of each"), min_value=1, max_value=100, initial=1)


class GivesLabels:
    """Mixin: the act “Print labels…”. `label_of` says what is on a row's label."""

    label_of: Callable[[models.Model], Label]

    def get_urls(self):
        view = self.admin_site.admin_view(self.labels_page)
        return [path("labels/", view, name=self._labels_name), *super().get_urls()]

    @property
    def _labels_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_labels"

    def print_labels(self, request, queryset):
        """Ask how many, then show them on a page with an address of its own."""
        rows = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            text = _("At most %(most)d can be done at once. Nothing was done; narrow the list or the selection.")
            self.message_user(request, text % {"most": MOST_AT_ONCE}, messages.ERROR)
            return None
        form = LabelsForm(request.POST if "apply" in request.POST else None, rows=list(queryset), request=request)
        if not form.is_bound or not form.is_valid():
            return self._act_page(request, form)
        query = {"ids": ",".join(map(str, rows)), "copies": form.cleaned_data["copies"]}
        return HttpResponseRedirect(reverse(f"admin:{self._labels_name}", query=query))

    def labels_page(self, request) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isascii() and part.isdigit()]
        copies = request.GET.get("copies", "1")
        copies = min(int(copies), 100) if copies.isascii() and copies.isdigit() and len(copies) < 4 else 1
        rows = self.get_queryset(request).filter(pk__in=[pk for pk in ids if pk < 2**63][:MOST_AT_ONCE]).order_by("pk")
        labels = [self.label_of(row) for row in rows for _copy in range(copies)][:MOST_LABELS]
        context = {"labels": labels, "title": _("Labels"), "back_url": self.list_url}
        return TemplateResponse(request, "admin/print.html", context)
