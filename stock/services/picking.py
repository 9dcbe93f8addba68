"""Choosing what leaves: first expired first out, and nothing that is blocked or expired."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum, Window

from inventory_project.base.clock import today
from stock.models import Inventory, Lot, StockItem
from stock.services.balances import Balances, Place
from stock.services.shortages import Shortage, insufficient

# First expired first, then the older lot, then the default bin. The id makes the order total.
ORDER = (
    F("lot__expires_on").asc(nulls_last=True),
    F("lot").asc(),
    F("bin__is_default").desc(),
    F("bin").asc(),
    F("pk").asc(),
)


@dataclass(frozen=True)
class Demand:
    """Units of a product that are to leave a warehouse; `bin_id` and `lot_id` when they are named."""

    product_id: int
    warehouse_id: int
    quantity: int
    bin_id: int | None = None
    lot_id: int | None = None

    @property
    def place(self) -> Place:
        return self.product_id, self.warehouse_id


@dataclass(frozen=True)
class Pick:
    """Units to be taken from one bin and lot."""

    bin_id: int
    lot_id: int | None
    quantity: int


def pick(demands: Sequence[Demand], balances: Balances, *, shippable_only: bool = True) -> list[list[Pick]]:
    """Choose for each demand where its units come from; the n-th list answers the n-th demand.

    `balances` are the demands' balances, locked by the caller (`lock_balances`). What one demand takes is gone for
    the others; those that name a bin or a lot choose first. A lot that is named is taken although it is blocked or
    expired: only a shipment refuses it, when it is posted. Raises InsufficientStock naming every short demand.
    """
    items = _candidates(demands, balances, shippable_only=shippable_only)
    left = {item.pk: item.quantity for row in items.values() for item in row}
    day = today()
    picks: list[list[Pick]] = [[] for _demand in demands]
    shortages = []
    for index in sorted(range(len(demands)), key=lambda i: _freedom(demands[i])):
        demand = demands[index]
        balance = balances.get(demand.place)
        missing = demand.quantity
        for item in items.get(balance.pk, []) if balance else []:
            if not missing:
                break
            if not _fits(item, demand, day if shippable_only else None):
                continue
            taken = min(missing, left[item.pk])
            if taken:
                left[item.pk] -= taken
                missing -= taken
                picks[index].append(Pick(item.bin_id, item.lot_id, taken))
        if missing:
            found = demand.quantity - missing
            shortages.append(
                Shortage(*demand.place, demand.quantity, found, bin_id=demand.bin_id, lot_id=demand.lot_id)
            )
    if shortages:
        raise insufficient(shortages)
    return picks


def _freedom(demand: Demand) -> int:
    return (demand.bin_id is None) + (demand.lot_id is None)


def _fits(item: StockItem, demand: Demand, day: date | None) -> bool:
    if demand.bin_id and item.bin_id != demand.bin_id:
        return False
    if demand.lot_id:
        return item.lot_id == demand.lot_id
    return day is None or item.lot is None or item.lot.is_shippable_on(day)


def _candidates(
    demands: Iterable[Demand], balances: Balances, *, shippable_only: bool
) -> Mapping[int, list[StockItem]]:
    """The stock items that can matter, in the order in which they leave, by balance.

    A product with ten thousand serial numbers must not be read whole to take one: of what nobody named only the
    front of the queue is read, as far as all demands together could reach.
    """
    asked: dict[int, int] = defaultdict(int)
    lots, bins = set(), set()
    for demand in demands:
        if balance := balances.get(demand.place):
            asked[balance.pk] += demand.quantity
            lots.add(demand.lot_id)
            bins.add(None if demand.lot_id else demand.bin_id)
    there = StockItem.objects.filter(inventory__in=asked, quantity__gt=0).select_related("bin", "lot").order_by()
    before = Window(Sum("quantity"), partition_by=F("inventory"), order_by=ORDER) - F("quantity")
    queue = _shippable(there) if shippable_only else there
    found = {item.pk: item for item in queue.annotate(before=before).filter(before__lt=max(asked.values(), default=0))}
    if (lots | bins) - {None}:
        found |= {item.pk: item for item in there.filter(Q(lot__in=lots - {None}) | Q(bin__in=bins - {None}))}
    rows: dict[int, list[StockItem]] = defaultdict(list)
    for item in sorted(found.values(), key=_turn):
        rows[item.inventory_id].append(item)
    return rows


def _turn(item: StockItem) -> tuple:
    """ORDER, for rows that are here already."""
    expires_on = item.lot.expires_on if item.lot else None
    return expires_on is None, expires_on or date.max, item.lot_id or 0, not item.bin.is_default, item.bin_id, item.pk


def _shippable(items: QuerySet[StockItem]) -> QuerySet[StockItem]:
    return items.filter(Q(lot=None) | Q(lot__in=Lot.objects.shippable_on(today())))


def unshippable(inventory_ids: Collection[int]) -> dict[int, int]:
    """How many units of each balance are of a blocked or expired lot; balances without any are left out."""
    bad = StockItem.objects.filter(inventory__in=inventory_ids, quantity__gt=0, lot__isnull=False).exclude(
        lot__in=Lot.objects.shippable_on(today())
    )
    return dict(bad.order_by().values_list("inventory").annotate(units=Sum("quantity")))


def promisable(balances: Iterable[Inventory]) -> dict[int, int]:
    """How many units of each balance can be promised to customers: on hand, shippable and not reserved yet."""
    balances = list(balances)
    bad = unshippable([balance.pk for balance in balances])
    return {row.pk: max(row.quantity - row.reserved - bad.get(row.pk, 0), 0) for row in balances}
