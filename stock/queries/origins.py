"""Which documents movements come from, and who is at their other end."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from stock.models import GoodsReceiptItem, StockCountItem, StockMovement, StockTransferItem
from stock.registry import Named, Origin, origin_sources, register_origins

RECEIPT_LINE = GoodsReceiptItem._meta.label_lower
TRANSFER_LINE = StockTransferItem._meta.label_lower
COUNT_LINE = StockCountItem._meta.label_lower


def origins(movements: Collection[StockMovement]) -> dict[int, Origin]:
    """The origin of each movement that comes from a document, by the movement's id: a query per kind of document."""
    by_source: dict[str, list[StockMovement]] = defaultdict(list)
    for movement in movements:
        if movement.source_id is not None:
            by_source[movement.source_type].append(movement)
    sources = origin_sources()
    found: dict[int, Origin] = {}
    for source_type, mine in by_source.items():
        if source_type in sources:
            found |= sources[source_type](mine)
    return found


def lines_of(movements: Sequence[StockMovement]) -> set[int]:
    """The ids of the document lines."""
    return {movement.source_id for movement in movements}


def by_line(movements: Sequence[StockMovement], known: Mapping[int, Origin]) -> dict[int, Origin]:
    """The origin of each movement, of what is known of the lines."""
    return {movement.pk: known[movement.source_id] for movement in movements if movement.source_id in known}


def _of_receipts(movements: Sequence[StockMovement]) -> dict[int, Origin]:
    """Goods receipts, their purchase orders and suppliers."""
    rows = GoodsReceiptItem.objects.filter(pk__in=lines_of(movements)).order_by()
    rows = rows.select_related("receipt__supplier", "receipt__purchase_order__supplier")
    known = {}
    for row in rows:
        receipt, order = row.receipt, row.receipt.purchase_order
        supplier = receipt.supplier or order.supplier
        known[row.pk] = Origin(Named.of(receipt), Named.of(order) if order else None, Named.of(supplier))
    return by_line(movements, known)


def _of_transfers(movements: Sequence[StockMovement]) -> dict[int, Origin]:
    """Transfers, and the warehouse at the other end."""
    rows = StockTransferItem.objects.filter(pk__in=lines_of(movements)).order_by()
    known = {row.pk: row.transfer for row in rows.select_related("transfer__from_warehouse", "transfer__to_warehouse")}
    found = {}
    for movement in movements:
        transfer = known.get(movement.source_id)
        if transfer:
            other = transfer.to_warehouse if movement.quantity < 0 else transfer.from_warehouse
            found[movement.pk] = Origin(Named.of(transfer), party=Named.of(other))
    return found


def _of_counts(movements: Sequence[StockMovement]) -> dict[int, Origin]:
    rows = StockCountItem.objects.filter(pk__in=lines_of(movements)).order_by().select_related("count")
    return by_line(movements, {row.pk: Origin(Named.of(row.count)) for row in rows})


def register() -> None:
    """The documents of stock itself."""
    register_origins(RECEIPT_LINE, _of_receipts)
    register_origins(TRANSFER_LINE, _of_transfers)
    register_origins(COUNT_LINE, _of_counts)
