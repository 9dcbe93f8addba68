"""Entering what was counted, line by line, also where nothing was expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Category, Product
from inventory_project.base.actor import current_actor_id
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.services import lock, lock_all, refresh, service
from stock.models import Bin, CountStatus, Lot, StockCount, StockCountItem, StockItem, Warehouse
from stock.services import checks

# Product id, bin id, lot id.
type Spot = tuple[int, int, int | None]


@dataclass(frozen=True)
class CountLine:
    """What was found at one place: a line of the count, or a product, bin and lot. None takes an entry back."""

    counted_quantity: int | None
    item: StockCountItem | None = None
    product: Product | None = None
    bin: Bin | None = None
    lot: Lot | None = None
    reason: str = ""


@service
def enter_stock_count(count: StockCount, lines: Sequence[CountLine], *, by) -> StockCount:
    """Enter or correct counted quantities; what the system expects is taken down at the same instant.

    A place without a line gets one. Refuses places outside of the scope or in another count that is under way.
    """
    fresh = lock(count)
    fresh.may("enter")
    spots = [_spot(fresh, line, f"lines/{index}") for index, line in enumerate(lines)]
    _require_distinct(spots)
    if any(line.item is None for line in lines):
        lock_places(fresh.warehouse_id)
    items = {_spot_of(item): item for item in lock_all(_near(fresh, spots))}
    known = [items[spot] for spot in spots if spot in items]
    new = [
        StockCountItem(count=fresh, product_id=product, bin_id=bin_id, lot_id=lot)
        for product, bin_id, lot in spots
        if (product, bin_id, lot) not in items
    ]
    items |= {_spot_of(item): item for item in new}
    _write_down(fresh, [(items[spot], line) for spot, line in zip(spots, lines, strict=True)])
    write_rows(known, "stock_item", "counted_quantity", "expected_quantity", "counted_at", "counted_by", "reason")
    if new:
        _require_in_scope(fresh, {item.product_id for item in new})
        StockCountItem.objects.bulk_create(new)
        require_nobody_else_counts(fresh)
    fresh.advance(CountStatus.COUNTING)
    refresh(count, fresh)
    return count


def _spot(count: StockCount, line: CountLine, path: str) -> Spot:
    if line.counted_quantity is not None:
        checks.whole(line.counted_quantity, f"{path}/counted_quantity", least=0)
    checks.text(StockCountItem, "reason", line.reason, f"{path}/reason")
    if line.item is not None:
        if line.item.count_id != count.pk:
            raise InvalidInput(_("This line is of another count."), field=f"{path}/item")
        return _spot_of(line.item)
    if line.product is None or line.bin is None:
        raise InvalidInput(_("Name a line of the count, or a product and a bin."), field=f"{path}/product")
    if count.bin_id and line.bin.pk != count.bin_id:
        raise InvalidInput(_("This count is of bin %(bin)s only.") % {"bin": count.bin}, field=f"{path}/bin")
    if line.bin.warehouse_id != count.warehouse_id:
        raise InvalidInput(_("Bin %(bin)s is not in this warehouse.") % {"bin": line.bin}, field=f"{path}/bin")
    checks.require_lot_of(line.lot, line.product, f"{path}/lot")
    return line.product.pk, line.bin.pk, line.lot.pk if line.lot else None


def _spot_of(item: StockCountItem) -> Spot:
    return item.product_id, item.bin_id, item.lot_id


def _require_distinct(spots: Sequence[Spot]) -> None:
    seen = set()
    for index, spot in enumerate(spots):
        if spot in seen:
            raise InvalidInput(
                _("This place is entered twice: add the units up."), field=f"lines/{index}", code="duplicate"
            )
        seen.add(spot)


def _near(count: StockCount, spots: Iterable[Spot]):
    products, bins = {spot[0] for spot in spots}, {spot[1] for spot in spots}
    return count.items.filter(product__in=products, bin__in=bins)


def _require_in_scope(count: StockCount, product_ids: set[int]) -> None:
    if not count.category_id:
        return
    below = [category.pk for category in Category.objects.descendants(count.category_id, include_self=True)]
    strangers = Product.objects.filter(pk__in=product_ids).exclude(category__in=below).values_list("sku", flat=True)
    if strangers:
        raise RuleViolation(
            _("%(skus)s: not in %(category)s, which is all that this count is of.")
            % {"skus": ", ".join(strangers[:5]), "category": count.category},
            code="out_of_scope",
        )


def _write_down(count: StockCount, entries: Sequence[tuple[StockCountItem, CountLine]]) -> None:
    products, bins = {item.product_id for item, _line in entries}, {item.bin_id for item, _line in entries}
    there = StockItem.objects.filter(
        inventory__warehouse=count.warehouse_id, inventory__product__in=products, bin__in=bins
    )
    rows = {(row.inventory.product_id, row.bin_id, row.lot_id): row for row in there.select_related("inventory")}
    now = timezone.now()
    for item, line in entries:
        item.counted_quantity = line.counted_quantity
        item.reason = line.reason.strip()
        counted = line.counted_quantity is not None
        row = rows.get(_spot_of(item))
        item.stock_item_id = row.pk if row else item.stock_item_id
        item.expected_quantity = (row.quantity if row else 0) if counted else None
        item.counted_at = now if counted else None
        item.counted_by_id = current_actor_id() if counted else None


def lock_places(warehouse_id: int) -> None:
    """Let one count at a time of a warehouse claim places. Goods go on moving meanwhile."""
    Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse_id)


def require_nobody_else_counts(count: StockCount) -> None:
    """Refuse places that another count under way has too: both would post the same difference."""
    own = count.items.filter(Q(lot=OuterRef("lot")) | Q(lot=None), product=OuterRef("product"), bin=OuterRef("bin"))
    others = StockCountItem.objects.filter(
        Exists(own), count__status=CountStatus.COUNTING, count__warehouse=count.warehouse_id
    ).exclude(count=count)
    taken = others.order_by("count").values_list("count__count_number", flat=True).distinct()
    if taken:
        raise RuleViolation(
            _("%(counts)s: another count is at some of these places. Post or cancel it first.")
            % {"counts": ", ".join(taken[:5])},
            code="counted_elsewhere",
        )
