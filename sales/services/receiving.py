"""Taking returned goods in: what can be sold again goes back to stock at the value it left with."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Tracking
from inventory_project.base.errors import InvalidInput, RuleViolation, no_such_line
from inventory_project.base.money import units
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Condition, OrderItem, SalesReturn, SalesReturnItem, SalesReturnStatus, ShipmentItem
from sales.signals import goods_returned
from stock.models import Bin, Lot, MovementKind, StockMovement
from stock.services import checks
from stock.services.balances import default_bins
from stock.services.posting import Move, post

from .confirming import touch
from .returns import LotsOut

SOURCE_TYPE = SalesReturnItem._meta.label_lower
SHIPPED = ShipmentItem._meta.label_lower


@dataclass(frozen=True)
class ReceivedLine:
    """Units of a return's line that have arrived in one condition. A line may be named more than once, for units in
    different conditions, bins or lots. None: as it was announced."""

    item: SalesReturnItem
    quantity: int
    condition: str | None = None
    bin: Bin | None = None
    lot: Lot | None = None


@service
def receive_sales_return(
    document: SalesReturn, lines: Sequence[ReceivedLine] | None = None, *, by: User | None
) -> SalesReturn:
    """Take the goods of an approved return in. Without lines: everything as announced; with them, what they leave
    out has not arrived.

    Resellable units go back to stock at the value that they left with; damaged ones move nothing. Refuses more than
    was announced or than the customer has, and tracked goods of a lot that was not shipped.
    """
    order = lock(document.order)
    fresh = lock(document)
    if fresh.status in (SalesReturnStatus.RECEIVED, SalesReturnStatus.CLOSED):
        refresh(document, fresh)
        return document
    fresh.may("receive")
    order_items = lock_all(OrderItem.objects.filter(order=order).select_related("product"))
    known = {item.pk: item for item in order_items}
    rows = _received(fresh, lines, known)
    _put_away(fresh, rows, known)
    for row in rows:
        known[row.order_item_id].quantity_returned += row.quantity_received
    OrderItem.objects.bulk_update([known[pk] for pk in {row.order_item_id for row in rows}], ["quantity_returned"])
    fresh.advance(SalesReturnStatus.RECEIVED, received_at=timezone.now())
    touch(order)
    goods_returned.send(sender=SalesReturn, sales_return=fresh)
    refresh(document, fresh)
    return document


def _received(
    document: SalesReturn, lines: Sequence[ReceivedLine] | None, order_items: Mapping[int, OrderItem]
) -> list[SalesReturnItem]:
    """The rows of what has arrived, written: a line that came in several conditions becomes several rows."""
    items = {item.pk: item for item in document.items.select_related("lot", "bin").order_by("pk")}
    if lines is None:
        lines = [ReceivedLine(item, item.quantity) for item in items.values()]
    rows = _rows(document, items, lines)
    if not rows:
        raise InvalidInput(_("Nothing has arrived. Cancel the return instead."), field="items")
    lots = LotsOut.of(order_items)
    back: Counter[int] = Counter()
    for row in rows:
        item = order_items[row.order_item_id]
        back[item.pk] += row.quantity_received
        if back[item.pk] > item.quantity_returnable:
            raise RuleViolation(
                _("%(left)d %(sku)s can come back, not %(asked)d.")
                % {"left": item.quantity_returnable, "sku": item.product.sku, "asked": back[item.pk]},
                code="more_than_returnable",
                field="items",
            )
        _settle_lot(row, item, lots)
    written = ["quantity", "quantity_received", "condition", "bin", "lot"]
    SalesReturnItem.objects.bulk_update([row for row in rows if row.pk], written)
    SalesReturnItem.objects.bulk_create([row for row in rows if not row.pk])
    return rows


def _rows(
    document: SalesReturn, items: Mapping[int, SalesReturnItem], lines: Iterable[ReceivedLine]
) -> list[SalesReturnItem]:
    announced = {pk: item.quantity for pk, item in items.items()}
    arrived: Counter[int] = Counter()
    rows = []
    for index, line in enumerate(lines):
        field = f"items/{index}"
        item = items.get(line.item.pk)
        if item is None:
            raise no_such_line(document, f"{field}/item")
        quantity = checks.whole(line.quantity, f"{field}/quantity", least=0)
        if arrived[item.pk] + quantity > announced[item.pk]:
            raise RuleViolation(
                _("%(announced)d were announced, not %(arrived)d.")
                % {"announced": announced[item.pk], "arrived": arrived[item.pk] + quantity},
                code="more_than_announced",
                field=f"{field}/quantity",
            )
        if quantity:
            rows.append(_row(document, item, line, again=item.pk in arrived, field=field))
            arrived[item.pk] += quantity
    return rows


def _row(
    document: SalesReturn, item: SalesReturnItem, line: ReceivedLine, *, again: bool, field: str
) -> SalesReturnItem:
    """The line itself or, named again, a row of its own that takes its share of what was announced."""
    if line.condition is not None and line.condition not in Condition.values:
        raise InvalidInput(_("Choose one of the conditions."), field=f"{field}/condition")
    checks.require_bin_of(line.bin, document.warehouse, f"{field}/bin")
    row = item
    if again:
        row = SalesReturnItem(sales_return=document, order_item_id=item.order_item_id, quantity=line.quantity)
        item.quantity -= line.quantity
    row.quantity_received = line.quantity
    row.condition = line.condition or item.condition
    row.bin = line.bin or item.bin
    row.lot = line.lot or item.lot
    return row


def _settle_lot(row: SalesReturnItem, item: OrderItem, lots: LotsOut) -> None:
    """A tracked piece goes back to its lot: the one named, or the only one with which the line was shipped."""
    if row.lot is None and item.product.tracking != Tracking.NONE and (only := lots.only_lot_of(item)):
        row.lot = Lot.objects.get(pk=only)
    lots.take(item, row.lot, row.quantity_received, "items")
    if row.condition == Condition.RESELLABLE:
        checks.require_lot_of(row.lot, item.product, "items")


def _put_away(document: SalesReturn, rows: Sequence[SalesReturnItem], order_items: Mapping[int, OrderItem]) -> None:
    """Put the resellable units back, at the value with which they left."""
    default = default_bins([document.warehouse_id])[document.warehouse_id]
    moves = [
        Move(
            order_items[row.order_item_id].product_id,
            document.warehouse_id,
            row.bin_id or default,
            row.quantity_received,
            MovementKind.CUSTOMER_RETURN,
            lot_id=row.lot_id,
            value=value,
            reference=document.number,
            source_type=SOURCE_TYPE,
            source_id=row.pk,
        )
        for row, value in zip(rows, _values(rows, order_items), strict=True)
        if row.condition == Condition.RESELLABLE
    ]
    post(moves)


def _values(rows: Iterable[SalesReturnItem], order_items: Mapping[int, OrderItem]) -> list[Decimal]:
    """What each row is worth: its share, by units, of what has left with its order line less what has come back.

    More may be shipped of the line between two returns; so a share is never cut from a total that has changed since.
    Units that came back damaged keep theirs; if none did, the last unit that can come back takes all that is left.
    """
    rows = list(rows)
    away = _still_away({row.order_item_id for row in rows})
    values = []
    for row in rows:
        share = Decimal(0)
        if row.condition == Condition.RESELLABLE:
            number, value = away[row.order_item_id]
            share = units(value * row.quantity_received / number)
            away[row.order_item_id] = number - row.quantity_received, value - share
        values.append(share)
    return values


def _still_away(order_items: Collection[int]) -> dict[int, tuple[int, Decimal]]:
    """By order line: units and value that left and are not back in stock, from the ledger."""
    of_row = {
        (SHIPPED, pk): item
        for pk, item in ShipmentItem.objects.filter(order_item__in=order_items).values_list("pk", "order_item_id")
    }
    back = SalesReturnItem.objects.filter(order_item__in=order_items).values_list("pk", "order_item_id")
    of_row |= {(SOURCE_TYPE, pk): item for pk, item in back}
    away = dict.fromkeys(order_items, (0, Decimal(0)))
    movements = StockMovement.objects.filter(
        source_type__in=(SHIPPED, SOURCE_TYPE), source_id__in={pk for _, pk in of_row}
    )
    for source_type, source_id, number, value in movements.order_by().values_list(
        "source_type", "source_id", "quantity", "value"
    ):
        if item := of_row.get((source_type, source_id)):
            away[item] = away[item][0] - number, away[item][1] - value
    return away
