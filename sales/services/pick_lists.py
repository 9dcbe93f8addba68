"""What is to be fetched for a shipment or an order: from which bin, of which lot, how much."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sales.models import Order, OrderItem, Reservation, Shipment, ShipmentItem, ShipmentStatus
from stock.models import Bin, Inventory, Lot
from stock.services import Demand, Pick, pick


@dataclass(frozen=True)
class PickRow:
    """Units of one order line in one place."""

    order_item: OrderItem
    bin: Bin
    lot: Lot | None
    quantity: int


@dataclass(frozen=True)
class Wanted:
    """Units of an order line that are to leave a warehouse; bin and lot if they are named."""

    order_item: OrderItem
    warehouse_id: int
    quantity: int
    bin_id: int | None = None
    lot_id: int | None = None


def pick_list_of_shipment(shipment: Shipment) -> list[PickRow]:
    """In the order of the bins: what a draft would take if it were shipped now, or what a shipment has taken.

    Refuses a draft whose goods are not there. A cancelled one takes nothing. Nothing is written or locked.
    """
    items = list(shipment.items.select_related("order_item__product", "bin__warehouse", "lot").order_by("pk"))
    if shipment.status == ShipmentStatus.DRAFT:
        return _chosen(_of_drafts(items, {shipment.pk: shipment.warehouse_id}))
    taken = [] if shipment.status == ShipmentStatus.CANCELLED else items
    return _by_bin(PickRow(item.order_item, item.bin, item.lot, item.quantity) for item in taken)


def pick_list_of_order(order: Order) -> list[PickRow]:
    """In the order of the bins: what is on the order's drafts, and what is reserved for it besides."""
    drafts = dict(order.shipments.filter(status=ShipmentStatus.DRAFT).values_list("pk", "warehouse_id"))
    items = ShipmentItem.objects.filter(shipment__in=drafts).select_related("order_item__product").order_by("pk")
    wanted = _of_drafts(items, drafts)
    on_drafts: Counter[tuple[int, int]] = Counter()
    for one in wanted:
        on_drafts[one.order_item.pk, one.warehouse_id] += one.quantity
    reserved = Reservation.objects.filter(order_item__order=order).select_related("order_item__product", "inventory")
    for row in reserved.order_by("pk"):
        place = row.inventory.warehouse_id
        rest = row.quantity - on_drafts[row.order_item_id, place]
        if rest > 0:
            wanted.append(Wanted(row.order_item, place, rest))
    return _chosen(wanted)


def _of_drafts(items: Iterable[ShipmentItem], warehouses: dict[int, int]) -> list[Wanted]:
    return [
        Wanted(item.order_item, warehouses[item.shipment_id], item.quantity, item.bin_id, item.lot_id) for item in items
    ]


def _chosen(wanted: Sequence[Wanted]) -> list[PickRow]:
    """Where it all comes from, chosen as it is when goods leave."""
    demands = [
        Demand(one.order_item.product_id, one.warehouse_id, one.quantity, one.bin_id, one.lot_id) for one in wanted
    ]
    picks = pick(demands, _balances(demands))
    found = [each for some in picks for each in some]
    bins = Bin.objects.select_related("warehouse").in_bulk({each.bin_id for each in found})
    lots = Lot.objects.in_bulk({each.lot_id for each in found} - {None})

    def row(one: Wanted, each: Pick) -> PickRow:
        return PickRow(one.order_item, bins[each.bin_id], lots.get(each.lot_id), each.quantity)

    return _by_bin(row(one, each) for one, some in zip(wanted, picks, strict=True) for each in some)


def _balances(demands: Sequence[Demand]) -> dict[tuple[int, int], Inventory]:
    """The balances as they are now: a list to walk by promises nothing, so nothing is locked."""
    places = {demand.place for demand in demands}
    near = Inventory.objects.filter(
        product__in={product for product, _warehouse in places},
        warehouse__in={warehouse for _product, warehouse in places},
    )
    return {place: row for row in near if (place := (row.product_id, row.warehouse_id)) in places}


def _by_bin(rows: Iterable[PickRow]) -> list[PickRow]:
    return sorted(rows, key=_way)


def _way(row: PickRow) -> tuple:
    """The way through the warehouse: by bin, there by product, and the lot that expires first before the others."""
    expires_on = (row.lot and row.lot.expires_on) or date.max
    product = row.order_item.product.sku
    return (
        row.bin.warehouse.code,
        row.bin.code,
        product,
        expires_on,
        row.lot.number if row.lot else "",
        row.order_item.pk,
    )
