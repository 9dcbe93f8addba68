"""The rows that want attention first."""

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from sales.models import Order, OrderItem
from stock.models import Inventory

MOST_ORDERS, MOST_PRODUCTS = 7, 6


def next_to_ship(user: User) -> list[Order] | None:
    """The orders to be shipped soonest. One query."""
    if not user.has_perm("sales.view_order"):
        return None
    rows = Order.objects.to_ship().select_related("customer")
    return list(rows.order_by(F("requested_on").asc(nulls_last=True), "pk")[:MOST_ORDERS])


def low_stock(user: User) -> list[Inventory] | None:
    """Balances that run low while customers wait for goods from there, the emptiest first. One query."""
    if not user.has_perm("stock.view_inventory"):
        return None
    waiting = OrderItem.objects.open().order_by()
    here = waiting.annotate(place=Coalesce("warehouse_id", "order__warehouse_id"))
    mine = here.filter(product=OuterRef("product"), place=OuterRef("warehouse")).values("product")
    demand = mine.annotate(units=Sum(F("quantity") - F("quantity_shipped"))).values("units")
    low = Inventory.objects.low().filter(product__in=waiting.values("product"))
    rows = low.annotate(demand=Subquery(demand)).filter(demand__gt=0).select_related("product", "warehouse")
    return list(rows.order_by("available", "-demand", "pk")[:MOST_PRODUCTS])
