"""Goods that have arrived."""

from dataclasses import replace

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    DayRangeFilter,
    DocumentAdmin,
    GivesLabels,
    LabelsForm,
    LineAdmin,
    LineInline,
    RelatedFilter,
    Tab,
    act_permission,
    columns,
    meant,
)
from inventory_project.base.clock import start_of_day, today
from inventory_project.base.discretion import SEE_COST
from stock import services
from stock.admin import facts
from stock.admin.forms import ReverseReceiptForm
from stock.models import GoodsReceipt, GoodsReceiptItem

CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the receipt"),
    _("The draft is dropped; nothing has come in by it. This can't be undone."),
)


class ReceiptLabelsForm(LabelsForm):
    """How many labels of what has come."""

    each = forms.ChoiceField(
        label=_("Labels"),
        choices=[("unit", _("for every unit that was accepted")), ("line", _("for every line"))],
    )
    field_order = ("each", "copies")


class GoodsReceiptItemInline(LineInline):
    model = GoodsReceiptItem
    fields = (
        "product",
        "quantity",
        "quantity_rejected",
        "bin",
        "lot_number",
        "expires_on",
        "unit_cost",
        "quantity_reversed",
    )
    readonly_fields = ("quantity_reversed",)
    needs = {"unit_cost": SEE_COST}


@admin.register(GoodsReceipt)
class GoodsReceiptAdmin(GivesLabels, DocumentAdmin):
    purpose = _("A receipt says which goods have come from a supplier; posting it puts them into stock.")
    list_display = ("purchase_order", "supplier", "warehouse", facts.units_received, "supplier_reference", "posted_at")
    list_select_related = ("purchase_order", "supplier", "warehouse")
    list_filter = ("status", "warehouse", ("supplier", RelatedFilter), ("posted_at", DayRangeFilter))
    search_fields = ("receipt_number", "supplier_reference", "supplier__name")
    in_search = True
    fieldsets = (
        (None, {"fields": ("purchase_order", "supplier", "warehouse", "supplier_reference", "notes")}),
        (_("Progress"), {"fields": ("posted_at", "reversed_at", "cancelled_at"), "classes": ("after", "collapse")}),
    )
    readonly_fields = ("posted_at", "reversed_at", "cancelled_at")
    inlines = (GoodsReceiptItemInline,)
    parents = ("purchase_order",)
    steps = ("draft", "posted")
    actions = ("post", "labels", "reverse", "cancel")
    aside = ("labels",)
    labels_form, label_prefetch = ReceiptLabelsForm, ("items__product__barcodes",)
    recalculate = staticmethod(services.recalculate_goods_receipt)
    has_post_permission = act_permission("post")
    has_reverse_permission = act_permission("reverse")
    has_cancel_permission = act_permission("cancel")

    def get_tabs(self, request):
        return (
            Tab("today", _("Today"), Q(posted_at__gte=start_of_day(today()))),
            Tab("drafts", _("Drafts"), Q(status="draft")),
            Tab("posted", _("Posted"), Q(status="posted")),
            Tab("reversed", _("Reversed"), Q(status="reversed")),
        )

    def blocked(self, name, obj):
        if name == "post" and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        return super().blocked(name, obj)

    def create(self, request, header, lines):
        lines = [services.ReceiptLine(**line) for line in lines]
        return services.create_goods_receipt(**header, lines=lines, by=request.user)

    @admin.action(permissions=["post"], description=_("Post"), location=BOTH_PAGES)
    def post(self, request, queryset):
        return self.apply(request, queryset, services.post_goods_receipt)

    def offers(self, name, obj):
        return obj.status != "cancelled" if name == "labels" else super().offers(name, obj)

    def has_labels_permission(self, request):
        return self.has_view_permission(request) and request.user.has_perm("catalog.view_product")

    @admin.action(permissions=["labels"], description=_("Print labels…"), location=BOTH_PAGES)
    def labels(self, request, queryset):
        return self.print_labels(request, queryset)

    def labels_of(self, row, answers):
        """Those of the products; what is tracked says its lot instead of the price."""
        label_of = self.admin_site.get_model_admin(Product).label_of
        for line in row.items.all():
            label = label_of(line.product)
            if line.lot_number:
                label = replace(label, extra=line.lot_number)
            for _unit in range(line.quantity if answers.get("each") != "line" else 1):
                yield label

    @admin.action(permissions=["reverse"], description=_("Reverse…"), location=FORM_PAGE)
    def reverse(self, request, queryset):
        return self.apply(request, queryset, services.reverse_goods_receipt, form=ReverseReceiptForm)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_goods_receipt, form=CANCEL)


@admin.register(GoodsReceiptItem)
class GoodsReceiptItemAdmin(LineAdmin):
    purpose = _("The goods of all receipts, line by line.")
    list_display = (
        "receipt",
        "product",
        "bin",
        "lot",
        columns.quantity("quantity", _("accepted")),
        columns.quantity("quantity_rejected", _("rejected")),
        columns.price("unit_cost", _("unit cost")),
    )
    list_select_related = ("receipt", "product", "bin", "lot")
    ordering = ("-receipt_id", "pk")
    list_filter = (("product", RelatedFilter),)
    search_fields = ("receipt__receipt_number", "product__sku", "lot_number")
    fields = (
        "receipt",
        "product",
        "quantity",
        "quantity_rejected",
        "bin",
        "lot_number",
        "expires_on",
        "unit_cost",
        "quantity_reversed",
    )
    readonly_fields = ("quantity_reversed",)
    needs = {"unit_cost": SEE_COST}
    recalculate = staticmethod(services.recalculate_goods_receipt)
