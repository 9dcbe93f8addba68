"""Pages that answer a question: a title, ways to narrow the answer down, and tables."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from . import columns
from .forms import DayInput

FIRST_YEAR, LAST_YEAR = 1900, 2199

type Cell = object


@dataclass(frozen=True)
class Table:
    """Rows with headings; `empty` is said where there are none, `note` below those that there are."""

    headings: Sequence[object]
    rows: Sequence[Sequence[Cell]]
    title: object = ""
    empty: object = _("Nothing to show.")
    note: object = ""
    sums: Sequence[Cell] = ()
    name: str = ""


@dataclass(frozen=True)
class OtherAnswer:
    """Another answer of the same kind, one click away."""

    label: object
    url: str
    selected: bool


@dataclass(frozen=True)
class Answer:
    """What such a page shows."""

    title: object
    tables: Sequence[Table]
    intro: object = ""
    tabs: Sequence[OtherAnswer] = ()
    form: forms.Form | None = None
    links: Sequence[tuple[object, str]] = field(default_factory=tuple)


class DayField(forms.DateField):
    """A day that there is an instant for, whatever the time zone."""

    widget = DayInput

    def validate(self, value: datetime.date | None) -> None:
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(_("Choose a day in this century."))


class Answers:
    """Mixin of admin classes: has pages of its own that answer questions about a record."""

    def answer(self, request: HttpRequest, answer: Answer, row: object = None) -> HttpResponse:
        """The page."""
        context = {
            **self.admin_site.each_context(request),
            "title": answer.title,
            "answer": answer,
            "opts": self.opts,
            "original": row,
            "media": self.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/answer.html", context)

    def asked(self, request: HttpRequest, pk: int, permission: str, *related: str):
        """The record that is asked about. 403 without the permission, 404 if it is gone."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        row = self.model._default_manager.select_related(*related or (None,)).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


def seen(request: HttpRequest, row: models.Model) -> object:
    """A record's name, leading to its page for those who may see such records."""
    may = request.user.has_perm(f"{row._meta.app_label}.view_{row._meta.model_name}")
    return columns.link(row) if may else row


def amount(value: Decimal) -> SafeString | str:
    return columns.figure(value, 2)


def linked(show: Callable, url_name: str, anchor: str = "") -> Callable:
    """A column of a list, leading to the page that explains it."""

    def cell(row):
        text = show(row)
        if text == columns.EMPTY:
            return text
        return format_html('<a href="{}{}">{}</a>', reverse(url_name, args=[row.pk]), anchor, text)

    cell.__name__ = show.__name__
    cell.short_description = show.short_description
    cell.admin_order_field = getattr(show, "admin_order_field", None)
    if hasattr(show, "load"):
        cell.load = show.load
    return cell
