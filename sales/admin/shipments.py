"""Goods on their way to customers."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    BOTH_PAGES,
    AddFromSource,
    DayRangeFilter,
    DocumentAdmin,
    GivesSheets,
    LineAdmin,
    LineInline,
    RelatedFilter,
    StartFilter,
    Tab,
    act_permission,
    columns,
    meant,
)
from inventory_project.base.clock import start_of_day, today
from inventory_project.base.discretion import SEE_COST
from sales import services
from sales.admin import sheets
from sales.admin.forms import DispatchForm, DraftShipmentForm
from sales.admin.pick_lists import GivesPickLists
from sales.models import Shipment, ShipmentItem

CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the shipment"),
    _("The draft is dropped; its goods stay reserved for the order. This can't be undone."),
)


class ShipmentItemInline(LineInline):
    model = ShipmentItem
    fields = ("order_item", "quantity", "bin", "lot", "unit_cost")
    readonly_fields = ("unit_cost",)
    needs = {"unit_cost": SEE_COST}


@admin.register(Shipment)
class ShipmentAdmin(GivesSheets, GivesPickLists, AddFromSource, DocumentAdmin):
    purpose = _("A shipment says what of an order leaves a warehouse, and with whom.")
    pick_list, picked_in = staticmethod(services.pick_list_of_shipment), "draft"
    source, add_form = "order", DraftShipmentForm
    list_display = ("order", "customer", "warehouse", "carrier", "tracking_number", "shipped_at")
    list_select_related = ("order__customer", "warehouse")
    list_filter = ("status", "warehouse", ("carrier", StartFilter), ("shipped_at", DayRangeFilter))
    search_fields = ("shipment_number", "tracking_number", "order__order_number")
    in_search = True
    sheet = staticmethod(sheets.packing_slip)
    sheet_prefetch = (sheets.LINES,)
    print_label = _("Packing slip")
    fieldsets = (
        (None, {"fields": ("order", "warehouse", "carrier", "tracking_number", "notes")}),
        (_("Progress"), {"fields": ("shipped_at", "delivered_at", "cancelled_at"), "classes": ("after", "collapse")}),
    )
    readonly_fields = ("order", "shipped_at", "delivered_at", "cancelled_at")
    inlines = (ShipmentItemInline,)
    parents = ("order",)
    not_yet = {"deliver": {"draft": _("It has not been shipped yet.")}}
    steps = ("draft", "shipped", "delivered")
    actions = ("ship", "deliver", "print_pick_lists", "print_chosen", "cancel")
    recalculate = staticmethod(services.recalculate_shipment)
    has_ship_permission = act_permission("ship")
    has_deliver_permission = act_permission("deliver")
    has_cancel_permission = act_permission("cancel")

    def get_tabs(self, request):
        return (
            Tab("drafts", _("To dispatch"), Q(status="draft"), _("No shipments wait to be dispatched.")),
            Tab("today", _("Today"), Q(shipped_at__gte=start_of_day(today()))),
            Tab("under_way", _("Under way"), Q(status="shipped")),
        )

    def blocked(self, name, obj):
        if name == "ship" and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        return super().blocked(name, obj)

    def write(self, request, source, answers):
        return services.create_shipment(source, **answers, by=request.user)

    @admin.display(description=_("customer"), ordering="order__customer__name")
    def customer(self, shipment):
        return shipment.order.customer

    @admin.action(permissions=["ship"], description=_("Ship…"), location=BOTH_PAGES)
    def ship(self, request, queryset):
        return self.apply(request, queryset, services.ship_shipment, form=DispatchForm)

    @admin.action(permissions=["deliver"], description=_("Mark delivered"), location=BOTH_PAGES)
    def deliver(self, request, queryset):
        return self.apply(request, queryset, services.deliver_shipment)

    @admin.action(permissions=["view"], description=_("Print packing slips"))
    def print_chosen(self, request, queryset):
        return super().print_chosen(request, queryset)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_shipment, form=CANCEL)


@admin.register(ShipmentItem)
class ShipmentItemAdmin(LineAdmin):
    purpose = _("The goods of all shipments, line by line.")
    list_display = (
        "shipment",
        "product",
        "bin",
        "lot",
        columns.quantity("quantity", _("quantity")),
        columns.price("unit_cost", _("unit cost")),
    )
    list_select_related = ("shipment", "order_item__product", "bin", "lot")
    list_filter = (("order_item__product", RelatedFilter),)
    search_fields = ("shipment__shipment_number", "order_item__product__sku", "lot__number")
    fields = ("shipment", "order_item", "quantity", "bin", "lot", "unit_cost")
    readonly_fields = ("unit_cost",)
    needs = {"unit_cost": SEE_COST}
    recalculate = staticmethod(services.recalculate_shipment)

    @admin.display(description=_("product"), ordering="order_item__product__sku")
    def product(self, line):
        return line.order_item.product
