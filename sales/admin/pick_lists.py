"""The page “Pick list” of orders and shipments, made to be printed and taken along."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import Button, columns
from inventory_project.base.admin.answers import Answer, Answers, Table
from inventory_project.base.errors import RuleViolation
from sales.services.pick_lists import PickRow

HEADINGS = (_("warehouse"), _("bin"), _("product"), _("description"), _("lot"), _("expires"), _("quantity"), _("taken"))


class GivesPickLists(Answers):
    """For pages of what goods are fetched for. `pick_list` says what those are, `picked_in` while it is open."""

    pick_list: Callable[[models.Model], Sequence[PickRow]]
    picked_in: str

    def get_urls(self):
        view = self.admin_site.admin_view(self.pick_list_page)
        return [path("<int:pk>/pick-list/", view, name=self._pick_list_name), *super().get_urls()]

    @property
    def _pick_list_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_pick_list"

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if obj.status == self.picked_in:
            url = reverse(f"admin:{self._pick_list_name}", args=[obj.pk])
            buttons.append(Button("pick_list", _("Pick list"), url=url))
        return buttons

    def pick_list_page(self, request, pk: int) -> HttpResponse:
        """Where to go and what to take there, in the order of the bins."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        try:
            rows = self.pick_list(row)
        except RuleViolation as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(columns.change_url(row))
        table = Table(HEADINGS, [_cells(each) for each in rows], empty=_("There is nothing to fetch."))
        return self.answer(request, Answer(_("Pick list of %(document)s") % {"document": row}, [table]), row)


def _cells(row: PickRow) -> list[object]:
    expires_on = row.lot and row.lot.expires_on
    return [
        row.bin.warehouse.code,
        row.bin.code,
        row.order_item.product.sku,
        row.order_item.description,
        row.lot.number if row.lot else columns.EMPTY,
        date_format(expires_on) if expires_on else columns.EMPTY,
        columns.figure(row.quantity),
        "☐",
    ]
