"""What the lists say of the rows of a page: each column is one query, however many rows there are."""

from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Q, Sum, When
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import columns
from stock.models import GoodsReceiptItem, Inventory, PurchaseOrder, PurchaseOrderItem, StockCountItem, StockItem
from stock.queries.counting import moved_since as moved_lines
from stock.queries.counting import values_of


def _values(rows):
    sums = Inventory.objects.filter(warehouse__in=rows).order_by().values_list("warehouse")
    return dict.fromkeys((row.pk for row in rows), Decimal(0)) | dict(sums.annotate(Sum("stock_value")))


def _skus_of_warehouses(rows):
    kept = Inventory.objects.filter(warehouse__in=rows, quantity__gt=0).order_by().values_list("warehouse")
    return dict.fromkeys((row.pk for row in rows), 0) | dict(kept.annotate(Count("pk")))


def _skus_of_bins(rows):
    kept = StockItem.objects.filter(bin__in=rows, quantity__gt=0).order_by().values_list("bin")
    return dict.fromkeys((row.pk for row in rows), 0) | dict(kept.annotate(Count("inventory", distinct=True)))


def _received(rows):
    lines = PurchaseOrderItem.objects.filter(purchase_order__in=rows).order_by().values("purchase_order")
    within = Case(
        When(quantity_received__gt=F("quantity"), then=F("quantity")),
        default=F("quantity_received"),
        output_field=IntegerField(),
    )
    sums = lines.annotate(ordered=Sum("quantity"), received=Sum(within))
    return {row["purchase_order"]: 100 * row["received"] // row["ordered"] for row in sums if row["ordered"]}


def _counted(rows):
    lines = StockCountItem.objects.filter(count__in=rows).order_by().values("count")
    sums = lines.annotate(all=Count("pk"), done=Count("pk", filter=Q(counted_quantity__isnull=False)))
    return {row["count"]: f"{row['done']} / {row['all']}" for row in sums}


def _open_orders(rows):
    waiting = PurchaseOrder.objects.receivable().filter(supplier__in=rows).order_by().values_list("supplier")
    return dict.fromkeys((row.pk for row in rows), 0) | dict(waiting.annotate(Count("pk")))


def _percent(value):
    return columns.EMPTY if value is None else columns.figure(value, suffix=" %")


def _units_received(rows):
    lines = GoodsReceiptItem.objects.filter(receipt__in=rows).order_by().values_list("receipt")
    return dict(lines.annotate(Sum("quantity")))


def _values_unless_blind(rows):
    return values_of([row for row in rows if not row.is_blind or row.status == "posted"])


def _moved(rows):
    return dict.fromkeys(moved_lines(rows), True)


def _signed_value(value):
    return columns.NO_FIGURE if value is None else columns.figure(f"{value:+,.2f}" if value else "0.00")


stock_value = columns.fact("stock_value", _("stock value"), _values, lambda value: columns.figure(value, 2))
skus_of_warehouse = columns.fact("skus", _("SKUs"), _skus_of_warehouses)
skus_of_bin = columns.fact("skus", _("SKUs"), _skus_of_bins)
received = columns.fact("received", _("received"), _received, _percent)
counted = columns.fact("counted", _("counted"), _counted)
units_received = columns.fact("units", _("units"), _units_received)
open_orders = columns.fact("open_orders", _("open purchase orders"), _open_orders)
difference_value = columns.fact("difference_value", _("difference value"), values_of, _signed_value)
difference_unless_blind = columns.fact("difference_value", _("difference value"), _values_unless_blind, _signed_value)
moved_since = columns.fact(
    "moved", _("since then"), _moved, lambda moved: columns.badge(_("moved since"), "amber") if moved else ""
)
