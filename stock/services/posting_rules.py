"""What a posting refuses whatever the quantities: wrong bins, wrong lots, a serial number that is there twice."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.models import Product, Tracking
from inventory_project.base.clock import today
from inventory_project.base.errors import RuleViolation
from stock.models import Bin, Lot, MovementKind, StockItem
from stock.services.balances import Balances
from stock.services.picking import promisable
from stock.services.shortages import Shortage, insufficient

if TYPE_CHECKING:
    from stock.services.posting import Move

# Inventory id, bin id, lot id: what a stock item is for.
type ItemKey = tuple[int, int, int | None]

LEAVING = (MovementKind.SHIPMENT, MovementKind.TRANSFER_OUT)


def require_own_bins(moves: Iterable["Move"]) -> None:
    """Goods lie in bins of the warehouse that they are in, and come into active ones only; a reversal puts them back
    where they were."""
    bins = {place.pk: place for place in _hold({move.bin_id for move in moves})}
    for move in moves:
        place = bins.get(move.bin_id)
        if place is None or place.warehouse_id != move.warehouse_id:
            raise RuleViolation(
                _("Bin %(bin)s is not in this warehouse.") % {"bin": place or f"#{move.bin_id}"},
                code="wrong_bin",
                field="bin",
            )
        if move.quantity > 0 and not move.reverses_id:
            _require_open(place)


def _hold(bin_ids: Collection[int]) -> Iterable[Bin]:
    """The bins, which nobody deactivates, nor their warehouses, before this transaction is over."""
    rows = Bin.objects.filter(pk__in=bin_ids).annotate(is_in_use=F("warehouse__is_active"))
    sql, params = rows.order_by("warehouse_id", "pk").query.sql_with_params()
    if connection.features.has_select_for_update:
        sql += " FOR KEY SHARE"  # the lock of a foreign key: Django has no word for it
    return Bin.objects.raw(sql, params)


def _require_open(place: Bin) -> None:
    """Nothing comes into what was deactivated."""
    if not place.is_in_use:
        raise RuleViolation(
            _("%(warehouse)s is not active, so nothing can come into it. Activate it, or choose another.")
            % {"warehouse": place.warehouse},
            code="inactive_warehouse",
            field="warehouse",
        )
    if not place.is_active:
        raise RuleViolation(
            _("Bin %(bin)s in %(warehouse)s is not active. Activate it, or choose another.")
            % {"bin": place, "warehouse": place.warehouse},
            code="inactive_bin",
            field="bin",
        )


def require_tracking(moves: Iterable["Move"], products: Mapping[int, Product]) -> None:
    """Tracked products move by lot, others without one."""
    for move in moves:
        product = products[move.product_id]
        if product.tracking == Tracking.NONE and move.lot_id:
            raise RuleViolation(
                _("%(sku)s is not tracked, so it has no lots.") % {"sku": product.sku}, code="wrong_lot", field="lot"
            )
        if product.tracking != Tracking.NONE and not move.lot_id:
            raise RuleViolation(
                _("%(sku)s is tracked %(how)s: say which.")
                % {"sku": product.sku, "how": product.get_tracking_display()},
                code="lot_required",
                field="lot",
            )


def require_own_lots(moves: Iterable["Move"], lots: Mapping[int, Lot], products: Mapping[int, Product]) -> None:
    """A lot is of the product that moves, and customers get no blocked or expired goods. The lots are locked."""
    day = today()
    for move in moves:
        if not move.lot_id:
            continue
        lot, facts = lots[move.lot_id], {"lot": lots[move.lot_id], "sku": products[move.product_id].sku}
        if lot.product_id != move.product_id:
            raise RuleViolation(_("Lot %(lot)s is not of %(sku)s.") % facts, code="wrong_lot", field="lot")
        if move.kind == MovementKind.SHIPMENT and not lot.is_shippable_on(day):
            raise RuleViolation(
                _("Lot %(lot)s of %(sku)s is blocked or expired and can't be shipped.") % facts,
                code="lot_not_shippable",
                field="lot",
            )


def require_promised_left(moves: Iterable["Move"], balances: Balances, lots: Mapping[int, Lot]) -> None:
    """Goods that leave for customers or another warehouse leave enough shippable ones for what is reserved.

    Units of blocked and expired lots count towards what is on hand, but keep no promise. The balances are locked.
    """
    day = today()
    taken: Counter[int] = Counter()
    consumed: Counter[int] = Counter()
    for move in moves:
        balance = balances.get((move.product_id, move.warehouse_id))
        if balance and move.kind in LEAVING and move.lot_id and lots[move.lot_id].is_shippable_on(day):
            taken[balance.pk] -= move.quantity
            consumed[balance.pk] += move.consumes
    rows = {row.pk: row for row in balances.values() if taken[row.pk] > consumed[row.pk]}
    if not rows:
        return
    free = promisable(rows.values())
    short = [
        Shortage(row.product_id, row.warehouse_id, taken[pk], free[pk] + consumed[pk])
        for pk, row in rows.items()
        if taken[pk] > free[pk] + consumed[pk]
    ]
    if short:
        raise insufficient(short)


def require_single_serials(serials: Mapping[int, Lot], changed: Mapping[ItemKey, StockItem]) -> None:
    """A serial number is one piece: its lot, whose row is locked, holds at most one unit over all warehouses."""
    if not serials:
        return
    held = Counter(dict.fromkeys(serials, 0))
    for item in StockItem.objects.filter(lot__in=serials, quantity__gt=0):
        if (item.inventory_id, item.bin_id, item.lot_id) not in changed:
            held[item.lot_id] += item.quantity
    for item in changed.values():
        if item.lot_id in serials:
            held[item.lot_id] += item.quantity
    taken = sorted(str(serials[pk]) for pk, units in held.items() if units > 1)
    if taken:
        raise RuleViolation(
            _("In stock already, or entered twice: serial number %(lots)s.") % {"lots": ", ".join(taken[:5])},
            code="serial_in_stock",
            field="lot",
        )
