"""Beside each line of an order that is being entered: what is available, and what the price would be."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import PriceList, Product
from inventory_project.base.admin import columns
from inventory_project.base.fields import INTEGER_MAX
from sales.models import Customer, PriceOrigin
from sales.queries.offers import expect, with_available
from stock.models import Warehouse

PAGE = "sales_order_expected"
MAY = "sales.add_order"


class ShowsAvailable:
    """Mixin of the lines in the page of an order: a column with what is available."""

    def get_queryset(self, request):
        return with_available(super().get_queryset(request))

    def get_fields(self, request, obj=None):
        """While lines can be entered, instead of how far they have come. Later what counts is what is reserved."""
        fields = list(super().get_fields(request, obj))
        if obj is None or obj.is_editable:
            fields = [name for name in fields if name not in ("quantity_shipped", "quantity_invoiced")]
            fields.insert(fields.index("quantity") + 1, "available")
        return fields

    @admin.display(description=gettext_lazy("available"))
    def available(self, line):
        known = line.pk is not None and hasattr(line, "available_at_all")
        there = bool(known and (line.warehouse_id or line.order.warehouse_id))
        number = (line.available_there if there else line.available_at_all) if known else None
        shown = columns.EMPTY if number is None else columns.figure(number)
        return format_html('<span data-expected="{}" role="status">{}</span>', reverse(f"admin:{PAGE}"), shown)


class AnswersExpected:
    """Mixin of the orders' pages: answers what a line just chosen can expect, for the script of the page."""

    class Media:
        js = ("back_office/order_lines.js",)

    def get_urls(self):
        return [path("expected/", self.admin_site.admin_view(self.expected), name=PAGE), *super().get_urls()]

    def expected(self, request) -> HttpResponse:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        product = _named(Product, request.GET.get("product", ""))
        if product is None:
            return JsonResponse({})
        quantity = min(_number(request.GET.get("quantity", "")) or 1, INTEGER_MAX)
        found = expect(product, quantity, _named(Warehouse, request.GET.get("warehouse", "")), _list_of(request.GET))
        origin = PriceOrigin(found.quote.origin).label
        price = columns.price_text(found.quote.price)
        facts = {"available": found.available, "price": price, "origin": origin}
        text = _("%(available)s available. Price: %(price)s (%(origin)s).") % facts
        return JsonResponse({**facts, "text": text, "short": found.available < quantity})


def _number(text: str) -> int:
    return int(text[:15]) if text.isascii() and text.isdigit() else 0


def _named(model, text: str):
    return model.objects.filter(pk=_number(text)).first() if _number(text) else None


def _list_of(entries) -> PriceList | None:
    """The order's price list, else the customer's."""
    if chosen := _named(PriceList, entries.get("price_list", "")):
        return chosen
    customer = _number(entries.get("customer", ""))
    found = Customer.objects.filter(pk=customer).select_related("price_list").first() if customer else None
    return found.price_list if found else None
