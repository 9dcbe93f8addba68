"""Orders like earlier ones."""

from inventory_project.base.services import service
from sales.models import Order, PriceOrigin

from .placing import OrderLine, place_order


@service
def duplicate_order(order: Order, *, by) -> Order:
    """A new pending order of the same goods, at today's prices; a price that was entered by hand stays.

    Refuses what placing refuses. The customer's reference, the day and addresses given up meanwhile do not come along.
    """
    lines = [
        OrderLine(
            product=item.product,
            quantity=item.quantity,
            unit_price=item.unit_price if item.price_origin == PriceOrigin.MANUAL else None,
            discount_percent=item.discount_percent,
            warehouse=item.warehouse,
            description=item.description,
        )
        for item in order.items.select_related("product", "warehouse").order_by("pk")
    ]
    addresses = {name: getattr(order, name) for name in ("billing_to", "shipping_to")}
    return place_order(
        customer=order.customer,
        lines=lines,
        warehouse=order.warehouse,
        shipping_amount=order.shipping_amount,
        allow_backorder=order.allow_backorder,
        notes=order.notes,
        **{name: address for name, address in addresses.items() if address and address.is_active},
        by=by,
    )
