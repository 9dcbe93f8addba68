"""Purchase orders: what was ordered from suppliers, and how far it has come."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Product, Supplier, SupplierProduct, TaxRate, Tracking
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import AMOUNT_MAX
from inventory_project.base.money import ZERO, TaxedLine, line_net, totals
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, refresh, service
from stock.models import GoodsReceipt, PurchaseOrder, PurchaseOrderItem, PurchaseStatus, ReceiptStatus, Warehouse
from stock.services import checks
from stock.services.receipts import ReceiptLine, create_goods_receipt, post_goods_receipt


@dataclass(frozen=True)
class PurchaseOrderLine:
    """A product to order. Without a cost: the supplier's offer, else the product's cost. Without tax: its rate."""

    product: Product
    quantity: int
    unit_cost: Decimal | None = None
    discount_percent: Decimal = ZERO
    tax_percent: Decimal | None = None


@service
def create_purchase_order(
    *,
    supplier: Supplier,
    warehouse: Warehouse,
    lines: Sequence[PurchaseOrderLine] = (),
    expected_at: datetime.datetime | None = None,
    notes: str = "",
    by,
) -> PurchaseOrder:
    """Draft an order to a supplier. Refuses inactive suppliers, warehouses and products, and a product twice."""
    checks.require_active(supplier, "supplier")
    checks.require_active(warehouse, "warehouse")
    items = [_item(line, f"lines/{index}") for index, line in enumerate(lines)]
    seen: set[int] = set()
    for index, item in enumerate(items):
        if item.product_id in seen:
            raise InvalidInput(
                _("%(sku)s is on this order already: one line for each product.") % {"sku": item.product.sku},
                field=f"lines/{index}/product",
                code="duplicate",
            )
        seen.add(item.product_id)
    order = PurchaseOrder.objects.create(
        purchase_order_number=next_number(PurchaseOrder),
        supplier=supplier,
        warehouse=warehouse,
        expected_at=expected_at,
        notes=checks.text(PurchaseOrder, "notes", notes, "notes"),
    )
    for item in items:
        item.purchase_order = order
    PurchaseOrderItem.objects.bulk_create(items)
    recalculate_purchase_order(order)
    return order


def _item(line: PurchaseOrderLine, path: str) -> PurchaseOrderItem:
    checks.require_active(line.product, f"{path}/product")
    return PurchaseOrderItem(
        product=line.product,
        quantity=checks.whole(line.quantity, f"{path}/quantity"),
        unit_cost=None if line.unit_cost is None else checks.cost(line.unit_cost, f"{path}/unit_cost"),
        discount_percent=checks.percent(line.discount_percent, f"{path}/discount_percent"),
        tax_percent=None if line.tax_percent is None else checks.percent(line.tax_percent, f"{path}/tax_percent"),
    )


def recalculate_purchase_order(order: PurchaseOrder) -> None:
    """Fill in costs and tax rates that were left empty, then bring net amounts and totals up to date."""
    items = list(order.items.select_related("product__tax_rate"))
    _fill_in(order, items)
    sum_up(order, items)
    write_rows(items, "unit_cost", "tax_percent", "subtotal")
    order.save(update_fields=["subtotal_amount", "tax_amount", "total_amount", "updated_at", "updated_by"])


def sum_up(order: PurchaseOrder, items: Sequence[PurchaseOrderItem]) -> None:
    """Bring net amounts and totals up to date in memory; costs and tax rates are known."""
    for item in items:
        item.subtotal = line_net(item.quantity, item.unit_cost or ZERO, item.discount_percent)
    sums = totals(TaxedLine(item.subtotal, item.tax_percent) for item in items)
    if sums.total > AMOUNT_MAX:
        raise InvalidInput(_("The order's total is larger than can be kept."), code="out_of_range")
    order.subtotal_amount, order.tax_amount, order.total_amount = sums.net, sums.tax, sums.total


def _fill_in(order: PurchaseOrder, items: Sequence[PurchaseOrderItem]) -> None:
    without_cost = [item for item in items if item.unit_cost is None]
    if without_cost:
        offers = SupplierProduct.objects.filter(
            supplier=order.supplier_id, product__in=[item.product_id for item in without_cost]
        )
        offered = dict(offers.values_list("product_id", "cost"))
        for item in without_cost:
            item.unit_cost = offered.get(item.product_id, item.product.cost)
    without_tax = [item for item in items if item.tax_percent is None]
    if without_tax:
        default = default_tax_percent()
        for item in without_tax:
            item.tax_percent = item.product.tax_rate.rate if item.product.tax_rate else default


def default_tax_percent() -> Decimal:
    """The tax on products that name no rate."""
    return TaxRate.objects.filter(is_default=True).values_list("rate", flat=True).first() or ZERO


@service
def send_purchase_order(order: PurchaseOrder, *, by) -> PurchaseOrder:
    """Order the goods. Refuses an order without lines, one with a line of unknown cost, an inactive supplier."""
    fresh = lock(order)
    if fresh.status != PurchaseStatus.ORDERED:
        fresh.may("send")
        checks.require_active(fresh.supplier, "supplier")
        items = list(fresh.items.select_related("product"))
        if not items:
            raise RuleViolation(_("%(document)s has no lines.") % {"document": fresh}, code="no_lines")
        unknown = [item.product.sku for item in items if item.unit_cost is None]
        if unknown:
            raise RuleViolation(
                _("Enter the unit cost of %(skus)s.") % {"skus": ", ".join(unknown[:5])}, code="cost_required"
            )
        fresh.advance(PurchaseStatus.ORDERED, ordered_at=timezone.now())
    refresh(order, fresh)
    return order


@service
def receive_purchase_order(
    order: PurchaseOrder, lines: Sequence[ReceiptLine] | None = None, supplier_reference: str = "", *, by
) -> GoodsReceipt:
    """Take goods of an order in; returns the posted receipt. Without lines: everything that is still open.

    Refuses what `post_goods_receipt` refuses; and, without lines, products whose lot or serial numbers must be typed.
    """
    fresh = lock(order)
    if fresh.status == PurchaseStatus.RECEIVED and lines is None:
        return fresh.receipts.filter(status=ReceiptStatus.POSTED).latest("pk")
    fresh.may("receive")
    receipt = create_goods_receipt(
        purchase_order=fresh,
        lines=_everything_open(fresh) if lines is None else lines,
        supplier_reference=supplier_reference,
        by=by,
    )
    try:
        post_goods_receipt(receipt, by=by)
    except RuleViolation as refusal:
        refusal.field = _as_named(receipt, refusal.field)
        raise
    refresh(order, PurchaseOrder.objects.get(pk=order.pk))
    return receipt


def _as_named(receipt: GoodsReceipt, field: str) -> str:
    """The path of an input as the caller named it: the receipt's lines are in the order of those that were given."""
    path = field.split("/")
    if len(path) < 2 or path[0] != "items" or not path[1].isdigit():
        return field
    written = list(receipt.items.order_by("pk").values_list("pk", flat=True))
    return "/".join(["lines", str(written.index(int(path[1]))), *path[2:]])


def _everything_open(order: PurchaseOrder) -> list[ReceiptLine]:
    items = [item for item in order.items.select_related("product").order_by("pk") if item.quantity_open]
    tracked = [item.product.sku for item in items if item.product.tracking != Tracking.NONE]
    if tracked:
        raise InvalidInput(
            _("Enter the lot or serial numbers of %(skus)s.") % {"skus": ", ".join(tracked[:5])},
            field="lines",
            code="lot_required",
        )
    return [ReceiptLine(product=item.product, quantity=item.quantity_open) for item in items]


@service
def close_purchase_order(order: PurchaseOrder, *, by) -> PurchaseOrder:
    """End an order of which the rest will not come."""
    fresh = lock(order)
    if fresh.status != PurchaseStatus.CLOSED:
        fresh.may("close")
        fresh.advance(PurchaseStatus.CLOSED, closed_at=timezone.now())
    refresh(order, fresh)
    return order


@service
def cancel_purchase_order(order: PurchaseOrder, *, by) -> PurchaseOrder:
    """Call an order off, of which nothing has come. Refuses while goods of it are being received."""
    fresh = lock(order)
    if fresh.status != PurchaseStatus.CANCELLED:
        fresh.may("cancel")
        drafts = list(fresh.receipts.filter(status=ReceiptStatus.DRAFT).values_list("receipt_number", flat=True)[:5])
        if drafts:
            raise RuleViolation(
                _("%(receipts)s: a receipt of this order is being drafted. Post or cancel it first.")
                % {"receipts": ", ".join(drafts)},
                code="draft_receipts",
            )
        fresh.advance(PurchaseStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(order, fresh)
    return order
