"""Short cuts through purchasing."""

from stock.models import GoodsReceipt, PurchaseOrder, PurchaseOrderItem
from stock.services import receive_purchase_order, send_purchase_order


def ordered(*items: PurchaseOrderItem) -> PurchaseOrder:
    """The order of these lines, sent."""
    return send_purchase_order(items[0].purchase_order, by=None)


def received(*items: PurchaseOrderItem) -> GoodsReceipt:
    """The receipt of all that was ordered in these lines."""
    return receive_purchase_order(ordered(*items), by=None)
