"""Stock counts: what is really there, against what the system expects; the difference is posted once."""

import datetime
from collections.abc import Collection, Iterable, Sequence

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Category
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, lock_all, refresh, service
from stock.models import (
    Bin,
    CountStatus,
    Inventory,
    MovementKind,
    StockCount,
    StockCountItem,
    StockItem,
    Warehouse,
)
from stock.services import checks
from stock.services.balances import Balances, lock_balances
from stock.services.corrections import make_room
from stock.services.count_entry import lock_places, require_nobody_else_counts
from stock.services.posting import Move, post

BATCH = 1000


@service
def create_stock_count(
    *,
    warehouse: Warehouse,
    category: Category | None = None,
    bin: Bin | None = None,
    only_low: bool = False,
    uncounted_days: int | None = None,
    is_blind: bool = False,
    notes: str = "",
    by,
) -> StockCount:
    """Draft a count of a warehouse, or of a part of it: one category, one bin, what is low, what was not counted for
    more than `uncounted_days` days. All that is named must hold."""
    checks.require_bin_of(bin, warehouse, "bin")
    if uncounted_days is not None:
        checks.whole(uncounted_days, "uncounted_days", least=0)
    return StockCount.objects.create(
        count_number=next_number(StockCount),
        warehouse=warehouse,
        category=category,
        bin=bin,
        only_low=only_low,
        uncounted_days=uncounted_days,
        is_blind=is_blind,
        notes=checks.text(StockCount, "notes", notes, "notes"),
    )


@service
def start_stock_count(count: StockCount, *, by) -> StockCount:
    """Write a line for all that lies within the scope now. Refuses while another count is at the same places."""
    fresh = lock(count)
    if fresh.status != CountStatus.COUNTING:
        fresh.may("start")
        lock_places(fresh.warehouse_id)
        there = {(line.product_id, line.bin_id, line.lot_id) for line in fresh.items.all()}
        items = _lines_of(fresh, _in_scope(fresh))
        new = [item for item in items if (item.product_id, item.bin_id, item.lot_id) not in there]
        StockCountItem.objects.bulk_create(new, batch_size=BATCH)
        require_nobody_else_counts(fresh)
        fresh.advance(CountStatus.COUNTING, started_at=timezone.now())
    refresh(count, fresh)
    return count


def _lines_of(count: StockCount, rows: Iterable[StockItem]) -> list[StockCountItem]:
    return [
        StockCountItem(count=count, stock_item=row, product_id=row.inventory.product_id, bin=row.bin, lot=row.lot)
        for row in rows
    ]


@service
def count_inventory(balances: Collection[int], *, is_blind: bool = False, notes: str = "", by) -> StockCount:
    """Start a count of all places where goods of these balances (their ids) lie. Refuses balances of several
    warehouses, places that another count is at, and balances of which nothing lies anywhere."""
    chosen = list(Inventory.objects.filter(pk__in=balances).select_related("warehouse").order_by("pk"))
    if len(chosen) != len(set(balances)) or not chosen:
        raise InvalidInput(_("Name balances that there are."), field="inventory")
    names = sorted({str(row.warehouse) for row in chosen})
    if len(names) > 1:
        text = _("These balances are in %(warehouses)s. A count is of one warehouse: choose balances of one.")
        raise InvalidInput(text % {"warehouses": ", ".join(names)}, field="inventory")
    count = StockCount.objects.create(
        count_number=next_number(StockCount),
        warehouse=chosen[0].warehouse,
        only_chosen=True,
        is_blind=is_blind,
        notes=checks.text(StockCount, "notes", notes, "notes"),
        status=CountStatus.COUNTING,
        started_at=timezone.now(),
    )
    lock_places(count.warehouse_id)
    lying = StockItem.objects.filter(inventory__in=chosen, quantity__gt=0)
    items = _lines_of(count, lying.select_related("inventory", "bin", "lot").order_by("bin__code", "pk"))
    if not items:
        raise RuleViolation(_("Nothing of this lies anywhere, so there is nothing to count."), code="nothing_to_count")
    StockCountItem.objects.bulk_create(items, batch_size=BATCH)
    require_nobody_else_counts(count)
    return count


def _in_scope(count: StockCount) -> models.QuerySet[StockItem]:
    rows = StockItem.objects.filter(inventory__warehouse=count.warehouse_id, quantity__gt=0)
    if count.bin_id:
        rows = rows.filter(bin=count.bin_id)
    if count.category_id:
        below = Category.objects.descendants(count.category_id, include_self=True)
        rows = rows.filter(inventory__product__category__in=[category.pk for category in below])
    if count.only_low:
        rows = rows.filter(inventory__available__lte=models.F("inventory__reorder_level"))
    if count.uncounted_days is not None:
        since = timezone.now() - datetime.timedelta(days=count.uncounted_days)
        never = models.Q(inventory__last_counted=None)
        rows = rows.filter(never | models.Q(inventory__last_counted__lt=since))
    return rows.select_related("inventory", "bin", "lot").order_by("bin__code", "inventory__product__sku", "pk")


@service
def set_aside_for_recount(count: StockCount, items: Collection[int], *, by) -> StockCount:
    """Move lines (their ids) to a further count of the same scope, under way at once, to be counted again there."""
    fresh = lock(count)
    fresh.may("enter")
    moved = lock_all(fresh.items.filter(pk__in=items))
    if len(moved) != len(set(items)) or not moved:
        raise InvalidInput(_("Name lines of this count."), field="items")
    scope = ("warehouse", "category", "bin", "only_low", "uncounted_days", "is_blind")
    other = StockCount.objects.create(
        count_number=next_number(StockCount),
        status=CountStatus.COUNTING,
        started_at=timezone.now(),
        notes=_("Recount of %(count)s") % {"count": fresh},
        only_chosen=True,
        **{name: getattr(fresh, name) for name in scope},
    )
    for item in moved:
        item.count = other
        item.counted_quantity = item.expected_quantity = item.counted_at = item.counted_by = None
    write_rows(moved, "count", "counted_quantity", "expected_quantity", "counted_at", "counted_by")
    return other


@service
def post_stock_count(count: StockCount, *, release: bool = False, reason: str = "", by) -> StockCount:
    """Move what was counted less what was expected; lines that nobody counted stay as they are.

    What moved before or after a line was counted stays right, as only the difference is posted. Differences within
    a product net out: what lies in another bin than expected needs no reservation to give way. Refuses a count
    without counted lines; goods that have left since; and, naming the orders, less than is reserved, unless
    `release` says that the newest reservations give way. `reason` is that of lines without a remark.
    """
    reason = checks.text(StockCountItem, "reason", reason, "reason")
    fresh = lock(count)
    if fresh.status != CountStatus.POSTED:
        fresh.may("post")
        items = lock_all(fresh.items.filter(counted_quantity__isnull=False))
        if not items:
            raise RuleViolation(_("Nothing has been counted yet."), code="nothing_counted")
        different = [item for item in items if item.difference]
        unexplained = [item for item in different if reason and not item.reason]
        for item in unexplained:
            item.reason = reason
        write_rows(unexplained, "reason")
        moves = [_move(fresh, item) for item in different]
        moves.sort(key=lambda move: move.quantity < 0)
        balances = lock_balances({(item.product_id, fresh.warehouse_id) for item in items}, create=True)
        make_room(balances, moves, release=release)
        post(moves)
        _note_counted(fresh, items, balances)
        fresh.advance(CountStatus.POSTED, posted_at=timezone.now())
    refresh(count, fresh)
    return count


def _move(count: StockCount, item: StockCountItem) -> Move:
    return Move(
        product_id=item.product_id,
        warehouse_id=count.warehouse_id,
        bin_id=item.bin_id,
        lot_id=item.lot_id,
        quantity=item.difference,
        kind=MovementKind.COUNT,
        reason=item.reason,
        reference=count.count_number,
        source_type=StockCountItem._meta.label_lower,
        source_id=item.pk,
    )


def _note_counted(count: StockCount, items: Sequence[StockCountItem], balances: Balances) -> None:
    """A balance was last counted when the last of its lines was."""
    for item in items:
        row = balances.get((item.product_id, count.warehouse_id))
        if row and (row.last_counted is None or row.last_counted < item.counted_at):
            row.last_counted = item.counted_at
    write_rows(balances.values(), "last_counted")


@service
def cancel_stock_count(count: StockCount, *, by) -> StockCount:
    """Drop a count; nothing is posted."""
    fresh = lock(count)
    if fresh.status != CountStatus.CANCELLED:
        fresh.may("cancel")
        fresh.advance(CountStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(count, fresh)
    return count
