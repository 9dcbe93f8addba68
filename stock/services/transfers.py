"""Transfers: goods leave one warehouse, are on their way, and arrive in another; their value travels along."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Product
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.money import units
from inventory_project.base.numbering import next_number
from inventory_project.base.services import lock, lock_all, refresh, service
from stock.models import Bin, Lot, MovementKind, StockTransfer, StockTransferItem, TransferStatus, Warehouse
from stock.services import checks
from stock.services.balances import default_bins, lock_balances
from stock.services.picking import Demand, pick
from stock.services.posting import Move, post

SOURCE_TYPE = StockTransferItem._meta.label_lower


@dataclass(frozen=True)
class TransferLine:
    """A product and how much of it moves. Without a bin or lot they are chosen on dispatch, first expired first."""

    product: Product
    quantity: int
    lot: Lot | None = None
    from_bin: Bin | None = None
    to_bin: Bin | None = None


@service
def create_stock_transfer(
    *,
    from_warehouse: Warehouse,
    to_warehouse: Warehouse,
    lines: Sequence[TransferLine] = (),
    expected_at: datetime.datetime | None = None,
    notes: str = "",
    by,
) -> StockTransfer:
    """Draft a transfer. Refuses one to where the goods are already, and inactive warehouses."""
    if from_warehouse.pk == to_warehouse.pk:
        raise InvalidInput(_("Choose two different warehouses."), field="to_warehouse")
    checks.require_active(from_warehouse, "from_warehouse")
    checks.require_active(to_warehouse, "to_warehouse")
    transfer = StockTransfer(
        transfer_number=next_number(StockTransfer),
        from_warehouse=from_warehouse,
        to_warehouse=to_warehouse,
        expected_at=expected_at,
        notes=checks.text(StockTransfer, "notes", notes, "notes"),
    )
    items = [_item(transfer, line, f"lines/{index}") for index, line in enumerate(lines)]
    transfer.save()
    StockTransferItem.objects.bulk_create(items)
    return transfer


def _item(transfer: StockTransfer, line: TransferLine, path: str) -> StockTransferItem:
    checks.require_bin_of(line.from_bin, transfer.from_warehouse, f"{path}/from_bin")
    checks.require_bin_of(line.to_bin, transfer.to_warehouse, f"{path}/to_bin")
    checks.require_lot_of(line.lot, line.product, f"{path}/lot", needed=False)
    return StockTransferItem(
        transfer=transfer,
        product=line.product,
        quantity=checks.whole(line.quantity, f"{path}/quantity"),
        lot=line.lot,
        from_bin=line.from_bin,
        to_bin=line.to_bin,
    )


@service
def dispatch_stock_transfer(transfer: StockTransfer, *, by) -> StockTransfer:
    """Send the goods off. A line that takes from several bins or lots becomes several.

    Refuses a transfer without lines or to a warehouse that was deactivated and, naming each short line, more than is
    free to go.
    """
    fresh = lock(transfer)
    if fresh.status != TransferStatus.IN_TRANSIT:
        fresh.may("dispatch")
        items = lock_all(fresh.items.all())
        if not items:
            raise RuleViolation(_("%(document)s has no lines.") % {"document": fresh}, code="no_lines")
        _require_open(lock(Warehouse(pk=fresh.to_warehouse_id)))
        items = _split(fresh, items)
        rows = post([_move(fresh, item, MovementKind.TRANSFER_OUT, -item.quantity) for item in items])
        for item, row in zip(items, rows, strict=True):
            item.value_in_transit = -row.value
        write_rows(items, "value_in_transit")
        fresh.advance(TransferStatus.IN_TRANSIT, dispatched_at=timezone.now())
    refresh(transfer, fresh)
    return transfer


def _require_open(warehouse: Warehouse) -> None:
    """Goods set off to active warehouses only. The row is locked, so that it stays so until they are on their way."""
    if not warehouse.is_active:
        raise RuleViolation(
            _("%(warehouse)s is not active, so nothing can come into it. Activate it, or choose another.")
            % {"warehouse": warehouse},
            code="inactive_warehouse",
            field="to_warehouse",
        )


def _split(transfer: StockTransfer, items: Sequence[StockTransferItem]) -> list[StockTransferItem]:
    """Choose bins and lots, and write the lines so that each is of one bin and lot."""
    demands = [
        Demand(item.product_id, transfer.from_warehouse_id, item.quantity, item.from_bin_id, item.lot_id)
        for item in items
    ]
    parts, more = [], []
    for item, picks in zip(items, pick(demands, lock_balances({d.place for d in demands})), strict=True):
        for index, chosen in enumerate(picks):
            part = item if index == 0 else StockTransferItem(transfer=transfer, product_id=item.product_id)
            part.to_bin_id = item.to_bin_id
            part.quantity, part.from_bin_id, part.lot_id = chosen.quantity, chosen.bin_id, chosen.lot_id
            parts.append(part)
            if index:
                more.append(part)
    write_rows(items, "quantity", "from_bin", "lot")
    StockTransferItem.objects.bulk_create(more)
    return parts


@service
def receive_stock_transfer(
    transfer: StockTransfer, quantities: Mapping[int, int] | None = None, *, by
) -> StockTransfer:
    """Take goods in that have arrived: all that are on their way, or units by line (line id -> units).

    Refuses more than is on its way. Once nothing is, the transfer is received.
    """
    fresh = lock(transfer)
    if fresh.status == TransferStatus.RECEIVED and quantities is None:
        refresh(transfer, fresh)
        return transfer
    fresh.may("receive")
    items = lock_all(fresh.items.select_related("product"))
    arriving = _arriving(items, quantities)
    post(_arrivals(fresh, [item for item in items if arriving.get(item.pk)], arriving))
    for item in items:
        item.quantity_received += arriving.get(item.pk, 0)
    write_rows([item for item in items if item.pk in arriving], "to_bin", "quantity_received", "value_in_transit")
    if any(item.quantity_open for item in items):
        fresh.advance(TransferStatus.IN_TRANSIT)
    else:
        fresh.advance(TransferStatus.RECEIVED, received_at=timezone.now())
    refresh(transfer, fresh)
    return transfer


def _arriving(items: Sequence[StockTransferItem], quantities: Mapping[int, int] | None) -> dict[int, int]:
    if quantities is None:
        return {item.pk: item.quantity_open for item in items}
    return checks.units_by_line(
        quantities,
        {item.pk: (item.product, item.quantity_open) for item in items},
        stranger=_("This line is not on the transfer."),
        too_many=_("%(sku)s: %(most)d are on their way, not %(asked)d."),
        nothing=_("Say how many have arrived."),
    )


def _arrivals(transfer: StockTransfer, items: Sequence[StockTransferItem], arriving: Mapping[int, int]) -> list[Move]:
    """The moves in, with their share of the value; the last units of a line bring all that is left of it."""
    bins = default_bins([transfer.to_warehouse_id])
    moves = []
    for item in items:
        item.to_bin_id = item.to_bin_id or bins[transfer.to_warehouse_id]
        value = item.value_in_transit
        if arriving[item.pk] < item.quantity_open:
            value = units(value * arriving[item.pk] / item.quantity_open)
        item.value_in_transit -= value
        moves.append(_move(transfer, item, MovementKind.TRANSFER_IN, arriving[item.pk], value))
    return moves


@service
def close_stock_transfer(transfer: StockTransfer, reason: str, *, by) -> StockTransfer:
    """End a transfer of which the rest will not arrive: it is taken in and adjusted away, with the reason."""
    fresh = lock(transfer)
    if fresh.status != TransferStatus.RECEIVED:
        fresh.may("close")
        reason = checks.text(StockTransfer, "close_reason", reason, "reason", required=True)
        items = [item for item in lock_all(fresh.items.all()) if item.quantity_open]
        arrivals = _arrivals(fresh, items, {item.pk: item.quantity_open for item in items})
        post([*arrivals, *(_loss(fresh, item, reason) for item in items)])
        write_rows(items, "to_bin", "value_in_transit")
        fresh.advance(TransferStatus.RECEIVED, received_at=timezone.now(), close_reason=reason)
    refresh(transfer, fresh)
    return transfer


def _loss(transfer: StockTransfer, item: StockTransferItem, reason: str) -> Move:
    return Move(
        product_id=item.product_id,
        warehouse_id=transfer.to_warehouse_id,
        bin_id=item.to_bin_id,
        lot_id=item.lot_id,
        quantity=-item.quantity_open,
        kind=MovementKind.ADJUSTMENT,
        reference=transfer.transfer_number,
        reason=reason,
    )


def _move(
    transfer: StockTransfer, item: StockTransferItem, kind: MovementKind, quantity: int, value: Decimal | None = None
) -> Move:
    coming = kind == MovementKind.TRANSFER_IN
    return Move(
        product_id=item.product_id,
        warehouse_id=transfer.to_warehouse_id if coming else transfer.from_warehouse_id,
        bin_id=item.to_bin_id if coming else item.from_bin_id,
        lot_id=item.lot_id,
        quantity=quantity,
        kind=kind,
        value=value,
        reference=transfer.transfer_number,
        source_type=SOURCE_TYPE,
        source_id=item.pk,
    )


@service
def cancel_stock_transfer(transfer: StockTransfer, *, by) -> StockTransfer:
    """Drop a transfer that was not dispatched."""
    fresh = lock(transfer)
    if fresh.status != TransferStatus.CANCELLED:
        fresh.may("cancel")
        fresh.advance(TransferStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(transfer, fresh)
    return transfer
