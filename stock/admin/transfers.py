"""Goods on their way between warehouses."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    DayRangeFilter,
    DocumentAdmin,
    GivesSheets,
    LineAdmin,
    LineInline,
    ReasonForm,
    RelatedFilter,
    Tab,
    act_permission,
    columns,
    meant,
)
from stock import services
from stock.admin import sheets
from stock.admin.forms import ReceiveTransferForm
from stock.models import StockTransfer, StockTransferItem


class CloseShortForm(ReasonForm):
    """Why the rest of a transfer will not arrive."""

    title = _("Close %(object)s short")
    submit = _("Close short")
    intro = _("What has not arrived is taken in and adjusted away, with your reason.")


CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the transfer"),
    _("The draft is dropped; nothing has moved by it. This can't be undone."),
)


class StockTransferItemInline(LineInline):
    model = StockTransferItem
    fields = ("product", "quantity", "from_bin", "to_bin", "lot", "quantity_received")
    readonly_fields = ("quantity_received",)


@admin.register(StockTransfer)
class StockTransferAdmin(GivesSheets, DocumentAdmin):
    purpose = _("A transfer takes goods from one warehouse to another.")
    list_display = ("from_warehouse", "to_warehouse", columns.count("items", _("lines")), "expected", "dispatched_at")
    list_select_related = ("from_warehouse", "to_warehouse")
    list_filter = ("status", "from_warehouse", "to_warehouse", ("created_at", DayRangeFilter))
    search_fields = ("transfer_number",)
    in_search = True
    sheet, sheet_prefetch = staticmethod(sheets.transfer), (sheets.MOVED,)
    print_label = _("Pick list")
    fieldsets = (
        (None, {"fields": ("from_warehouse", "to_warehouse", "expected_at", "notes")}),
        (
            _("Progress"),
            {
                "fields": ("dispatched_at", "received_at", "cancelled_at", "close_reason"),
                "classes": ("after", "collapse"),
            },
        ),
    )
    readonly_fields = ("dispatched_at", "received_at", "cancelled_at", "close_reason")
    inlines = (StockTransferItemInline,)
    steps = ("draft", "in_transit", "received")
    not_yet = {"receive": {"draft": _("It has not been dispatched yet.")}}
    actions = ("dispatch", "receive", "close", "print_chosen", "cancel")
    has_dispatch_permission = act_permission("dispatch")
    has_receive_permission = act_permission("receive")
    has_close_permission = act_permission("close")
    has_cancel_permission = act_permission("cancel")

    @admin.display(description=_("expected"), ordering="expected_at")
    def expected(self, transfer):
        return columns.due(transfer.expected_at, is_open=transfer.status == "in_transit")

    def get_tabs(self, request):
        late = Q(status="in_transit", expected_at__lt=timezone.now())
        return (
            Tab("drafts", _("Drafts"), Q(status="draft")),
            Tab("in_transit", _("In transit"), Q(status="in_transit")),
            Tab("late", _("Late"), late, _("No late transfers.")),
        )

    def blocked(self, name, obj):
        if name == "dispatch" and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        return super().blocked(name, obj)

    def create(self, request, header, lines):
        lines = [services.TransferLine(**line) for line in lines]
        return services.create_stock_transfer(**header, lines=lines, by=request.user)

    @admin.action(permissions=["dispatch"], description=_("Dispatch"), location=BOTH_PAGES)
    def dispatch(self, request, queryset):
        return self.apply(request, queryset, services.dispatch_stock_transfer)

    @admin.action(permissions=["receive"], description=_("Receive…"), location=FORM_PAGE)
    def receive(self, request, queryset):
        return self.apply(request, queryset, services.receive_stock_transfer, form=ReceiveTransferForm)

    @admin.action(permissions=["close"], description=_("Close short…"), location=FORM_PAGE)
    def close(self, request, queryset):
        return self.apply(request, queryset, services.close_stock_transfer, form=CloseShortForm)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_stock_transfer, form=CANCEL)


@admin.register(StockTransferItem)
class StockTransferItemAdmin(LineAdmin):
    purpose = _("The goods of all transfers, line by line.")
    list_display = (
        "transfer",
        "product",
        "lot",
        columns.quantity("quantity", _("quantity")),
        "dispatched",
        columns.quantity("quantity_received", _("received")),
    )
    list_select_related = ("transfer", "product", "lot")
    ordering = ("-transfer_id", "pk")
    list_filter = (("product", RelatedFilter),)
    search_fields = ("transfer__transfer_number", "product__sku")
    fields = ("transfer", "product", "quantity", "lot", "from_bin", "to_bin", "quantity_received")
    readonly_fields = ("quantity_received",)

    @admin.display(description=_("dispatched"))
    def dispatched(self, line):
        return line.transfer.dispatched_at
