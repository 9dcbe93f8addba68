"""The stock card: every movement of a product in a warehouse, with what was there and what it was worth afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory_project.base.money import units
from stock.models import Inventory, StockMovement
from stock.registry import Origin

from .figures import from_parts, in_parts, sum_in_parts
from .origins import origins


@dataclass(frozen=True)
class CardRow:
    """A movement, the value of the balance after it, and where it comes from."""

    movement: StockMovement
    value_after: Decimal
    origin: Origin | None

    @property
    def quantity_before(self) -> int:
        return self.movement.quantity_after - self.movement.quantity

    @property
    def value_before(self) -> Decimal:
        return self.value_after - self.movement.value

    @property
    def average_after(self) -> Decimal:
        """What a unit was worth after it; 0 when there was none."""
        return units(self.value_after / self.movement.quantity_after) if self.movement.quantity_after else from_parts(0)


def movements_of(balance: Inventory) -> QuerySet[StockMovement]:
    """The ledger of one balance."""
    return StockMovement.objects.filter(product=balance.product_id, warehouse=balance.warehouse_id)


def card_rows(balance: Inventory, movements: Sequence[StockMovement]) -> list[CardRow]:
    """A page of the card, in the order of the movements, which are of this balance.

    The value after a row is what the balance is worth now less all that came later: the first page, which is the
    newest, reads nothing but itself.
    """
    if not movements:
        return []
    oldest, newest = min(row.pk for row in movements), max(row.pk for row in movements)
    running = value_after(balance, newest)
    values = {}
    between = movements_of(balance).filter(pk__range=(oldest, newest)).order_by("-pk")
    for pk, value in between.values_list("pk", "value"):
        values[pk] = running
        running -= value
    found = origins(movements)
    return [CardRow(row, values[row.pk], found.get(row.pk)) for row in movements]


def value_after(balance: Inventory, movement_id: int) -> Decimal:
    """What the balance was worth after a movement: one statement, so that nothing can be posted in between."""
    later = movements_of_place().filter(pk__gt=movement_id).annotate(sum=sum_in_parts("value"))
    row = Inventory.objects.filter(pk=balance.pk).order_by()
    parts = row.values_list(in_parts("stock_value") - Coalesce(Subquery(later.values("sum")), 0))
    return from_parts(parts.get()[0])


def movements_of_place() -> QuerySet[StockMovement]:
    """The ledger of the balance of an outer query, as one group."""
    mine = StockMovement.objects.filter(product=OuterRef("product"), warehouse=OuterRef("warehouse"))
    return mine.order_by().values("product")
