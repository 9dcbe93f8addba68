"""What a count has found so far."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from stock.models import StockCount, StockCountItem, StockMovement


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


def differences_of(count: StockCount) -> QuerySet[StockCountItem]:
    """The lines where something else was found than expected; `has_moved` where goods came or went since then."""
    since = StockMovement.objects.filter(
        Q(lot=OuterRef("lot")) | Q(lot=None),
        product=OuterRef("product"),
        bin=OuterRef("bin"),
        created_at__gt=OuterRef("counted_at"),
    )
    rows = count.items.filter(DIFFERENT).annotate(has_moved=Exists(since))
    return rows.select_related("product", "bin", "lot").order_by("bin__code", "product__sku", "pk")
