"""For whom stock is held back, and who waits for it."""

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from sales.models import OrderItem, Reservation
from stock.registry import Backorder, Hold, Named


class OrderDemand:
    """Answers stock: orders hold and wait for goods. See `stock.registry.Demand`."""

    def holds(self, inventory_id: int, most: int) -> list[Hold]:
        """Who holds units of one balance back, the newest first."""
        rows = Reservation.objects.filter(inventory=inventory_id).select_related("order_item__order__customer")
        return [
            Hold(
                row.quantity,
                Named.of(row.order_item.order),
                Named.of(row.order_item.order.customer),
                row.created_at,
                row.expires_at,
            )
            for row in rows.order_by("-pk")[:most]
        ]

    def backorders(self) -> list[Backorder]:
        """What open orders lack, by product and the warehouse that the line or its order names."""
        lines = OrderItem.objects.backordered().order_by()
        lines = lines.values("product_id", place=Coalesce("warehouse_id", "order__warehouse_id"))
        lacking = lines.annotate(units=Sum(F("quantity") - F("quantity_shipped") - F("reserved")))
        return [Backorder(row["product_id"], row["place"], row["units"]) for row in lacking]
