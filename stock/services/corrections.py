"""Corrections meet reservations: below what is reserved, orders are named or, if asked for, give way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from inventory_project.base.errors import InsufficientStock
from stock.models import Inventory
from stock.registry import Claim, reservation_owner
from stock.services.balances import Balances
from stock.services.posting import Move

NAMED = 5


def make_room(balances: Balances, moves: Sequence[Move], *, release: bool = False) -> None:
    """Before moves that would leave less than is reserved: refuse naming the orders, or let the newest give way.

    `balances` are those of the moves, locked by the caller.
    """
    short = _shortfalls(balances, moves)
    if not short:
        return
    if release:
        reservation_owner().release(short)
        return
    rows = Inventory.objects.filter(pk__in=short).select_related("product", "warehouse")
    raise _reserved(list(rows.order_by("pk")), short, reservation_owner().claims(short))


def _shortfalls(balances: Balances, moves: Sequence[Move]) -> dict[int, int]:
    """By how many units reservations would have to give way, by balance.

    A balance that does not even hold the goods is left to the posting, which says so.
    """
    now = {balance.pk: balance.quantity for balance in balances.values()}
    lowest = dict(now)
    for move in moves:
        if balance := balances.get(move.place):
            now[balance.pk] += move.quantity
            lowest[balance.pk] = min(lowest[balance.pk], now[balance.pk])
    return {
        balance.pk: balance.reserved - lowest[balance.pk]
        for balance in balances.values()
        if 0 <= lowest[balance.pk] < balance.reserved
    }


def _reserved(rows: Sequence[Inventory], short: Mapping[int, int], claims: Sequence[Claim]) -> InsufficientStock:
    holders: dict[int, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.document not in holders[claim.inventory_id]:
            holders[claim.inventory_id].append(claim.document)
    sentences, lines = [], []
    for row in rows:
        line = {
            "product": row.product_id,
            "sku": row.product.sku,
            "warehouse": row.warehouse_id,
            "asked": row.available + short[row.pk],
            "available": row.available,
            "reserved": row.reserved,
            "reserved_for": holders[row.pk],
        }
        lines.append(line)
        sentences.append(
            _("Only %(available)d of %(asked)d %(sku)s are free in %(place)s: %(reserved)d are reserved for %(who)s.")
            % {**line, "place": row.warehouse, "who": _names(holders[row.pk])}
        )
    return InsufficientStock(" ".join(sentences[:NAMED]), code="stock_reserved", details={"lines": lines})


def _names(documents: Sequence[str]) -> str:
    if not documents:
        return _("orders")
    shown = ", ".join(documents[:NAMED])
    rest = len(documents) - NAMED
    return _("%(shown)s and %(rest)d more") % {"shown": shown, "rest": rest} if rest > 0 else shown
