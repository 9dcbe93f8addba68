"""Taking a posted receipt back, whole or in part, by further rows of the ledger."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.base.bulk import write_rows
from inventory_project.base.money import units
from inventory_project.base.services import lock, lock_all, refresh, service
from stock.models import GoodsReceipt, GoodsReceiptItem, MovementKind, ReceiptStatus, StockMovement
from stock.services import checks
from stock.services.adjustments import reversal_of
from stock.services.balances import lock_balances
from stock.services.corrections import make_room
from stock.services.posting import Move, post
from stock.services.purchase_progress import add_received, lock_order


@service
def reverse_goods_receipt(
    receipt: GoodsReceipt, quantities: Mapping[int, int] | None = None, reason: str = "", *, by
) -> GoodsReceipt:
    """Take goods of a receipt out again: all that is left of it, or units by line (line id -> units).

    They leave the place that they came to; the order awaits them again. Once nothing is left the receipt is
    reversed. Refuses when the goods are gone or, naming the orders, reserved.
    """
    fresh = lock(receipt)
    if fresh.status != ReceiptStatus.REVERSED:
        fresh.may("reverse")
        order, order_items = lock_order(fresh)
        items = lock_all(fresh.items.select_related("product"))
        taken = _taken(items, quantities)
        reason = checks.text(StockMovement, "reason", reason, "reason")
        going = [item for item in items if taken.get(item.pk)]
        balances = lock_balances({(item.product_id, fresh.warehouse_id) for item in going})
        moves = _moves(fresh, going, taken, reason)
        make_room(balances, moves)
        post(moves)
        for item in going:
            item.quantity_reversed += taken[item.pk]
        write_rows(going, "quantity_reversed")
        if order:
            add_received(order, order_items, {pk: -number for pk, number in taken.items()}, going)
        if any(item.quantity_kept for item in items):
            fresh.advance(ReceiptStatus.POSTED)
        else:
            fresh.advance(ReceiptStatus.REVERSED, reversed_at=timezone.now())
    refresh(receipt, fresh)
    return receipt


def _taken(items: Sequence[GoodsReceiptItem], quantities: Mapping[int, int] | None) -> dict[int, int]:
    if quantities is None:
        return {item.pk: item.quantity_kept for item in items}
    return checks.units_by_line(
        quantities,
        {item.pk: (item.product, item.quantity_kept) for item in items},
        stranger=_("This line is not on the receipt."),
        too_many=_("%(sku)s: %(most)d are left of this receipt, not %(asked)d."),
        nothing=_("Say how many to take back."),
    )


def _moves(
    receipt: GoodsReceipt, items: Sequence[GoodsReceiptItem], taken: Mapping[int, int], reason: str
) -> list[Move]:
    source_type = GoodsReceiptItem._meta.label_lower
    rows = StockMovement.objects.filter(
        source_type=source_type, source_id__in=[item.pk for item in items], kind=MovementKind.RECEIPT
    )
    came = {row.source_id: row for row in rows}
    return [
        reversal_of(came[item.pk], reason=reason)
        if taken[item.pk] == item.quantity
        else Move(
            product_id=item.product_id,
            warehouse_id=receipt.warehouse_id,
            bin_id=item.bin_id,
            lot_id=item.lot_id,
            quantity=-taken[item.pk],
            kind=MovementKind.REVERSAL,
            value=_share(came[item.pk].value, item, taken[item.pk]),
            reference=receipt.receipt_number,
            reason=reason,
            source_type=source_type,
            source_id=item.pk,
        )
        for item in items
    ]


def _share(value: Decimal, item: GoodsReceiptItem, number: int) -> Decimal:
    """The part of the line's value that these units brought; all parts together are the whole."""
    gone = item.quantity_reversed
    return units(value * (gone + number) / item.quantity) - units(value * gone / item.quantity)
