"""What was there, and what it was worth, at any instant: the sum of all movements up to then."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from inventory_project.base.money import units
from stock.models import Inventory, StockMovement

from .figures import from_parts, sum_in_parts

# A product id and a warehouse id.
type Place = tuple[int, int]


@dataclass(frozen=True)
class Amount:
    """So many units, worth so much."""

    quantity: int
    value: Decimal

    @property
    def average(self) -> Decimal:
        """What a unit was worth; 0 when there was none."""
        return units(self.value / self.quantity) if self.quantity else from_parts(0)


NOTHING = Amount(0, from_parts(0))


def balances_at(instant: datetime.datetime) -> QuerySet[Inventory]:
    """The balances that there were: each comes into being with its first movement."""
    return Inventory.objects.filter(created_at__lte=instant)


def amounts_at(instant: datetime.datetime, places: Collection[Place]) -> dict[Place, Amount]:
    """What was in each of these places (product id, warehouse id); one that is missing was empty."""
    products, warehouses = {product for product, _ in places}, {warehouse for _, warehouse in places}
    rows = _until(instant).filter(product__in=products, warehouse__in=warehouses)
    found = {
        (row["product"], row["warehouse"]): Amount(row["units"], from_parts(row["worth"]))
        for row in rows.values("product", "warehouse").annotate(units=Sum("quantity"), worth=sum_in_parts("value"))
    }
    return {place: found.get(place, NOTHING) for place in places}


def total_at(instant: datetime.datetime, **where: object) -> Amount:
    """All that was there, or all of one warehouse or product: `total_at(instant, warehouse=1)`."""
    sums = _until(instant).filter(**where).aggregate(units=Sum("quantity"), worth=sum_in_parts("value"))
    return Amount(sums["units"] or 0, from_parts(sums["worth"]))


def _until(instant: datetime.datetime) -> QuerySet[StockMovement]:
    return StockMovement.objects.filter(created_at__lte=instant).order_by()
