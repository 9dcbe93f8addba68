"""Goods that come back: asked for, approved or rejected. `receiving` takes them in."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inventory_project.base.errors import InvalidInput, RuleViolation, no_such_line
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, refresh, service
from sales.models import (
    Condition,
    Order,
    OrderItem,
    SalesReturn,
    SalesReturnItem,
    SalesReturnStatus,
    ShipmentItem,
    ShipmentStatus,
)
from stock.models import Lot, Warehouse
from stock.services import checks

from .confirming import lines_of

ANNOUNCED = (SalesReturnStatus.REQUESTED, SalesReturnStatus.APPROVED)
GONE = (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED)


@dataclass(frozen=True)
class ReturnLine:
    """Units of an order line that the customer wants to send back; of which lot, if the product is tracked."""

    order_item: OrderItem
    quantity: int
    lot: Lot | None = None
    condition: str = Condition.RESELLABLE


@service
def request_sales_return(
    order: Order,
    lines: Sequence[ReturnLine],
    reason: str,
    *,
    warehouse: Warehouse | None = None,
    notes: str = "",
    by: User | None,
) -> SalesReturn:
    """Note what the customer wants to send back, and why. Without a warehouse it is the one that shipped first.

    Refuses more than was shipped less what came back or is announced already, and lots that were not shipped.
    """
    fresh = lock(order)
    items = lines_of(fresh)
    if not any(item.quantity_shipped for item in items):
        raise RuleViolation(
            _("Nothing of %(order)s has been shipped, so nothing can come back.") % {"order": fresh},
            code="nothing_shipped",
        )
    document = SalesReturn(
        order=fresh,
        warehouse=warehouse or _shipped_from(fresh),
        reason=checks.text(SalesReturn, "reason", reason, "reason", required=True),
        notes=checks.text(SalesReturn, "notes", notes, "notes"),
        return_number=next_number(SalesReturn),
    )
    document.save()
    rows = [_new(document, line, f"items/{index}") for index, line in enumerate(lines)]
    require_returnable(document, rows, items)
    SalesReturnItem.objects.bulk_create(rows)
    return document


def recalculate_sales_return(document: SalesReturn) -> None:
    """Check the lines of a return after they were edited; there are no totals."""
    rows = list(document.items.select_related("lot").order_by("pk"))
    if rows:
        require_returnable(document, rows, lines_of(document.order))
    document.save(update_fields=["updated_at", "updated_by"])


@service
def approve_sales_return(document: SalesReturn, *, by: User | None) -> SalesReturn:
    """Agree that the goods may come back. Refuses a return without lines."""
    fresh = lock(document)
    if fresh.status != SalesReturnStatus.APPROVED:
        fresh.may("approve")
        if not fresh.items.exists():
            raise RuleViolation(_("%(document)s has no lines yet.") % {"document": fresh}, code="no_lines")
        fresh.advance(SalesReturnStatus.APPROVED, approved_at=timezone.now())
    refresh(document, fresh)
    return document


@service
def reject_sales_return(document: SalesReturn, *, by: User | None) -> SalesReturn:
    """Decline to take the goods back."""
    return _end(document, "reject", SalesReturnStatus.REJECTED, "rejected_at")


@service
def close_sales_return(document: SalesReturn, *, by: User | None) -> SalesReturn:
    """Settle a return whose goods have been received, with or without a credit note."""
    return _end(document, "close", SalesReturnStatus.CLOSED, "closed_at")


@service
def cancel_sales_return(document: SalesReturn, *, by: User | None) -> SalesReturn:
    """Call a return off before its goods have arrived; they may be announced again."""
    return _end(document, "cancel", SalesReturnStatus.CANCELLED, "cancelled_at")


def _end(document: SalesReturn, act: str, status: str, instant: str) -> SalesReturn:
    fresh = lock(document)
    if fresh.status != status:
        fresh.may(act)
        fresh.advance(status, **{instant: timezone.now()})
    refresh(document, fresh)
    return document


def _shipped_from(order: Order) -> Warehouse:
    first = order.shipments.filter(status__in=GONE).select_related("warehouse").order_by("pk").first()
    if first is None:
        raise InvalidInput(_("Say to which warehouse the goods come."), field="warehouse")
    return first.warehouse


def _new(document: SalesReturn, line: ReturnLine, field: str) -> SalesReturnItem:
    if line.condition not in Condition.values:
        raise InvalidInput(_("Choose one of the conditions."), field=f"{field}/condition")
    return SalesReturnItem(
        sales_return=document,
        order_item=line.order_item,
        lot=line.lot,
        quantity=checks.whole(line.quantity, f"{field}/quantity"),
        condition=line.condition,
    )


def require_returnable(
    document: SalesReturn, rows: Sequence[SalesReturnItem], order_items: Iterable[OrderItem]
) -> None:
    """Refuse lines of another order, more than the customer has and has not announced, and lots not shipped."""
    if not rows:
        raise InvalidInput(_("A return needs at least one line."), field="items")
    known = {item.pk: item for item in order_items}
    announced = _announced_elsewhere(document)
    lots = LotsOut.of(known)
    lots.withhold_announced(document)
    asked: Counter[int] = Counter()
    for index, row in enumerate(rows):
        field = f"items/{index}"
        item = known.get(row.order_item_id)
        if item is None:
            raise no_such_line(document.order, f"{field}/order_item")
        asked[item.pk] += row.quantity
        left = item.quantity_returnable - announced[item.pk]
        if asked[item.pk] > left:
            raise RuleViolation(
                _("%(left)d %(sku)s can come back, not %(asked)d.")
                % {"left": max(left, 0), "sku": item.product.sku, "asked": asked[item.pk]},
                code="more_than_returnable",
                field=f"{field}/quantity",
            )
        lots.take(item, row.lot, row.quantity, f"{field}/lot")


class LotsOut:
    """By order line and lot: the units that the customer has."""

    def __init__(self, units: Mapping[tuple[int, int], int]) -> None:
        self._units = Counter(units)

    @classmethod
    def of(cls, order_items: Collection[int]) -> Self:
        """What was shipped with these lines less what has come back."""
        shipped = ShipmentItem.objects.filter(order_item__in=order_items, shipment__status__in=GONE)
        back = SalesReturnItem.objects.filter(order_item__in=order_items)
        out = cls(_by_lot(shipped, "quantity"))
        out._units.subtract(_by_lot(back, "quantity_received"))
        return out

    def withhold_announced(self, document: SalesReturn) -> None:
        """What other returns have announced can't be announced again."""
        self._units.subtract(_by_lot(_announced(document), "quantity"))

    def only_lot_of(self, item: OrderItem) -> int | None:
        """The lot with which the line was shipped, if it is one."""
        lots = {lot for pk, lot in self._units if pk == item.pk}
        return lots.pop() if len(lots) == 1 else None

    def take(self, item: OrderItem, lot: Lot | None, units: int, field: str) -> None:
        """Let units come back; refuse a lot that was not shipped with the line, or more of it than the customer has."""
        checks.require_lot_of(lot, item.product, field, needed=False)
        if lot is None:
            return
        if (item.pk, lot.pk) not in self._units:
            raise RuleViolation(
                _("Lot %(lot)s was not shipped with this line.") % {"lot": lot}, code="lot_not_shipped", field=field
            )
        left = self._units[item.pk, lot.pk]
        if units > left:
            raise RuleViolation(
                _("%(left)d %(sku)s of lot %(lot)s can come back, not %(asked)d.")
                % {"left": max(left, 0), "sku": item.product.sku, "lot": lot, "asked": units},
                code="more_than_of_lot",
                field=field,
            )
        self._units[item.pk, lot.pk] -= units


def _by_lot(rows: QuerySet, column: str) -> dict[tuple[int, int], int]:
    sums = rows.filter(lot__isnull=False).order_by().values_list("order_item_id", "lot_id").annotate(Sum(column))
    return {(item, lot): units for item, lot, units in sums}


def _announced(document: SalesReturn) -> QuerySet[SalesReturnItem]:
    """The lines of the order's other returns that have not been received."""
    return SalesReturnItem.objects.filter(
        sales_return__order=document.order_id, sales_return__status__in=ANNOUNCED
    ).exclude(sales_return=document.pk)


def _announced_elsewhere(document: SalesReturn) -> Counter[int]:
    return Counter(dict(_announced(document).order_by().values_list("order_item_id").annotate(Sum("quantity"))))
