"""Sending shipments off: goods leave their bins and lots, reservations are used up, the order moves on."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from accounts.models import User
from inventory_project.base.numbering import next_numbers
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Order, OrderItem, OrderStatus, Shipment, ShipmentItem, ShipmentStatus
from sales.signals import goods_shipped
from stock.models import MovementKind, Warehouse
from stock.services import checks
from stock.services.picking import Demand, pick
from stock.services.posting import Move, post

from .confirming import touch
from .reservations import Reservations
from .shipments import ShipmentLine, cancel_drafts, lock_drafts, new_item, require_shippable
from .sourcing import by_warehouse

SOURCE_TYPE = ShipmentItem._meta.label_lower


@service
def ship_shipment(shipment: Shipment, carrier: str = "", tracking_number: str = "", *, by: User | None) -> Shipment:
    """Send a draft off. Each line leaves from one bin and lot: it is split where need be, first expired first out
    unless bin or lot is named. The order is shipped once nothing of it is open.

    Refuses when the order is not confirmed, when a line asks for more than is open, and when goods are missing,
    reserved for others, blocked or expired.
    """
    order = lock(shipment.order)
    fresh = lock(shipment)
    if fresh.status in (ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED):
        refresh(shipment, fresh)
        return shipment
    fresh.may("ship")
    order.may("ship")
    _label(fresh, carrier, tracking_number)
    other_drafts = [draft for draft in lock_drafts(order) if draft.pk != fresh.pk]
    lines = lock_all(OrderItem.objects.filter(order=order).select_related("product"))
    items = list(fresh.items.select_related("bin", "lot").order_by("pk"))
    require_shippable(fresh, items, lines)
    book = Reservations.lock(lines)
    _send([(fresh, items)], lines, book)
    _move_on(order, lines, other_drafts)
    refresh(shipment, fresh)
    return shipment


@service
def ship_order(
    order: Order,
    lines: Sequence[ShipmentLine] | None = None,
    carrier: str = "",
    tracking_number: str = "",
    *,
    by: User | None,
) -> list[Shipment]:
    """Draft and send off in one step: a shipment for each warehouse in which the goods are reserved.

    Without lines: all that is reserved. Lines that are named are reserved first as far as they are not yet, or
    refused. An order that has been shipped already is left as it is, and its shipments are returned, unless lines are
    named: of these nothing can leave any more.
    """
    fresh = lock(order)
    if lines is None and fresh.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        refresh(order, fresh)
        return list(fresh.shipments.exclude(status=ShipmentStatus.CANCELLED).order_by("pk"))
    fresh.may("ship")
    drafts = lock_drafts(fresh)
    items = lock_all(OrderItem.objects.filter(order=fresh).select_related("product"))
    book = Reservations.lock(items)
    parts = by_warehouse(fresh, items, lines, book)
    shipments = _draft(fresh, parts, carrier, tracking_number)
    for shipment, rows in shipments:
        require_shippable(shipment, rows, items)
    _send(shipments, items, book)
    _move_on(fresh, items, drafts)
    refresh(order, fresh)
    return [shipment for shipment, _rows in shipments]


type Loaded = Sequence[tuple[Shipment, list[ShipmentItem]]]


def _label(shipment: Shipment, carrier: str, tracking_number: str) -> None:
    shipment.carrier = checks.text(Shipment, "carrier", carrier, "carrier") or shipment.carrier
    number = checks.text(Shipment, "tracking_number", tracking_number, "tracking_number")
    shipment.tracking_number = number or shipment.tracking_number


def _draft(order: Order, parts: Mapping[int, list[ShipmentLine]], carrier: str, tracking_number: str) -> Loaded:
    """A shipment for each warehouse, written; their lines too."""
    warehouses = Warehouse.objects.in_bulk(parts)
    numbers = next_numbers(Shipment, len(parts))
    drafts = []
    for number, warehouse_id in zip(numbers, sorted(parts), strict=True):
        shipment = Shipment(order=order, warehouse=warehouses[warehouse_id], shipment_number=number)
        _label(shipment, carrier, tracking_number)
        rows = [new_item(shipment, line, f"items/{i}") for i, line in enumerate(parts[warehouse_id])]
        drafts.append((shipment, rows))
    Shipment.objects.bulk_create([shipment for shipment, _rows in drafts])
    ShipmentItem.objects.bulk_create([row for _shipment, rows in drafts for row in rows])
    return drafts


def _send(shipments: Loaded, lines: Sequence[OrderItem], book: Reservations) -> None:
    """Take the goods from their bins and lots, with the value that the ledger gives them, and use up reservations."""
    known = {line.pk: line for line in lines}
    rows = _split(shipments, known, book)
    ShipmentItem.objects.bulk_create([row for row in rows if not row.pk])
    for row, movement in zip(rows, post([_move(row, known[row.order_item_id], book) for row in rows]), strict=True):
        row.unit_cost = movement.unit_cost
        known[row.order_item_id].quantity_shipped += row.quantity
    ShipmentItem.objects.bulk_update(rows, ["bin", "lot", "quantity", "unit_cost"])
    left = [known[pk] for pk in sorted({row.order_item_id for row in rows})]
    OrderItem.objects.bulk_update(left, ["quantity_shipped"])
    for line in left:
        book.limit(line, line.quantity_open)
    book.write()
    now = timezone.now()
    for shipment, _rows in shipments:
        shipment.status, shipment.shipped_at = ShipmentStatus.SHIPPED, now
    shipped = [shipment for shipment, _rows in shipments]
    Shipment.objects.bulk_update(shipped, ["status", "shipped_at", "carrier", "tracking_number"])
    for shipment in shipped:
        goods_shipped.send(sender=Shipment, shipment=shipment)


def _split(shipments: Loaded, lines: Mapping[int, OrderItem], book: Reservations) -> list[ShipmentItem]:
    """One row per bin and lot: each line becomes its first pick, further picks become further rows."""
    rows = [row for _shipment, loaded in shipments for row in loaded]
    demands = [
        Demand(lines[row.order_item_id].product_id, row.shipment.warehouse_id, row.quantity, row.bin_id, row.lot_id)
        for row in rows
    ]
    split = []
    for row, picks in zip(rows, pick(demands, book.places), strict=True):
        for index, part in enumerate(picks):
            target = row if index == 0 else ShipmentItem(shipment=row.shipment, order_item_id=row.order_item_id)
            target.bin_id, target.lot_id, target.quantity = part.bin_id, part.lot_id, part.quantity
            split.append(target)
    return split


def _move(row: ShipmentItem, line: OrderItem, book: Reservations) -> Move:
    place = line.product_id, row.shipment.warehouse_id
    return Move(
        *place,
        row.bin_id,
        -row.quantity,
        MovementKind.SHIPMENT,
        lot_id=row.lot_id,
        consumes=book.consume(line, book.places[place].pk, row.quantity),
        reference=row.shipment.number,
        source_type=SOURCE_TYPE,
        source_id=row.pk,
    )


def _move_on(order: Order, lines: Iterable[OrderItem], drafts: Iterable[Shipment]) -> None:
    """The order is shipped once nothing is open; what was still drafted of it can't leave any more."""
    if any(line.quantity_open for line in lines):
        touch(order)
        return
    cancel_drafts(drafts)
    order.advance(OrderStatus.SHIPPED, shipped_at=timezone.now())
