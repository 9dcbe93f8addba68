"""What a count has found so far."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from inventory_project.base.money import ZERO, units
from stock.models import CountStatus, MovementKind, StockCount, StockCountItem, StockMovement

from .figures import from_parts, sum_in_parts


@dataclass(frozen=True)
class Progress:
    """How far a count has come."""

    places: int
    counted: int
    different: int


DIFFERENT = Q(counted_quantity__isnull=False) & ~Q(counted_quantity=F("expected_quantity"))


def progress_of(count: StockCount) -> Progress:
    """Places to count, places counted, places where something else was found than expected. One query."""
    sums = count.items.aggregate(
        places=Count("pk"),
        counted=Count("pk", filter=Q(counted_at__isnull=False)),
        different=Count("pk", filter=DIFFERENT),
    )
    return Progress(**sums)


# Goods have come or gone at the place of a line since it was counted.
HAS_MOVED = Exists(
    StockMovement.objects.filter(
        Q(lot=OuterRef("lot")) | Q(lot=None),
        product=OuterRef("product"),
        bin=OuterRef("bin"),
        created_at__gt=OuterRef("counted_at"),
    )
)


def differences_of(count: StockCount) -> QuerySet[StockCountItem]:
    """The lines where something else was found than expected; `has_moved` where goods came or went since then."""
    rows = count.items.filter(DIFFERENT).annotate(has_moved=HAS_MOVED)
    return rows.select_related("product", "bin", "lot").order_by("bin__code", "product__sku", "pk")


def moved_since(lines: Collection[StockCountItem]) -> set[int]:
    """Those of the lines (their ids), of counts that are under way, whose place has changed since it was counted."""
    open_ones = StockCountItem.objects.filter(pk__in=[line.pk for line in lines], count__status=CountStatus.COUNTING)
    return set(open_ones.filter(HAS_MOVED).order_by().values_list("pk", flat=True))


def values_of(counts: Collection[StockCount]) -> dict[int, Decimal]:
    """What the differences of each count are worth: as posted, or at today's average costs while it is under way."""
    found = _posted({count.count_number: count.pk for count in counts if count.status == CountStatus.POSTED})
    under_way = [count.pk for count in counts if count.status == CountStatus.COUNTING]
    found |= dict.fromkeys(under_way, ZERO)
    if under_way:
        lines = StockCountItem.objects.filter(
            DIFFERENT, count__in=under_way, product__inventory__warehouse=F("count__warehouse")
        )
        difference = F("counted_quantity") - F("expected_quantity")
        balance = ("product__inventory__quantity", "product__inventory__stock_value")
        for count, change, quantity, worth in lines.order_by().values_list("count", difference, *balance):
            found[count] += change * units(worth / quantity) if quantity else ZERO
    return found


def _posted(counts: Mapping[str, int]) -> dict[int, Decimal]:
    if not counts:
        return {}
    moves = StockMovement.objects.filter(reference__in=counts, kind=MovementKind.COUNT).order_by()
    sums = moves.values_list("reference").annotate(sum_in_parts("value"))
    return dict.fromkeys(counts.values(), ZERO) | {counts[number]: from_parts(parts) for number, parts in sums}
