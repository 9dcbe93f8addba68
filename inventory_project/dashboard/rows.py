"""The rows that want attention first."""

from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from sales.models import Order, OrderItem

MOST_ORDERS, MOST_PRODUCTS = 7, 6


def next_to_ship(user: User) -> list[Order] | None:
    """The orders to be shipped soonest. One query."""
    if not user.has_perm("sales.view_order"):
        return None
    rows = Order.objects.to_ship().select_related("customer")
    return list(rows.order_by(F("requested_on").asc(nulls_last=True), "pk")[:MOST_ORDERS])


@dataclass(frozen=True)
class Short:
    """A balance that runs low, and how many units customers wait for there."""

    pk: int
    sku: str
    name: str
    place: str
    available: int
    demand: int


def low_stock(user: User) -> list[Short] | None:
    """Balances that run low while customers wait for goods from there, the emptiest first. One query.

    It begins at the open lines, which are few beside the balances.
    """
    if not user.has_perms(["stock.view_inventory", "sales.view_order"]):
        return None
    balance = "product__inventory"
    here = OrderItem.objects.open().annotate(place=Coalesce("warehouse_id", "order__warehouse_id"))
    short = here.filter(
        **{f"{balance}__warehouse": F("place"), f"{balance}__available__lte": F(f"{balance}__reorder_level")}
    )
    columns = (balance, "product__sku", "product__name", f"{balance}__warehouse__code", f"{balance}__available")
    waiting = short.order_by().values_list(*columns).annotate(units=Sum(F("quantity") - F("quantity_shipped")))
    return [Short(*row) for row in waiting.order_by(f"{balance}__available", "-units", balance)[:MOST_PRODUCTS]]
