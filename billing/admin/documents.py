"""The buttons “PDF”, “Preview” and “E-invoice” of invoices and credit notes, and what they open."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from billing import services
from inventory_project.base.admin import Button, columns
from inventory_project.base.admin.printing import ids_in, printed_together
from inventory_project.base.errors import RuleViolation

PDF, XML = "application/pdf", "application/xml"
MOST_TOGETHER = 100  # in one file: what has not been made before is made while somebody waits


class GivesDocuments:
    """For pages of what is issued with a legal number. `preview` makes the draft's document."""

    preview: Callable[[models.Model], services.GivenOut]

    def get_urls(self):
        files = [
            path("<int:pk>/document/", self._view(self.document), name=self._name("document")),
            path("<int:pk>/e-invoice/", self._view(self.e_invoice), name=self._name("e_invoice")),
        ]
        return [*files, *super().get_urls()]

    def _view(self, view: Callable) -> Callable:
        return self.admin_site.admin_view(view)

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def document(self, request, pk: int) -> HttpResponse:
        """The PDF; of a draft, what it would look like."""
        row = self._found(request, pk)
        read = services.read_document if row.series_number else self.preview
        return self._give(request, row, read, PDF, "inline")

    def e_invoice(self, request, pk: int) -> HttpResponse:
        """The e-invoice, to be sent on."""
        return self._give(request, self._found(request, pk), services.read_e_invoice, XML, "attachment")

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if obj.series_number:
            buttons.append(self._button("document", _("PDF"), obj))
            buttons.append(self._button("e_invoice", _("E-invoice"), obj))
        elif obj.status in obj.EDITABLE:
            buttons.append(self._button("document", _("Preview"), obj))
        return buttons

    def _button(self, page: str, label: object, obj: models.Model) -> Button:
        return Button(page, label, url=reverse(f"admin:{self._name(page)}", args=[obj.pk]))

    def _found(self, request, pk: int) -> models.Model:
        row = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        return row

    def _give(self, request, row: models.Model, read: Callable, media_type: str, how: str) -> HttpResponse:
        try:
            file = read(row)
        except RuleViolation as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(columns.change_url(row))
        return _given(file, media_type, how)


class PrintsDocuments(GivesDocuments):
    """Also the PDFs of several at once, as one file."""

    def get_urls(self):
        return [path("print/", self._view(self.documents), name=self._name("print")), *super().get_urls()]

    @admin.action(permissions=["view"], description=_("Print"))
    def print_documents(self, request, queryset):
        """The file has an address of its own, so that the browser shows it as any other."""
        if not_issued := list(queryset.filter(series_number=None).order_by("pk")[:5]):
            text = _("Nothing was printed: %(documents)s was never issued. Select issued ones only.")
            self.message_user(request, text % {"documents": ", ".join(map(str, not_issued))}, messages.ERROR)
            return None
        return printed_together(self, request, queryset, f"admin:{self._name('print')}", MOST_TOGETHER)

    def documents(self, request) -> HttpResponse:
        """One PDF of many, in the order of their numbers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(pk__in=ids_in(request, MOST_TOGETHER), series_number__isnull=False)
        rows = list(rows.order_by("series_year", "series_number"))
        if not rows:
            raise Http404
        try:
            file = services.read_documents(rows, f"{self.opts.model_name}s-{rows[0].number}.pdf")
        except RuleViolation as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.list_url)
        return _given(file, PDF, "inline")


def _given(file: services.GivenOut, media_type: str, how: str) -> HttpResponse:
    headers = {"Content-Disposition": f'{how}; filename="{file.name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(file.content, content_type=media_type, headers=headers)
