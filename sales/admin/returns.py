"""Goods that customers send back."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    AddFromSource,
    DayRangeFilter,
    DocumentAdmin,
    LineAdmin,
    LineInline,
    RelatedFilter,
    StartFilter,
    Tab,
    act_permission,
    columns,
    meant,
)
from inventory_project.base.money import ZERO, line_net
from sales import services
from sales.admin.forms import ReceiveReturnForm, RequestReturnForm
from sales.models import SalesReturn, SalesReturnItem

CLOSE = meant(
    _("Close %(object)s without credit"),
    _("Close without credit"),
    _("The goods stay with us and the customer gets nothing back. This can't be undone."),
)
REJECT = meant(_("Reject %(object)s"), _("Reject"), _("The goods are not taken back. This can't be undone."))
CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the return"),
    _("The goods are no longer expected; they may be announced again. This can't be undone."),
)


def _values(rows: Sequence[SalesReturn]) -> dict[int, Decimal]:
    """What the customers were charged for the goods, without tax."""
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    lines = SalesReturnItem.objects.filter(sales_return__in=rows).order_by()
    asked = ("sales_return", "quantity", "order_item__unit_price", "order_item__discount_percent")
    for sales_return, *line in lines.values_list(*asked):
        sums[sales_return] += line_net(*line)
    return sums


class SalesReturnItemInline(LineInline):
    model = SalesReturnItem
    fields = ("order_item", "quantity", "condition", "lot", "bin", "quantity_received")
    readonly_fields = ("quantity_received",)


@admin.register(SalesReturn)
class SalesReturnAdmin(AddFromSource, DocumentAdmin):
    purpose = _("What customers send back: approved, received, then credited.")
    source, add_form = "order", RequestReturnForm
    list_display = (
        "order",
        "customer",
        "reason",
        columns.fact("value", _("value"), _values, lambda value: columns.figure(value or ZERO, 2)),
        "created_at",
        "received_at",
    )
    list_select_related = ("order__customer",)
    list_filter = ("status", "warehouse", ("reason", StartFilter), ("created_at", DayRangeFilter))
    search_fields = ("return_number", "order__order_number", "order__customer__name")
    in_search = True
    fieldsets = (
        (None, {"fields": ("order", "warehouse", "reason", "notes")}),
        (
            _("Progress"),
            {
                "fields": ("approved_at", "rejected_at", "received_at", "closed_at", "cancelled_at"),
                "classes": ("after", "collapse"),
            },
        ),
    )
    readonly_fields = ("order", "approved_at", "rejected_at", "received_at", "closed_at", "cancelled_at")
    inlines = (SalesReturnItemInline,)
    parents = ("order",)
    related_links = ("credit_notes",)
    not_yet = {"receive": {"requested": _("It has not been approved yet.")}}
    steps = ("requested", "approved", "received", "closed")
    tabs = (
        Tab("open", _("Expected"), Q(status__in=["requested", "approved"]), _("No returns are expected.")),
        Tab("received", _("To settle"), Q(status="received"), _("No returns wait to be credited or closed.")),
        Tab("done", _("Done"), Q(status__in=["closed", "rejected", "cancelled"])),
    )
    actions = ("approve", "receive", "close", "reject", "cancel")
    recalculate = staticmethod(services.recalculate_sales_return)
    has_approve_permission = act_permission("approve")
    has_reject_permission = act_permission("reject")
    has_receive_permission = act_permission("receive")
    has_close_permission = act_permission("close")
    has_cancel_permission = act_permission("cancel")

    def write(self, request, source, answers):
        approve = answers.pop("approve", False)
        made = services.request_sales_return(source, **answers, by=request.user)
        return services.approve_sales_return(made, by=request.user) if approve else made

    @admin.display(description=_("customer"), ordering="order__customer__name")
    def customer(self, document):
        return document.order.customer

    @admin.action(permissions=["approve"], description=_("Approve"), location=BOTH_PAGES)
    def approve(self, request, queryset):
        return self.apply(request, queryset, services.approve_sales_return)

    @admin.action(permissions=["receive"], description=_("Receive…"), location=FORM_PAGE)
    def receive(self, request, queryset):
        return self.apply(request, queryset, services.receive_sales_return, form=ReceiveReturnForm)

    @admin.action(permissions=["close"], description=_("Close without credit…"), location=BOTH_PAGES)
    def close(self, request, queryset):
        return self.apply(request, queryset, services.close_sales_return, form=CLOSE)

    @admin.action(permissions=["reject"], description=_("Reject…"), location=BOTH_PAGES)
    def reject(self, request, queryset):
        return self.apply(request, queryset, services.reject_sales_return, form=REJECT)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_sales_return, form=CANCEL)


@admin.register(SalesReturnItem)
class SalesReturnItemAdmin(LineAdmin):
    purpose = _("The goods of all returns, line by line.")
    list_display = (
        "sales_return",
        "product",
        columns.quantity("quantity", _("quantity")),
        columns.quantity("quantity_received", _("received")),
        columns.choice("condition", _("condition")),
        "lot",
    )
    list_select_related = ("sales_return", "order_item__product", "lot")
    list_filter = ("condition", ("order_item__product", RelatedFilter))
    search_fields = ("sales_return__return_number", "order_item__product__sku")
    tabs = (
        Tab("to_inspect", _("To inspect"), Q(sales_return__status="approved"), _("No goods wait to be inspected.")),
    )
    fields = ("sales_return", "order_item", "quantity", "condition", "lot", "bin", "quantity_received")
    readonly_fields = ("quantity_received",)
    recalculate = staticmethod(services.recalculate_sales_return)

    @admin.display(description=_("product"), ordering="order_item__product__sku")
    def product(self, line):
        return line.order_item.product
