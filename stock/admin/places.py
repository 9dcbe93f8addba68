"""Warehouses, bins and lots."""

import datetime

from django.contrib import admin
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    ACTIVE_TABS,
    BOTH_PAGES,
    Button,
    DayRangeFilter,
    GivesLabels,
    Label,
    LineInline,
    ReferenceAdmin,
    RelatedFilter,
    Tab,
    columns,
)
from inventory_project.base.clock import today
from inventory_project.base.discretion import SEE_COST
from stock import services
from stock.admin import facts
from stock.admin.lot_trace import LotQuestions
from stock.models import Bin, Lot, Warehouse

SOON_DAYS = 30


class BinInline(LineInline):
    model = Bin
    fields = ("code", "description", "is_default", "is_active")
    new_rows = 0


@admin.register(Warehouse)
class WarehouseAdmin(ReferenceAdmin):
    purpose = _("Warehouses are where your goods lie; the first one is needed before stock can come in.")
    list_display = ("code", "name", "location", facts.skus_of_warehouse, facts.stock_value, "is_active")
    needs = {"stock_value": SEE_COST}
    search_fields = ("code", "name")
    tabs = ACTIVE_TABS
    is_short_list = True
    fields = ("code", "name", "location", "capacity", "is_active")
    inlines = (BinInline,)
    related_links = ("bins", "inventory", "movements", "counts")
    page_note = _("A new warehouse gets its default bin by itself.")

    def get_buttons(self, request, obj):
        steps = [
            ("stockcount", "warehouse", _("Start a count")),
            ("stocktransfer", "from_warehouse", _("New transfer")),
        ]
        return super().get_buttons(request, obj) + [
            Button(model, label, url=reverse(f"admin:stock_{model}_add", query={field: obj.pk}))
            for model, field, label in steps
            if obj.is_active and request.user.has_perm(f"stock.add_{model}")
        ]

    def save_model(self, request, obj, form, change):
        services.save_warehouse(obj, by=request.user)

    def save_formset(self, request, form, formset, change):
        # A bin that becomes the default takes that from the present one, so it comes last.
        for place in sorted(formset.save(commit=False), key=lambda place: place.is_default):
            services.save_bin(place, by=request.user)
        for place in formset.deleted_objects:
            services.delete_bin(place, by=request.user)


@admin.register(Bin)
class BinAdmin(GivesLabels, ReferenceAdmin):
    purpose = _("Bins are the places in a warehouse, such as a shelf.")
    list_display = ("code", "warehouse", "description", facts.skus_of_bin, "is_default", "is_active")
    list_select_related = ("warehouse",)
    list_filter = ("warehouse",)
    search_fields = ("code", "warehouse__code", "warehouse__name")
    tabs = ACTIVE_TABS
    fields = ("warehouse", "code", "description", "is_default", "is_active")
    related_links = ("stock_items", "movements")

    actions = ("labels",)

    @admin.action(permissions=["labels"], description=_("Print labels…"), location=BOTH_PAGES)
    def labels(self, request, queryset):
        return self.print_labels(request, queryset)

    def label_of(self, row):
        return Label(row.code, "code128", row.code, row.warehouse.name, row.description)

    def label(self, row):
        return f"{row.warehouse.code} / {row.code}"

    def get_readonly_fields(self, request, obj=None):
        return ("warehouse",) if obj else ()  # goods and history are tied to it

    def save_model(self, request, obj, form, change):
        services.save_bin(obj, by=request.user)

    def delete_model(self, request, obj):
        services.delete_bin(obj, by=request.user)


@admin.register(Lot)
class LotAdmin(LotQuestions, ReferenceAdmin):
    purpose = _("Lots and serial numbers of tracked products come in with the goods.")
    list_display = ("number", "product", "expires_on", "supplier", "state")
    ordering = (F("expires_on").asc(nulls_last=True), "-pk")
    list_select_related = ("product", "supplier")
    list_filter = (("product", RelatedFilter), ("expires_on", DayRangeFilter))
    search_fields = ("number", "product__sku")
    in_search = True
    fields = ("product", "number", "expires_on", "manufactured_on", "supplier", "is_blocked", "notes")
    related_links = ("stock_items", "movements")
    actions = ("block", "release")

    def label(self, row):
        return f"{row.number} ({row.product.sku})"

    def get_tabs(self, request):
        day = today()
        soon = Q(expires_on__range=(day, day + datetime.timedelta(days=SOON_DAYS)))
        return (
            Tab("expiring", _("Expiring in 30 days"), soon),
            Tab("expired", _("Expired"), Q(expires_on__lt=day)),
            Tab("blocked", _("Blocked"), Q(is_blocked=True)),
        )

    def get_readonly_fields(self, request, obj=None):
        return ("product",) if obj else ()

    def offers(self, name, obj):
        return obj.is_blocked == (name == "release")

    @admin.display(description=_("state"))
    def state(self, lot):
        if lot.is_blocked:
            return columns.badge(_("blocked"), "red")
        if lot.expires_on and lot.expires_on < today():
            return columns.badge(_("expired"), "red")
        return columns.badge(_("good"), "green")

    @admin.action(permissions=["change"], description=_("Block"), location=BOTH_PAGES)
    def block(self, request, queryset):
        return self.apply(request, queryset, self._blocked)

    @admin.action(permissions=["change"], description=_("Release"), location=BOTH_PAGES)
    def release(self, request, queryset):
        return self.apply(request, queryset, self._released)

    @staticmethod
    def _blocked(lot, *, by):
        lot.is_blocked = True
        lot.save(update_fields=["is_blocked", "updated_at", "updated_by"])
        return lot

    @staticmethod
    def _released(lot, *, by):
        lot.is_blocked = False
        lot.save(update_fields=["is_blocked", "updated_at", "updated_by"])
        return lot
