"""Orders to suppliers."""

from django.contrib import admin
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Supplier
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    DayRangeFilter,
    DocumentAdmin,
    GivesSheets,
    LineAdmin,
    LineInline,
    RelatedFilter,
    Tab,
    act_permission,
    columns,
    meant,
    offer_column,
    offer_tab,
)
from inventory_project.base.discretion import SEE_COST
from stock import services
from stock.admin import facts, sheets
from stock.admin.receiving import ReceiveOrderForm, say_received
from stock.models import PurchaseOrder, PurchaseOrderItem

CLOSE = meant(
    _("Close %(object)s short"),
    _("Close short"),
    _("The rest is no longer expected. What has come stays. This can't be undone."),
)
CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the purchase order"),
    _("Nothing of it is expected any more. Tell the supplier if it has been sent. This can't be undone."),
)


# Whoever does not see costs can order all the same: at what the supplier offers.
LINE_COSTS = dict.fromkeys(("unit_cost", "discount_percent", "subtotal"), SEE_COST)


class PurchaseOrderItemInline(LineInline):
    model = PurchaseOrderItem
    fields = ("product", "quantity", "unit_cost", "discount_percent", "tax_percent", "subtotal", "quantity_received")
    readonly_fields = ("subtotal", "quantity_received")
    needs = LINE_COSTS


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(GivesSheets, DocumentAdmin):
    purpose = _("Orders to your suppliers: sent, then received in one or several parts.")
    list_display = (
        "supplier",
        "warehouse",
        "expected",
        facts.received,
        columns.amount("total_amount", _("total")),
    )
    list_select_related = ("supplier", "warehouse")
    list_filter = ("status", "warehouse", ("supplier", RelatedFilter), ("created_at", DayRangeFilter))
    search_fields = ("purchase_order_number", "supplier__name")
    in_search = True
    sheet, sheet_prefetch = staticmethod(sheets.purchase_order), (sheets.ORDERED,)
    fieldsets = (
        (None, {"fields": ("supplier", "warehouse", "expected_at", "notes")}),
        (_("Totals"), {"fields": ("subtotal_amount", "tax_amount", "total_amount"), "classes": ("after", "totals")}),
        (
            _("Progress"),
            {"fields": ("ordered_at", "received_at", "closed_at", "cancelled_at"), "classes": ("after", "collapse")},
        ),
    )
    readonly_fields = (
        "subtotal_amount",
        "tax_amount",
        "total_amount",
        "ordered_at",
        "received_at",
        "closed_at",
        "cancelled_at",
    )
    needs = dict.fromkeys(("subtotal_amount", "tax_amount", "total_amount"), SEE_COST)
    inlines = (PurchaseOrderItemInline,)
    related_links = ("receipts",)
    not_yet = {"receive": {"draft": _("It has not been sent yet.")}}
    steps = ("draft", "ordered", "partially_received", "received")
    actions = ("receive", "send", "close", "print_chosen", "duplicate", "cancel")
    recalculate = staticmethod(services.recalculate_purchase_order)
    has_send_permission = act_permission("send")
    has_receive_permission = act_permission("receive")
    has_close_permission = act_permission("close")
    has_cancel_permission = act_permission("cancel")

    def get_tabs(self, request):
        return (
            Tab("drafts", _("Drafts"), Q(status="draft")),
            Tab("open", _("Open"), lambda rows: rows.receivable()),
            Tab(
                "late",
                _("Late"),
                lambda rows: rows.receivable().filter(expected_at__lt=timezone.now()),
                _("No late deliveries."),
            ),
            Tab("received", _("Received"), Q(status__in=["received", "closed"])),
        )

    def create(self, request, header, lines):
        lines = [services.PurchaseOrderLine(**line) for line in lines]
        return services.create_purchase_order(**header, lines=lines, by=request.user)

    def blocked(self, name, obj):
        if name == "send" and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        return super().blocked(name, obj)

    @admin.display(description=_("expected"), ordering="expected_at")
    def expected(self, order):
        return columns.due(order.expected_at, is_open=order.status in ("ordered", "partially_received"))

    @admin.action(permissions=["send"], description=_("Send"), location=BOTH_PAGES)
    def send(self, request, queryset):
        return self.apply(request, queryset, services.send_purchase_order)

    @admin.action(permissions=["receive"], description=_("Receive…"), location=FORM_PAGE)
    def receive(self, request, queryset):
        return self.apply(request, queryset, services.receive_purchase_order, form=ReceiveOrderForm, say=say_received)

    @admin.action(permissions=["close"], description=_("Close short…"), location=BOTH_PAGES)
    def close(self, request, queryset):
        return self.apply(request, queryset, services.close_purchase_order, form=CLOSE)

    @admin.action(permissions=["add"], description=_("Duplicate"), location=FORM_PAGE)
    def duplicate(self, request, queryset):
        return self.apply(request, queryset, services.duplicate_purchase_order, then=columns.change_url)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_purchase_order, form=CANCEL)


@admin.register(PurchaseOrderItem)
class PurchaseOrderItemAdmin(LineAdmin):
    purpose = _("The products of all orders to suppliers, and what of them is still to come.")
    list_display = (
        "purchase_order",
        "product",
        columns.quantity("quantity", _("quantity")),
        columns.quantity("quantity_received", _("received")),
        columns.quantity("quantity_open", _("open"), sorts=False),
        columns.price("unit_cost", _("unit cost")),
        columns.amount("subtotal", _("net amount")),
    )
    list_select_related = ("purchase_order", "product")
    ordering = ("-purchase_order_id", "pk")
    list_filter = (("product", RelatedFilter), ("purchase_order__supplier", RelatedFilter))
    search_fields = ("purchase_order__purchase_order_number", "product__sku")
    fields = ("purchase_order", "product", "quantity", "unit_cost", "discount_percent", "tax_percent")
    needs = LINE_COSTS
    tabs = (
        Tab(
            "open",
            _("Open"),
            Q(purchase_order__status__in=["ordered", "partially_received"], quantity_received__lt=F("quantity")),
        ),
    )
    recalculate = staticmethod(services.recalculate_purchase_order)

    def label(self, row):
        return f"{row.purchase_order}: {row.product} × {row.quantity}"


offer_column(Supplier, facts.open_orders, "stock.view_purchaseorder")
offer_tab(
    Supplier,
    Tab(
        "open_orders",
        _("With open orders"),
        lambda rows: rows.filter(pk__in=PurchaseOrder.objects.receivable().order_by().values("supplier")),
    ),
    "stock.view_purchaseorder",
)
