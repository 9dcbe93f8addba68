"""Balances, what lies where, and the ledger."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    FORM_PAGE,
    DayRangeFilter,
    LedgerAdmin,
    RelatedFilter,
    StateAdmin,
    Tab,
    columns,
    permission,
)
from inventory_project.base.admin.listing import is_id
from inventory_project.base.discretion import SEE_COST
from stock import services
from stock.admin.answers import signed
from stock.admin.count_start import Counts
from stock.admin.forms import AdjustForm, BalanceAdjustForm, ItemAdjustForm, OpeningForm, ReverseMovementForm
from stock.admin.questions import InventoryQuestions
from stock.admin.reordering import Reorders
from stock.admin.stock_pages import StockPages
from stock.admin.transferring import Transfers
from stock.models import Inventory, StockItem, StockMovement
from stock.models.inventory import InventoryQuerySet
from stock.registry import demand


def wanted(rows: InventoryQuerySet) -> InventoryQuerySet:
    """The balances that customers have a claim on: reserved for them, or waited for."""
    waiting = demand().backorders()
    here, anywhere = Q(), {row.product_id for row in waiting if row.warehouse_id is None}
    for warehouse in {row.warehouse_id for row in waiting if row.warehouse_id is not None}:
        here |= Q(warehouse=warehouse, product__in={row.product_id for row in waiting if row.warehouse_id == warehouse})
    return rows.filter(Q(reserved__gt=0) | Q(product__in=anywhere) | here)


class AdjustPage:
    """Mixin: stock is put right on a page of its own."""

    has_adjust_permission = permission("stock.adjust_inventory")
    has_open_permission = permission("stock.open_inventory")

    @staticmethod
    def adjusted(_row, *, lines, release, by):
        """What the questions about one row have answered; the lines name it."""
        return services.adjust_stock(lines, release=release, by=by)

    def adjust_page(self, request):
        def run(answers):
            return services.adjust_stock(**answers, by=request.user)

        product = request.GET.get("product", "")
        known = {"product": product} if is_id(product) else None
        return self.ask(request, AdjustForm, run, initial=known, then=self.list_url)


@admin.register(Inventory)
class InventoryAdmin(InventoryQuestions, StockPages, Reorders, Counts, Transfers, AdjustPage, StateAdmin):
    purpose = _("How much of each product there is in each warehouse, and when to order more.")
    list_display = (
        "product",
        "warehouse",
        columns.quantity("quantity", _("on hand")),
        columns.quantity("reserved", _("reserved")),
        "available_figure",
        "reorder_level",
        "reorder_quantity",
        columns.amount("stock_value", _("value")),
    )
    list_editable = ("reorder_level", "reorder_quantity")
    list_select_related = ("product", "warehouse")
    ordering = ("product__sku", "warehouse_id")
    sorted_when_many = ("product", "quantity")
    list_filter = ("warehouse", ("product", RelatedFilter), ("product__category", RelatedFilter))
    search_fields = ("product__sku", "product__name")
    tabs = (
        Tab("low", _("Low"), lambda rows: rows.low(), _("Nothing is running low.")),
        Tab("out", _("Out of stock"), lambda rows: rows.filter(available__lte=0), _("Nothing is out of stock.")),
        Tab("demand", _("With demand"), wanted, _("No customer waits for anything, and nothing is reserved.")),
    )
    needs = {"stock_value": SEE_COST, "average": SEE_COST}
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "product",
                    "warehouse",
                    "quantity",
                    "reserved",
                    "available",
                    "stock_value",
                    "average",
                    "last_counted",
                )
            },
        ),
        (_("Reordering"), {"fields": ("reorder_level", "reorder_quantity", "notes")}),
    )
    readonly_fields = (
        "product",
        "warehouse",
        "quantity",
        "reserved",
        "available",
        "stock_value",
        "average",
        "last_counted",
    )
    related_links = ("stock_items", "reservations")
    actions = ("adjust", "reorder", "count", "transfer")
    add_act, undo_act = "open", "adjust"
    page_note = _(
        "Balances come from movements. To add one, enter opening stock; to change or remove it, adjust it. "
        "Reorder levels and notes are edited here."
    )

    @admin.display(description=_("available"), ordering="available")
    def available_figure(self, balance):
        level = balance.reorder_level
        if level is not None and balance.available <= level:
            return format_html(
                '<span class="num badge {}">{}</span>', "amber" if balance.available else "red", balance.available
            )
        return columns.figure(balance.available)

    @admin.display(description=_("average cost"))
    def average(self, balance):
        return columns.price_text(balance.average_cost)

    def open_page(self, request):
        return self.ask(
            request,
            OpeningForm,
            lambda answers: services.enter_opening_stock(**answers, by=request.user),
            then=self.list_url,
        )

    @admin.action(permissions=["adjust"], description=_("Adjust…"), location=FORM_PAGE)
    def adjust(self, request, queryset):
        return self.apply(request, queryset, self.adjusted, form=BalanceAdjustForm)


@admin.register(StockItem)
class StockItemAdmin(AdjustPage, StateAdmin):
    purpose = _("Which goods lie in which bin, by lot or serial number where they are tracked.")
    list_display = ("product", "warehouse", "bin", "lot", "expires_on", columns.quantity("quantity", _("quantity")))
    list_select_related = ("inventory__product", "inventory__warehouse", "bin", "lot")
    ordering = ("inventory__product__sku", "pk")
    sorted_when_many = ("product",)
    list_filter = ("inventory__warehouse", ("bin", RelatedFilter), ("inventory__product", RelatedFilter))
    search_fields = ("inventory__product__sku", "bin__code", "lot__number")
    fields = ("inventory", "bin", "lot", "quantity", "notes")
    readonly_fields = ("inventory", "bin", "lot", "quantity")
    actions = ("adjust",)
    add_act, undo_act = "adjust", "adjust"
    page_note = _("What lies where comes from movements: adjust the stock to change it. Notes are edited here.")

    def label(self, row):
        return f"{row.inventory.product.sku}, {row.bin.code}" + (f", {row.lot}" if row.lot else "")

    @admin.display(description=_("product"), ordering="inventory__product__sku")
    def product(self, item):
        return item.inventory.product

    @admin.display(description=_("warehouse"), ordering="inventory__warehouse__code")
    def warehouse(self, item):
        return item.inventory.warehouse

    @admin.display(description=_("expires on"), ordering="lot__expires_on")
    def expires_on(self, item):
        return item.lot.expires_on if item.lot else None

    @admin.action(permissions=["adjust"], description=_("Adjust…"), location=FORM_PAGE)
    def adjust(self, request, queryset):
        return self.apply(request, queryset, self.adjusted, form=ItemAdjustForm)


@admin.register(StockMovement)
class StockMovementAdmin(AdjustPage, LedgerAdmin):
    purpose = _("Every change of stock is written down here, with what caused it.")
    list_display = (
        "created_at",
        columns.choice("kind", _("kind")),
        "product",
        "warehouse",
        "bin",
        "lot",
        "moved",
        columns.quantity("quantity_after", _("after")),
        columns.amount("value", _("value")),
        "document",
        "created_by",
    )
    list_select_related = ("product", "warehouse", "bin", "lot", "created_by")
    list_filter = ("kind", "warehouse", ("product", RelatedFilter), ("created_at", DayRangeFilter))
    search_fields = ("=reference", "product__sku")
    search_help_text = _("A document's number, or a SKU")
    sortable_by = ("created_at",)
    ordering = ("-pk",)
    needs = {"value": SEE_COST, "unit_cost": SEE_COST}
    fields = (
        "kind",
        "product",
        "warehouse",
        "bin",
        "lot",
        "quantity",
        "quantity_after",
        "unit_cost",
        "value",
        "reason",
        "reference",
        "reverses",
    )
    related_links = ("reversals",)
    actions = ("reverse",)
    add_act, undo_act = "adjust", "reverse"
    has_reverse_permission = permission("stock.reverse_stockmovement")
    page_note = _(
        "The ledger of stock is never changed. To add a movement, adjust the stock; to undo one, reverse it: "
        "a movement of a document is undone at the document."
    )

    @admin.display(description=_("quantity"))
    def moved(self, movement):
        return signed(movement.quantity)

    @admin.display(description=_("document"))
    def document(self, movement):
        """Its number, which the search finds for those who may see the document."""
        if not movement.reference:
            return columns.EMPTY
        url = reverse("admin:search", query={"q": movement.reference})
        return format_html('<a class="nowrap" href="{}">{}</a>', url, movement.reference)

    def offers(self, name, obj):
        return obj.source_id is None and obj.kind != "reversal"

    @admin.action(permissions=["reverse"], description=_("Reverse…"), location=FORM_PAGE)
    def reverse(self, request, queryset):
        return self.apply(request, queryset, services.reverse_movement, form=ReverseMovementForm)
