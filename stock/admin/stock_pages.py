"""Stock on a day, and the stock of a product."""

import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from inventory_project.base.admin import Button, columns, offer_button
from inventory_project.base.admin.answers import Answer, Answers, DayField, Table, amount
from inventory_project.base.clock import today
from inventory_project.base.discretion import SEE_COST
from stock.admin.answers import (
    CARD,
    SEE_LEDGER,
    SEE_STOCK,
    WHY,
    cost,
    last_instant,
    ledger_page,
)
from stock.models import Inventory, Warehouse
from stock.queries.as_of import amounts_at, balances_at, total_at
from stock.queries.low_stock import outlooks

ON_A_DAY, OF_PRODUCT = "admin:stock_inventory_on_a_day", "admin:stock_inventory_of_product"


class OnADayForm(forms.Form):
    """Which day, and what of the stock."""

    day = DayField(label=_("Day"), required=False)
    warehouse = forms.ModelChoiceField(Warehouse.objects.all(), label=_("Warehouse"), required=False)
    q = forms.CharField(label=_("SKU or name"), required=False, max_length=100)

    def clean_day(self) -> datetime.date:
        day = self.cleaned_data["day"] or today()
        if day > today():
            raise forms.ValidationError(_("That day is yet to come."))
        return day


class StockPages(Answers):
    """Mixin of the balances' admin: pages about many balances."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("on-a-day/", view(self.on_a_day), name="stock_inventory_on_a_day"),
            path("of-product/<int:pk>/", view(self.of_product), name="stock_inventory_of_product"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        note = self.page_note
        if request.user.has_perm(SEE_LEDGER):
            note = format_html('{} <a href="{}">{}</a>', note, reverse(ON_A_DAY), _("Stock on a day"))
        return super().changelist_view(request, {"page_note": note, **(extra_context or {})})

    def on_a_day(self, request: HttpRequest) -> HttpResponse:
        """What was there at the end of a day, and what it was worth."""
        if not (request.user.has_perm(SEE_LEDGER) and request.user.has_perm(SEE_STOCK)):
            raise PermissionDenied
        form = OnADayForm(request.GET or {"day": today()})
        tables, links = [], []
        if form.is_valid():
            table, links = self._day_table(request, **form.cleaned_data)
            tables = [table]
        return self.answer(request, Answer(_("Stock on a day"), tables, form=form, links=links))

    def _day_table(self, request: HttpRequest, *, day: datetime.date, warehouse: Warehouse | None, q: str):
        instant, where = last_instant(day), {"warehouse": warehouse} if warehouse else {}
        rows = balances_at(instant).filter(**where).select_related("product", "warehouse")
        for word in q.split()[:8]:
            rows = rows.filter(Q(product__sku__icontains=word) | Q(product__name__icontains=word))
        found, links = ledger_page(request, rows)
        then = amounts_at(instant, {(row.product_id, row.warehouse_id) for row in found})
        costs = request.user.has_perm(SEE_COST)
        cells = []
        for row in found:
            was = then[row.product_id, row.warehouse_id]
            worth = [amount(was.value), cost(was.average)] if costs else []
            page = format_html('<a href="{}">{}</a>', reverse(CARD, args=[row.pk]), row.product)
            cells.append([page, row.warehouse, columns.figure(was.quantity), *worth])
        sums = []
        if not q:
            total = total_at(instant, **where)
            sums = [_("= all of it"), "", columns.figure(total.quantity), *([amount(total.value), ""] if costs else [])]
        headings = [_("product"), _("warehouse"), _("on hand"), *([_("value"), _("average cost")] if costs else [])]
        return Table(headings, cells, empty=_("There was nothing on that day."), sums=sums), links

    def of_product(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Where a product lies, and what is coming."""
        if not request.user.has_perm(SEE_STOCK):
            raise PermissionDenied
        product = Product.objects.filter(pk=pk).first()
        if product is None:
            raise Http404
        rows = outlooks(Inventory.objects.filter(product=product))
        linking, costs = request.user.has_perm(SEE_LEDGER), request.user.has_perm(SEE_COST)

        def figure(row, number: int, page: str, anchor: str = "") -> object:
            text = columns.figure(number)
            url = reverse(page, args=[row.balance.pk])
            return format_html('<a href="{}{}">{}</a>', url, anchor, text) if linking else text

        cells = [
            [
                row.balance.warehouse,
                figure(row, row.balance.quantity, CARD),
                figure(row, row.balance.reserved, WHY, "#reserved"),
                columns.figure(row.balance.available),
                columns.figure(row.on_order),
                columns.figure(row.in_transit),
                columns.figure(row.backordered),
                columns.badge(_("low"), "amber") if row.is_low else columns.figure(row.balance.reorder_level),
                *([amount(row.balance.stock_value)] if costs else []),
            ]
            for row in rows
        ]
        headings = [_("warehouse"), _("on hand"), _("reserved"), _("available"), _("on order"), _("in transit")]
        headings += [_("back-ordered"), _("reorder at"), *([_("value")] if costs else [])]
        empty = _("This product has never been in stock.")
        title = _("Stock of %(product)s") % {"product": product}
        return self.answer(request, Answer(title, [Table(headings, cells, empty=empty)]))


def _stock_of_product(request: HttpRequest, product: Product) -> Button | None:
    if not request.user.has_perm(SEE_STOCK):
        return None
    return Button("stock", _("Stock"), url=reverse(OF_PRODUCT, args=[product.pk]))


offer_button(Product, _stock_of_product)
