"""Following a lot: where it came from, who got it, where it lies."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from stock.models import Lot, MovementKind, StockItem, StockMovement
from stock.registry import Origin

from .origins import RECEIPT_LINE, origins


class Direction(models.TextChoices):
    BACKWARDS = "backwards", _("where it came from")
    FORWARDS = "forwards", _("who got it")


# Goods that came from outside, with what of them was sent back; and goods that customers got, with what came back.
# A transfer is neither: a lot keeps its number in the other warehouse, so that both ends belong to one trace.
ROWS = {
    Direction.BACKWARDS: Q(kind__in=[MovementKind.RECEIPT, MovementKind.OPENING])
    | Q(kind=MovementKind.REVERSAL, source_type=RECEIPT_LINE)
    | Q(kind=MovementKind.REVERSAL, reverses__kind=MovementKind.OPENING),
    Direction.FORWARDS: Q(kind__in=[MovementKind.SHIPMENT, MovementKind.CUSTOMER_RETURN]),
}


@dataclass(frozen=True)
class TraceRow:
    """A movement of the lot, with its document, order and whoever is at the other end."""

    movement: StockMovement
    origin: Origin | None


@dataclass(frozen=True)
class Whereabouts:
    """Where all units of a lot are."""

    received: int
    shipped: int
    corrected: int
    in_transit: int
    places: Sequence[StockItem]

    @property
    def on_hand(self) -> int:
        return sum(place.quantity for place in self.places)


def movements_of_lot(lot: Lot, direction: Direction | None = None) -> QuerySet[StockMovement]:
    """All movements of a lot, in all warehouses, or those that answer one question."""
    rows = StockMovement.objects.filter(lot=lot.pk)
    return rows.filter(ROWS[direction]) if direction else rows


def trace_rows(movements: Sequence[StockMovement]) -> list[TraceRow]:
    """A page of the trace."""
    found = origins(movements)
    return [TraceRow(row, found.get(row.pk)) for row in movements]


def whereabouts(lot: Lot) -> Whereabouts:
    """What came in, what went out, what was found or lost, what is on its way, and what lies where."""
    sums = (
        movements_of_lot(lot)
        .order_by()
        .aggregate(
            all=Sum("quantity", default=0),
            received=Sum("quantity", filter=ROWS[Direction.BACKWARDS], default=0),
            shipped=Sum("quantity", filter=ROWS[Direction.FORWARDS], default=0),
            moved=Sum("quantity", filter=Q(kind__in=[MovementKind.TRANSFER_IN, MovementKind.TRANSFER_OUT]), default=0),
        )
    )
    places = StockItem.objects.filter(lot=lot.pk, quantity__gt=0).select_related("inventory__warehouse", "bin")
    return Whereabouts(
        received=sums["received"],
        shipped=-sums["shipped"],
        corrected=sums["all"] - sums["received"] - sums["shipped"] - sums["moved"],
        in_transit=-sums["moved"],
        places=list(places.order_by("inventory__warehouse_id", "bin_id")),
    )
