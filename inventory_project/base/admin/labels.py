"""Labels with bar codes, made to be printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from barcode import get_barcode_class
from barcode.errors import BarcodeError
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from .acts import MOST_AT_ONCE
from .printing import ids_in
from .questions import ActForm

MOST_LABELS = 1_000
MOST_COPIES = 100


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

    copies = forms.IntegerField(label=_("Copies of each"), min_value=1, max_value=MOST_COPIES, initial=1)


class GivesLabels:
    """Mixin: the act “Print labels…”. `label_of` says what is on a row's label, `labels_of` on those of a row that has
    several. What these read is named in `label_prefetch`."""

    label_of: Callable[[models.Model], Label]
    labels_form: type[LabelsForm] = LabelsForm
    label_prefetch: Sequence[str | models.Prefetch] = ()

    def get_urls(self):
        view = self.admin_site.admin_view(self.labels_page)
        return [path("labels/", view, name=self._labels_name), *super().get_urls()]

    @property
    def _labels_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_labels"

    def has_labels_permission(self, request) -> bool:
        """Whoever sees a thing may print its label."""
        return self.has_view_permission(request)

    def labels_of(self, row: models.Model, answers: Mapping[str, str]) -> Iterable[Label]:
        """The labels of a row, as the questions were answered."""
        return [self.label_of(row)]

    def print_labels(self, request, queryset):
        """Ask how many, then show them on a page with an address of its own."""
        rows = self.at_once(request, queryset)
        if rows is None:
            return None
        form = self.labels_form(request.POST if "apply" in request.POST else None, rows=rows, request=request)
        if not form.is_bound or not form.is_valid():
            return self._act_page(request, form)
        query = {"ids": ",".join(str(row.pk) for row in rows), **form.parameters()}
        return HttpResponseRedirect(reverse(f"admin:{self._labels_name}", query=query))

    def labels_page(self, request) -> HttpResponse:
        if not (self.has_view_permission(request) and self.has_labels_permission(request)):
            raise PermissionDenied
        copies = request.GET.get("copies", "1")
        copies = min(int(copies), MOST_COPIES) if copies.isascii() and copies.isdigit() and len(copies) < 4 else 1
        rows = self.get_queryset(request).filter(pk__in=ids_in(request, MOST_AT_ONCE)).order_by("pk")
        every = (
            label
            for row in rows.prefetch_related(*self.label_prefetch)
            for label in self.labels_of(row, request.GET)
            for _copy in range(copies)
        )
        labels = list(islice(every, MOST_LABELS + 1))
        note = _("Only the first %(most)d labels are shown.") % {"most": MOST_LABELS} if labels[MOST_LABELS:] else ""
        context = {"labels": labels[:MOST_LABELS], "labels_note": note, "title": _("Labels"), "back_url": self.list_url}
        return TemplateResponse(request, "admin/print.html", context)
