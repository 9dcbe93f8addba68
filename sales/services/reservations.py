"""Holding stock back for order lines, and giving it free again.

A reservation is changed only by who holds the lock on its balance; so is the counter `inventory.reserved`, the sum.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Self

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Tracking
from inventory_project.base.errors import InsufficientStock
from inventory_project.base.services import lock_all
from sales.models import Order, OrderItem, Reservation
from stock.models import Inventory
from stock.services.picking import unshippable
from stock.services.posting import change_reserved

from .allocation import Offer, Shares, Want, allocate

NAMED = 5


class Reservations:
    """What is reserved, over locked balances: changed in memory, then written at once."""

    def __init__(self, balances: Iterable[Inventory], rows: Iterable[Reservation]) -> None:
        self.balances = {balance.pk: balance for balance in balances}
        self.places = {(row.product_id, row.warehouse_id): row for row in self.balances.values()}
        self._rows: dict[int, dict[int, Reservation]] = defaultdict(dict)
        for row in rows:
            self._rows[row.order_item_id][row.inventory_id] = row
        self._deltas: Counter[int] = Counter()
        self._touched: set[tuple[int, int]] = set()

    @classmethod
    def lock(cls, items: Iterable[OrderItem], *, none_yet: bool = False) -> Self:
        """Lock every balance from which the lines are served or could be, then read what is reserved for them.

        The order of the lines is locked, or new. `none_yet` says that nothing is reserved for them so far.
        """
        items = list(items)
        there = {"available__gt": 0} if none_yet else {"quantity__gt": 0}
        products = {item.product_id for item in items}
        balances = Inventory.objects.filter(product__in=products, **there).select_related("warehouse")
        locked = lock_all(balances)
        if none_yet:
            return cls(locked, [])
        rows = Reservation.objects.filter(order_item__in=[item.pk for item in items])
        return cls(locked, rows.order_by("pk"))

    def held(self, item: OrderItem) -> int:
        """Units reserved for the line."""
        return sum(row.quantity for row in self.of(item))

    def of(self, item: OrderItem) -> list[Reservation]:
        """What is reserved for the line, the oldest first."""
        return [row for row in self._rows[item.pk].values() if row.quantity]

    def add(self, item_id: int, inventory_id: int, units: int) -> None:
        """Reserve further units for a line; the time that they are kept starts anew."""
        new = Reservation(order_item_id=item_id, inventory_id=inventory_id, quantity=0)
        row = self._rows[item_id].setdefault(inventory_id, new)
        row.expires_at = expiry()
        self._change(row, units)

    def consume(self, item: OrderItem, inventory_id: int, units: int) -> int:
        """Use up to so many reserved units up; returns how many. The posting brings the counter down itself."""
        row = self._rows[item.pk].get(inventory_id)
        used = min(units, row.quantity) if row else 0
        if used:
            self._change(row, -used)
            self._deltas[inventory_id] += used
        return used

    def give_way(self, row: Reservation, units: int) -> None:
        """Give so many units of one reservation free."""
        self._change(row, -units)

    def limit(self, item: OrderItem, units: int) -> None:
        """Keep at most so many units for the line; the newest reservations give way."""
        excess = self.held(item) - units
        for row in reversed(self.of(item)):
            given = min(max(excess, 0), row.quantity)
            self._change(row, -given)
            excess -= given

    def lacking(self, order: Order, item: OrderItem) -> Want:
        """What is still to be reserved for the line, and which warehouse has to serve it, if one is named."""
        units = item.quantity_open - self.held(item)
        return Want(item.pk, item.product_id, units, item.warehouse_id or order.warehouse_id)

    def offers(self, items: Iterable[OrderItem]) -> list[Offer]:
        """What can be promised to the lines: on hand in an active warehouse, not reserved, and shippable."""
        tracked = {item.product_id: item.product.tracking != Tracking.NONE for item in items}
        rows = [row for row in self.balances.values() if row.product_id in tracked and row.warehouse.is_active]
        bad = unshippable([row.pk for row in rows if tracked[row.product_id]])
        free = {row.pk: row.quantity - row.reserved - self._deltas[row.pk] - bad.get(row.pk, 0) for row in rows}
        return [Offer(row.pk, row.product_id, row.warehouse_id, max(free[row.pk], 0)) for row in rows]

    def serve(self, order: Order, items: Sequence[OrderItem], *, in_full: Collection[int] | None = None) -> None:
        """Reserve what the lines lack: all of it or, where the order allows back-orders, what there is.

        The lines come with their products. Raises InsufficientStock naming every short line, or those of `in_full`
        (ids of lines) if only they have to be served.
        """
        wants = [want for want in (self.lacking(order, item) for item in items) if want.quantity > 0]
        if not wants:
            return
        shares = allocate(wants, self.offers(items))
        if not order.allow_backorder:
            needed = [want for want in wants if in_full is None or want.key in in_full]
            require_all(needed, shares, {item.pk: item for item in items})
        self.take(shares)

    def take(self, shares: Shares) -> None:
        """Reserve what was shared out to lines."""
        for item_id, parts in shares.items():
            for inventory_id, units in parts.items():
                self.add(item_id, inventory_id, units)

    def write(self) -> None:
        """Write what has changed, rows and counters, in a few statements."""
        touched = [self._rows[item][inventory] for item, inventory in sorted(self._touched)]
        Reservation.objects.filter(pk__in=[row.pk for row in touched if row.pk and not row.quantity]).delete()
        Reservation.objects.bulk_update([row for row in touched if row.pk and row.quantity], ["quantity", "expires_at"])
        Reservation.objects.bulk_create([row for row in touched if not row.pk and row.quantity])
        change_reserved(self._deltas)

    def _change(self, row: Reservation, units: int) -> None:
        if units:
            row.quantity += units
            self._deltas[row.inventory_id] += units
            self._touched.add((row.order_item_id, row.inventory_id))


def expiry() -> datetime.datetime | None:
    """Until when a new reservation is kept; None: for ever."""
    days = settings.RESERVATION_DAYS
    return timezone.now() + datetime.timedelta(days=days) if days else None


def require_all(wants: Iterable[Want], shares: Shares, items: Mapping[int, OrderItem]) -> None:
    """Refuse unless every want can be served in full. `items` has all lines asked for, under the keys of the wants."""
    position = {key: number for number, key in enumerate(items, start=1)}
    lines = [
        {
            "line": position[want.key],
            "product": want.product,
            "sku": items[want.key].product.sku,
            "warehouse": want.warehouse,
            "asked": want.quantity,
            "available": shares[want.key].total(),
        }
        for want in wants
        if shares[want.key].total() < want.quantity
    ]
    if lines:
        raise InsufficientStock(_sentence(lines), details={"lines": lines})


def _sentence(lines: Sequence[Mapping[str, object]]) -> str:
    told = [_("Only %(available)d of %(asked)d %(sku)s are available.") % line for line in lines[:NAMED]]
    rest = len(lines) - NAMED
    if rest > 0:
        told.append(
            ngettext("%(count)d more line is short.", "%(count)d more lines are short.", rest) % {"count": rest}
        )
    return " ".join(told)
