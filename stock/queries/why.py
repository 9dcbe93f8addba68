"""Why a balance says what it says: the rows behind its figures, and the arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, Case, Count, F, Max, Q, Sum, When, Window
from django.db.models.functions import Coalesce

from inventory_project.base.money import units
from stock.models import Inventory, MovementKind, StockMovement
from stock.registry import Hold, Origin, demand

from .card import movements_of
from .figures import from_parts, in_parts, sum_in_parts
from .origins import origins

MOST_HOLDS = 200
MOST_STEPS = 50


@dataclass(frozen=True)
class Share:
    """What all movements of one kind have done to the balance."""

    kind: MovementKind
    movements: int
    quantity: int
    value: Decimal


@dataclass(frozen=True)
class OnHand:
    """Opening stock + receipts - shipments ... = on hand; the same for the value."""

    shares: Sequence[Share]

    @property
    def quantity(self) -> int:
        return sum(share.quantity for share in self.shares)

    @property
    def value(self) -> Decimal:
        return sum((share.value for share in self.shares), from_parts(0))


@dataclass(frozen=True)
class Reserved:
    """Who holds the reserved units: the newest, and how many units are left for those that are not shown."""

    quantity: int
    holds: Sequence[Hold]

    @property
    def others(self) -> int:
        return self.quantity - sum(hold.quantity for hold in self.holds)


@dataclass(frozen=True)
class Step:
    """A movement that brought goods, or changed what a unit is worth, and the averages around it."""

    movement: StockMovement
    value_after: Decimal
    origin: Origin | None

    @property
    def average_before(self) -> Decimal:
        row = self.movement
        return _average(row.quantity_after - row.quantity, self.value_after - row.value)

    @property
    def average_after(self) -> Decimal:
        return _average(self.movement.quantity_after, self.value_after)


@dataclass(frozen=True)
class AverageCost:
    """The value divided by the units. Only what came since the balance was last empty has a part in it."""

    quantity: int
    value: Decimal
    steps: Sequence[Step]
    earlier: int

    @property
    def average(self) -> Decimal:
        return _average(self.quantity, self.value)


def _average(quantity: int, value: Decimal) -> Decimal:
    return units(value / quantity) if quantity else from_parts(0)


def on_hand(balance: Inventory) -> OnHand:
    """How the quantity and the value came about, by kind of movement, in one query."""
    rows = movements_of(balance).order_by().values("kind")
    rows = rows.annotate(movements=Count("pk"), units=Sum("quantity"), worth=sum_in_parts("value"))
    found = {row["kind"]: row for row in rows}
    return OnHand(
        [
            Share(kind, row["movements"], row["units"], from_parts(row["worth"]))
            for kind in MovementKind
            if (row := found.get(kind))
        ]
    )


def reserved(balance: Inventory) -> Reserved:
    """Which documents hold the reserved units."""
    return Reserved(balance.reserved, demand().holds(balance.pk, MOST_HOLDS))


def average_cost(balance: Inventory) -> AverageCost:
    """How the average came about: what came in since the balance was last empty, the newest first, and what of each
    is in the average. Goods that leave take the average with them and do not change it."""
    ledger = movements_of(balance)
    empty = ledger.filter(quantity_after=0).order_by().aggregate(last=Coalesce(Max("pk"), 0))["last"]
    since = ledger.filter(pk__gt=empty)
    bringing = Q(quantity__gt=0) | Q(kind=MovementKind.REVERSAL)
    # The balance was worth nothing when it was empty, so the running sum of what came after is its value. The sum is
    # of all rows: only a condition on itself, instead of on the rows, narrows them down afterwards.
    running = Window(Sum(in_parts("value")), order_by=F("pk").asc(), output_field=BigIntegerField())
    told = since.annotate(running=running).annotate(worth=Case(When(bringing, then=F("running"))))
    rows = list(told.filter(worth__isnull=False).order_by("-pk")[:MOST_STEPS])
    earlier = since.filter(bringing, pk__lt=rows[-1].pk).count() if rows else 0
    found = origins(rows)
    steps = [Step(row, from_parts(row.worth), found.get(row.pk)) for row in rows]
    return AverageCost(balance.quantity, balance.stock_value, steps, earlier)
