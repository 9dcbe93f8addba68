"""Price lists and their prices."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import PriceList, PriceListItem
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    ActForm,
    DayInput,
    LineAdmin,
    RelatedFilter,
    Tab,
    columns,
)
from inventory_project.base.clock import today

from .percent import PercentForm, percent_field
from .retiring import RetirableAdmin


class CopyForm(ActForm):
    """What the copy is called, and by how much its prices differ."""

    title = _("Duplicate %(object)s")
    submit = _("Make the copy")

    name = forms.CharField(label=_("Name of the copy"), max_length=120)
    percent = percent_field(initial=Decimal(0))
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DayInput)


@admin.register(PriceList)
class PriceListAdmin(RetirableAdmin):
    purpose = _("A price list gives the customers who have it prices of their own, for a time if you like.")
    list_display = (
        "name",
        "valid_from",
        "valid_until",
        columns.count("items", _("prices")),
        "is_active",
    )
    search_fields = ("name",)
    fields = ("name", "valid_from", "valid_until", "is_active")
    related_links = ("items", "customers")
    actions = ("activate", "retire", "duplicate")

    def offers(self, name, obj):
        return True if name == "duplicate" else super().offers(name, obj)

    @admin.action(permissions=["add"], description=_("Duplicate with other prices…"), location=FORM_PAGE)
    def duplicate(self, request, queryset):
        return self.apply(request, queryset, services.duplicate_price_list, form=CopyForm, then=columns.change_url)

    page_note = _("Its prices are in a list of their own: a price list may hold one for every product.")

    def get_tabs(self, request):
        day = today()
        return (
            Tab("current", _("Current"), lambda rows: rows.valid_on(day)),
            Tab("future", _("Future"), Q(valid_from__gt=day)),
            Tab("ended", _("Ended"), Q(valid_until__lt=day)),
        )


@admin.register(PriceListItem)
class PriceListItemAdmin(LineAdmin):
    purpose = _("What a product costs in a price list, from which quantity on.")
    list_display = (
        "product",
        "price_list",
        columns.quantity("minimum_quantity", _("from quantity")),
        "price",
        columns.price("product__price", _("standard price")),
        "against_standard",
    )
    list_editable = ("price",)
    list_select_related = ("product", "price_list")
    ordering = ("product__sku", "minimum_quantity", "pk")
    list_filter = (("price_list", RelatedFilter), ("product", RelatedFilter), ("product__category", RelatedFilter))
    search_fields = ("product__sku", "price_list__name")
    fields = ("price_list", "product", "minimum_quantity", "price")
    actions = ("reprice",)

    @admin.display(description=_("against standard"))
    def against_standard(self, item):
        if not item.product.price:
            return columns.EMPTY
        change = round(100 * (item.price - item.product.price) / item.product.price)
        return columns.figure(f"{change:+d}", suffix=" %") if change else columns.figure("0", suffix=" %")

    @admin.action(permissions=["change"], description=_("Change prices…"), location=BOTH_PAGES)
    def reprice(self, request, queryset):
        return self.apply(request, queryset, services.change_price, form=PercentForm)
