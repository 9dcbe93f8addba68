"""Reservations that come and go by themselves: back-orders served by what arrives, others expired or given way."""

import datetime
from collections.abc import Collection, Mapping

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from inventory_project.base.services import lock, lock_all, service
from sales.models import Order, OrderItem, Reservation
from stock.models import Inventory
from stock.registry import Claim

from .allocation import allocate_in_turn
from .confirming import touch
from .reservations import Reservations


@service
def allocate_backorders(inventory_ids: Collection[int], *, by: User | None) -> int:
    """Reserve what has arrived for the back-orders that wait for it, those confirmed first before the others.

    Returns the number of units.
    """
    products = set(Inventory.objects.filter(pk__in=inventory_ids).values_list("product_id", flat=True))
    waiting = OrderItem.objects.backordered().filter(product__in=products)
    orders = {order.pk: order for order in lock_all(Order.objects.to_ship().filter(pk__in=waiting.values("order")))}
    if not orders:
        return 0
    items = list(
        OrderItem.objects.open()
        .filter(order__in=orders, product__in=products)
        .select_related("product")
        .order_by(F("order__confirmed_at").asc(nulls_first=True), "order_id", "pk")
    )
    book = Reservations.lock(items)
    wants = [want for want in (book.lacking(orders[item.order_id], item) for item in items) if want.quantity > 0]
    offers = [offer for offer in book.offers(items) if offer.inventory in inventory_ids]
    shares = allocate_in_turn(wants, offers)
    book.take(shares)
    book.write()
    served = {item.order_id for item in items if shares.get(item.pk)}
    Order.objects.filter(pk__in=served).update()  # a new version: its goods have come
    return sum(share.total() for share in shares.values())


@service
def release_expired_reservations(now: datetime.datetime | None = None, *, by: User | None) -> int:
    """Give free what was reserved for longer than agreed; the orders stay confirmed, back-ordered.

    Returns the number of reservations.
    """
    now = now or timezone.now()
    expired = Reservation.objects.expired(now)
    orders = lock_all(Order.objects.filter(pk__in=expired.values("order_item__order")))
    balances = lock_all(Inventory.objects.filter(pk__in=expired.values("inventory")))
    rows = list(Reservation.objects.expired(now).filter(order_item__order__in=orders, inventory__in=balances))
    book = Reservations(balances, rows)
    for row in rows:
        book.give_way(row, row.quantity)
    book.write()
    Order.objects.filter(pk__in=[order.pk for order in orders]).update()
    return len(rows)


@service
def release_reservation(reservation: Reservation, *, by: User | None) -> None:
    """Give one reservation free; the order stays confirmed, back-ordered by so much. Repeating it does nothing."""
    order = lock(reservation.order_item.order)
    balances = lock_all(Inventory.objects.filter(pk=reservation.inventory_id))
    rows = list(Reservation.objects.filter(pk=reservation.pk))
    book = Reservations(balances, rows)
    for row in rows:
        book.give_way(row, row.quantity)
    book.write()
    if rows:
        touch(order)


class OrderReservations:
    """Answers stock: which orders hold units of a balance, and which give way. See `stock.registry`."""

    def claims(self, inventory_ids: Collection[int]) -> list[Claim]:
        """Who holds units of these balances back, the newest first."""
        return [_claim(row, row.quantity) for row in self._newest_first(inventory_ids)]

    def release(self, units: Mapping[int, int]) -> list[Claim]:
        """Let reservations give way, the newest first, by so many units of each balance."""
        rows = self._newest_first(units)
        book = Reservations([], rows)
        left = dict(units)
        claims = []
        for row in rows:
            given = min(left[row.inventory_id], row.quantity)
            if given > 0:
                left[row.inventory_id] -= given
                claims.append(_claim(row, given))
                book.give_way(row, given)
        book.write()
        return claims

    def _newest_first(self, inventory_ids: Collection[int]) -> list[Reservation]:
        rows = Reservation.objects.filter(inventory__in=list(inventory_ids))
        return list(rows.select_related("order_item__order").order_by("-pk"))


def _claim(row: Reservation, units: int) -> Claim:
    return Claim(row.inventory_id, units, row.order_item.order.number)
