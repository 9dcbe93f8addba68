"""Drafts of shipments: what is to leave which warehouse together. `dispatch` sends them off."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inventory_project.base.errors import RuleViolation, no_such_line
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Order, OrderItem, OrderStatus, Reservation, Shipment, ShipmentItem, ShipmentStatus
from stock.models import Bin, Lot, Warehouse
from stock.services import checks

from .confirming import lines_of


@dataclass(frozen=True)
class ShipmentLine:
    """Units of an order line to be shipped. Without bin and lot: what expires first."""

    order_item: OrderItem
    quantity: int
    bin: Bin | None = None
    lot: Lot | None = None


@service
def create_shipment(
    order: Order,
    lines: Sequence[ShipmentLine] | None = None,
    warehouse: Warehouse | None = None,
    *,
    carrier: str = "",
    tracking_number: str = "",
    notes: str = "",
    by: User | None,
) -> Shipment:
    """Draft a shipment of a confirmed order from one warehouse.

    Without lines: all that is reserved there and on no draft yet. Without a warehouse: the one that holds the order's
    goods; if there are several, it has to be named. Nothing moves until the shipment is shipped.
    """
    fresh = lock(order)
    fresh.may("ship")
    shipment = Shipment(
        order=fresh,
        warehouse=warehouse or _only_warehouse(fresh, lines),
        carrier=checks.text(Shipment, "carrier", carrier, "carrier"),
        tracking_number=checks.text(Shipment, "tracking_number", tracking_number, "tracking_number"),
        notes=checks.text(Shipment, "notes", notes, "notes"),
    )
    if lines is None:
        lines = _reserved_lines(fresh, shipment.warehouse)
    items = [new_item(shipment, line, f"items/{index}") for index, line in enumerate(lines)]
    require_shippable(shipment, items, lines_of(fresh))
    shipment.shipment_number = next_number(Shipment)
    shipment.save()
    ShipmentItem.objects.bulk_create(items)
    return shipment


def recalculate_shipment(shipment: Shipment) -> None:
    """Check the lines of a draft after they were edited: of this order, no more than is open, from this warehouse."""
    items = list(shipment.items.select_related("bin", "lot").order_by("pk"))
    if items:
        require_shippable(shipment, items, lines_of(shipment.order))
    shipment.save(update_fields=["updated_at", "updated_by"])


@service
def deliver_shipment(shipment: Shipment, *, by: User | None) -> Shipment:
    """Note that the goods have reached the customer; the last shipment of a shipped order delivers the order."""
    order = lock(shipment.order)
    fresh = lock(shipment)
    if fresh.status == ShipmentStatus.DELIVERED:
        refresh(shipment, fresh)
        return shipment
    fresh.may("deliver")
    now = timezone.now()
    fresh.advance(ShipmentStatus.DELIVERED, delivered_at=now)
    under_way = order.shipments.filter(status=ShipmentStatus.SHIPPED)
    if order.status == OrderStatus.SHIPPED and not under_way.exists():
        order.advance(OrderStatus.DELIVERED, delivered_at=now)
    refresh(shipment, fresh)
    return shipment


@service
def cancel_shipment(shipment: Shipment, *, by: User | None) -> Shipment:
    """Drop a draft; its goods stay reserved for the order."""
    lock(shipment.order)
    fresh = lock(shipment)
    if fresh.status != ShipmentStatus.CANCELLED:
        fresh.may("cancel")
        fresh.advance(ShipmentStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(shipment, fresh)
    return shipment


def lock_drafts(order: Order) -> list[Shipment]:
    """The order's shipments that have not left, locked. The order is locked."""
    return lock_all(order.shipments.filter(status=ShipmentStatus.DRAFT))


def cancel_drafts(shipments: Iterable[Shipment]) -> None:
    """Drop drafts whose order has come to its end."""
    shipments = list(shipments)
    for shipment in shipments:
        shipment.status, shipment.cancelled_at = ShipmentStatus.CANCELLED, timezone.now()
    Shipment.objects.bulk_update(shipments, ["status", "cancelled_at"])


def new_item(shipment: Shipment, line: ShipmentLine, field: str) -> ShipmentItem:
    """A line for the shipment, not yet written. `field` is where it stands in the request."""
    return ShipmentItem(
        shipment=shipment,
        order_item=line.order_item,
        bin=line.bin,
        lot=line.lot,
        quantity=checks.whole(line.quantity, f"{field}/quantity"),
    )


def require_shippable(shipment: Shipment, items: Sequence[ShipmentItem], order_items: Iterable[OrderItem]) -> None:
    """Refuse lines of another order, more than is open, a bin elsewhere, a lot of something else, or no lines."""
    if not items:
        raise RuleViolation(_("There is nothing to ship."), code="nothing_to_ship")
    known = {item.pk: item for item in order_items}
    asked: Counter[int] = Counter()
    for index, item in enumerate(items):
        field = f"items/{index}"
        line = known.get(item.order_item_id)
        if line is None:
            raise no_such_line(shipment.order, f"{field}/order_item")
        asked[line.pk] += item.quantity
        require_open(line, asked[line.pk], f"{field}/quantity")
        checks.require_bin_of(item.bin, shipment.warehouse, f"{field}/bin")
        checks.require_lot_of(item.lot, line.product, f"{field}/lot", needed=False)


def require_open(line: OrderItem, asked: int, field: str) -> None:
    """Refuse to ship more of a line than is open."""
    if asked > line.quantity_open:
        raise RuleViolation(
            _("%(open)d %(sku)s are still to be shipped, not %(asked)d.")
            % {"open": line.quantity_open, "sku": line.product.sku, "asked": asked},
            code="more_than_open",
            field=field,
        )


def _only_warehouse(order: Order, lines: Sequence[ShipmentLine] | None) -> Warehouse:
    """The one warehouse in which goods of the order (of these lines) are reserved."""
    reserved = Reservation.objects.filter(order_item__order=order)
    if lines is not None:
        reserved = reserved.filter(order_item__in=[line.order_item.pk for line in lines])
    found = list(Warehouse.objects.filter(pk__in=reserved.values("inventory__warehouse")).order_by("pk"))
    if len(found) == 1:
        return found[0]
    if not found and order.warehouse:
        return order.warehouse
    raise RuleViolation(
        _("The goods of %(order)s are in several warehouses. Name one.") % {"order": order}
        if found
        else _("Nothing is reserved for %(order)s. Reserve it, or name a warehouse.") % {"order": order},
        code="warehouse_required" if found else "nothing_reserved",
        field="warehouse",
    )


def _reserved_lines(order: Order, warehouse: Warehouse) -> list[ShipmentLine]:
    """What is reserved for the order in the warehouse and on no draft yet."""
    reserved = Reservation.objects.filter(order_item__order=order, inventory__warehouse=warehouse)
    units = Counter(dict(reserved.values_list("order_item_id", "quantity")))
    drafts = ShipmentItem.objects.filter(
        shipment__order=order, shipment__warehouse=warehouse, shipment__status=ShipmentStatus.DRAFT
    )
    units.subtract(dict(drafts.order_by().values_list("order_item_id").annotate(Sum("quantity"))))
    return [ShipmentLine(item, units[item.pk]) for item in lines_of(order) if units[item.pk] > 0]
