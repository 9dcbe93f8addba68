"""Orders to suppliers like earlier ones."""

from inventory_project.base.services import service
from stock.models import PurchaseOrder

from .purchasing import PurchaseOrderLine, create_purchase_order


@service
def duplicate_purchase_order(order: PurchaseOrder, *, by) -> PurchaseOrder:
    """A new draft of the same goods, at what the supplier asks today. Refuses what drafting refuses."""
    lines = [
        PurchaseOrderLine(product=item.product, quantity=item.quantity, discount_percent=item.discount_percent)
        for item in order.items.select_related("product").order_by("pk")
    ]
    return create_purchase_order(
        supplier=order.supplier, warehouse=order.warehouse, lines=lines, notes=order.notes, by=by
    )
