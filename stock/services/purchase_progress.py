"""How far a purchase order has come: derived from its receipts, never typed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import INTEGER_MAX
from inventory_project.base.money import HUNDRED
from inventory_project.base.services import lock, lock_all
from stock.models import GoodsReceipt, GoodsReceiptItem, PurchaseOrder, PurchaseOrderItem, PurchaseStatus
from stock.models.purchase import RECEIVABLE


def lock_order(receipt: GoodsReceipt) -> tuple[PurchaseOrder | None, dict[int, PurchaseOrderItem]]:
    """Lock the order of a receipt, which is locked, and the order's lines; nothing when it has none."""
    if not receipt.purchase_order_id:
        return None, {}
    order = lock(receipt.purchase_order)
    items = lock_all(order.items.select_related("product"))
    return order, {item.pk: item for item in items}


def require_ordered(order: PurchaseOrder, strangers: Iterable[GoodsReceiptItem]) -> None:
    """Refuse lines of products that are not on the order."""
    skus = sorted({item.product.sku for item in strangers})
    if skus:
        raise RuleViolation(
            _("%(skus)s: not on %(order)s. Receive it without an order.")
            % {"skus": ", ".join(skus[:5]), "order": order},
            code="not_ordered",
        )


def require_within_order(
    order: PurchaseOrder, items: Sequence[GoodsReceiptItem], order_items: Mapping[int, PurchaseOrderItem]
) -> None:
    """Refuse goods that were not ordered, and more than was ordered plus the percentage that is allowed."""
    require_ordered(order, [item for item in items if item.purchase_order_item_id not in order_items])
    arriving: Counter[int] = Counter()
    for item in items:
        arriving[item.purchase_order_item_id] += item.quantity
    problems, lines = [], []
    for pk, quantity in sorted(arriving.items()):
        item = order_items[pk]
        line = {
            "product": item.product_id,
            "sku": item.product.sku,
            "asked": quantity,
            "ordered": item.quantity,
            "received": item.quantity_received,
            "allowed": max(_most(item) - item.quantity_received, 0),
        }
        if quantity > line["allowed"]:
            lines.append(line)
            problems.append(
                _("%(sku)s: %(ordered)d ordered, %(received)d received, so at most %(allowed)d more, not %(asked)d.")
                % line
            )
    if problems:
        raise RuleViolation(" ".join(problems[:5]), code="over_receipt", details={"lines": lines})


def _most(item: PurchaseOrderItem) -> int:
    most = item.quantity * (HUNDRED + settings.OVER_RECEIPT_PERCENT) / HUNDRED
    return min(int(most.to_integral_value(ROUND_DOWN)), INTEGER_MAX)


def add_received(
    order: PurchaseOrder,
    order_items: Mapping[int, PurchaseOrderItem],
    units: Mapping[int, int],
    items: Iterable[GoodsReceiptItem],
) -> None:
    """Count units (receipt line id -> signed units) towards the order's lines, and derive its status from them."""
    changed = {}
    for item in items:
        if units.get(item.pk):
            order_item = order_items[item.purchase_order_item_id]
            order_item.quantity_received += units[item.pk]
            changed[order_item.pk] = order_item
    write_rows(changed.values(), "quantity_received")
    status = _status(order, order_items.values())
    done = status == PurchaseStatus.RECEIVED
    order.advance(status, received_at=(order.received_at or timezone.now()) if done else None)


def _status(order: PurchaseOrder, items: Iterable[PurchaseOrderItem]) -> str:
    """An order that was closed stays closed: what was sent back since is not awaited any more."""
    if order.status not in (*RECEIVABLE, PurchaseStatus.RECEIVED):
        return order.status
    items = list(items)
    if not any(item.quantity_received for item in items):
        return PurchaseStatus.ORDERED
    if any(item.quantity_open for item in items):
        return PurchaseStatus.PARTIALLY_RECEIVED
    return PurchaseStatus.RECEIVED
