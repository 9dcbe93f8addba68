"""Goods receipts: what has arrived, of which orders, at what cost."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Product, Supplier
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.money import HUNDRED, units
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, refresh, service
from stock.models import (
    Bin,
    GoodsReceipt,
    GoodsReceiptItem,
    MovementKind,
    PurchaseOrder,
    PurchaseOrderItem,
    ReceiptStatus,
    Warehouse,
)
from stock.services import checks
from stock.services.balances import default_bins, lock_balances
from stock.services.lots import find_or_create_lots, lot_named
from stock.services.posting import Move, post
from stock.services.purchase_progress import add_received, lock_order, require_ordered, require_within_order


@dataclass(frozen=True)
class ReceiptLine:
    """What arrived of one product: accepted and rejected units; for a tracked product, of which lot.

    Without a bin it goes to the default bin. Without a cost: the order's after discount, else the product's.
    """

    product: Product
    quantity: int = 0
    quantity_rejected: int = 0
    bin: Bin | None = None
    lot_number: str = ""
    expires_on: datetime.date | None = None
    unit_cost: Decimal | None = None


@service
def create_goods_receipt(
    *,
    lines: Sequence[ReceiptLine] = (),
    purchase_order: PurchaseOrder | None = None,
    supplier: Supplier | None = None,
    warehouse: Warehouse | None = None,
    supplier_reference: str = "",
    notes: str = "",
    by,
) -> GoodsReceipt:
    """Draft a receipt of an order, or of a supplier without one. The warehouse is the order's unless it is named."""
    if purchase_order is not None:
        purchase_order.may("receive")
        warehouse = warehouse or purchase_order.warehouse
    elif supplier is None:
        raise InvalidInput(_("Say which purchase order or which supplier the goods came from."), field="supplier")
    if warehouse is None:
        raise InvalidInput(_("Say which warehouse the goods came to."), field="warehouse")
    checks.require_active(warehouse, "warehouse")
    receipt = GoodsReceipt(
        receipt_number=next_number(GoodsReceipt),
        purchase_order=purchase_order,
        supplier=purchase_order.supplier if purchase_order else supplier,
        warehouse=warehouse,
        supplier_reference=checks.text(GoodsReceipt, "supplier_reference", supplier_reference, "supplier_reference"),
        notes=checks.text(GoodsReceipt, "notes", notes, "notes"),
    )
    items = [_item(receipt, line, f"lines/{index}") for index, line in enumerate(lines)]
    receipt.save()
    GoodsReceiptItem.objects.bulk_create(items)
    recalculate_goods_receipt(receipt)
    return receipt


def _item(receipt: GoodsReceipt, line: ReceiptLine, path: str) -> GoodsReceiptItem:
    checks.whole(line.quantity, f"{path}/quantity", least=0)
    checks.whole(line.quantity_rejected, f"{path}/quantity_rejected", least=0)
    if not line.quantity and not line.quantity_rejected:
        raise InvalidInput(_("Enter how many were accepted or rejected."), field=f"{path}/quantity")
    checks.require_bin_of(line.bin, receipt.warehouse, f"{path}/bin")
    return GoodsReceiptItem(
        receipt=receipt,
        product=line.product,
        bin=line.bin,
        lot_number=checks.text(GoodsReceiptItem, "lot_number", line.lot_number, f"{path}/lot_number"),
        expires_on=checks.day(line.expires_on, f"{path}/expires_on"),
        quantity=line.quantity,
        quantity_rejected=line.quantity_rejected,
        unit_cost=None if line.unit_cost is None else checks.cost(line.unit_cost, f"{path}/unit_cost"),
    )


def recalculate_goods_receipt(receipt: GoodsReceipt) -> None:
    """Tie the lines to those of the order, by product, and take the supplier from it."""
    if receipt.purchase_order_id and receipt.supplier_id != receipt.purchase_order.supplier_id:
        receipt.supplier_id = receipt.purchase_order.supplier_id
        receipt.save(update_fields=["supplier", "updated_at", "updated_by"])
    orders = PurchaseOrderItem.objects.filter(purchase_order=receipt.purchase_order_id)
    of_product = dict(orders.values_list("product_id", "pk")) if receipt.purchase_order_id else {}
    items = list(receipt.items.select_related("product"))
    if receipt.purchase_order_id:
        require_ordered(receipt.purchase_order, [item for item in items if item.product_id not in of_product])
    changed = [item for item in items if item.purchase_order_item_id != of_product.get(item.product_id)]
    for item in changed:
        item.purchase_order_item_id = of_product.get(item.product_id)
    write_rows(changed, "purchase_order_item")


@service
def post_goods_receipt(receipt: GoodsReceipt, *, by) -> GoodsReceipt:
    """Take the goods in: stock, lots and the order's progress, all or nothing.

    Refuses goods that were not ordered, more than was ordered (beyond OVER_RECEIPT_PERCENT), an order that is not
    open, a tracked product without its number, a cost that nobody knows.
    """
    fresh = lock(receipt)
    if fresh.status != ReceiptStatus.POSTED:
        fresh.may("post")
        order, order_items = lock_order(fresh)
        if order:
            order.may("receive")
        recalculate_goods_receipt(fresh)
        items = list(fresh.items.select_related("product", "bin").order_by("pk"))
        if not items:
            raise RuleViolation(_("%(document)s has no lines.") % {"document": fresh}, code="no_lines")
        if order:
            require_within_order(order, items, order_items)
        _take_in(fresh, items, order_items)
        if order:
            add_received(order, order_items, {item.pk: item.quantity for item in items}, items)
        fresh.advance(ReceiptStatus.POSTED, posted_at=timezone.now())
    refresh(receipt, fresh)
    return receipt


def _take_in(
    receipt: GoodsReceipt, items: Sequence[GoodsReceiptItem], order_items: Mapping[int, PurchaseOrderItem]
) -> None:
    """Fill in what the lines left open, then move the accepted units in."""
    accepted = [item for item in items if item.quantity]
    wanted = []
    for item in accepted:
        path = f"items/{item.pk}"
        checks.require_bin_of(item.bin, receipt.warehouse, f"{path}/bin")
        wanted.append(lot_named(item.product, item.lot_number, item.expires_on, item.quantity, path))
        item.unit_cost = _cost(item, order_items.get(item.purchase_order_item_id))
    lock_balances({(item.product_id, receipt.warehouse_id) for item in accepted}, create=True)
    bins = default_bins([receipt.warehouse_id])
    for item, lot in zip(accepted, find_or_create_lots(wanted, supplier=receipt.supplier), strict=True):
        item.lot = lot
        item.bin_id = item.bin_id or bins[receipt.warehouse_id]
    write_rows(accepted, "bin", "lot", "unit_cost")
    post(
        [
            Move(
                product_id=item.product_id,
                warehouse_id=receipt.warehouse_id,
                bin_id=item.bin_id,
                lot_id=item.lot_id,
                quantity=item.quantity,
                kind=MovementKind.RECEIPT,
                value=item.unit_cost * item.quantity,
                reference=receipt.receipt_number,
                source_type=GoodsReceiptItem._meta.label_lower,
                source_id=item.pk,
            )
            for item in accepted
        ]
    )


def _cost(item: GoodsReceiptItem, order_item: PurchaseOrderItem | None) -> Decimal:
    if item.unit_cost is not None:
        return item.unit_cost
    if order_item is not None:
        return units(order_item.unit_cost * (HUNDRED - order_item.discount_percent) / HUNDRED)
    if item.product.cost is not None:
        return item.product.cost
    raise RuleViolation(
        _("Enter the unit cost of %(sku)s: neither an order nor the product has one.") % {"sku": item.product.sku},
        code="cost_required",
        field=f"items/{item.pk}/unit_cost",
    )


@service
def cancel_goods_receipt(receipt: GoodsReceipt, *, by) -> GoodsReceipt:
    """Drop a receipt that was not posted."""
    fresh = lock(receipt)
    if fresh.status != ReceiptStatus.CANCELLED:
        fresh.may("cancel")
        fresh.advance(ReceiptStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(receipt, fresh)
    return receipt
