"""From which warehouses the goods of one dispatch leave."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation, no_such_line
from sales.models import Order, OrderItem
from stock.services import checks

from .allocation import Want, allocate
from .reservations import Reservations, require_all
from .shipments import ShipmentLine, require_open

# By warehouse: what leaves it.
type Parts = dict[int, list[ShipmentLine]]


def by_warehouse(
    order: Order, items: Sequence[OrderItem], lines: Sequence[ShipmentLine] | None, book: Reservations
) -> Parts:
    """Spread lines over the warehouses in which they are reserved; what is not reserved comes from free stock.

    Without lines: all that is reserved. Raises InsufficientStock naming every line that can't be served in full.
    """
    parts: Parts = defaultdict(list)
    if lines is None:
        for item in items:
            for row in book.of(item):
                warehouse = book.balances[row.inventory_id].warehouse_id
                parts[warehouse].append(ShipmentLine(item, row.quantity))
    else:
        _spread(order, items, lines, book, parts)
    if not parts:
        raise RuleViolation(
            _("Nothing is reserved for %(order)s. Reserve its goods first.") % {"order": order}, code="nothing_to_ship"
        )
    return parts


def _spread(
    order: Order, items: Sequence[OrderItem], lines: Sequence[ShipmentLine], book: Reservations, parts: Parts
) -> None:
    known = {item.pk: item for item in items}
    left = {(row.order_item_id, row.inventory_id): row.quantity for item in items for row in book.of(item)}
    asked: Counter[int] = Counter()
    wants = []
    for index, line in enumerate(lines):
        item = _known(order, known, line, f"items/{index}")
        missing = checks.whole(line.quantity, f"items/{index}/quantity")
        asked[item.pk] += missing
        require_open(item, asked[item.pk], f"items/{index}/quantity")
        pinned = line.bin.warehouse_id if line.bin else None
        for row in book.of(item):
            warehouse = book.balances[row.inventory_id].warehouse_id
            units = min(missing, left[item.pk, row.inventory_id])
            if units and pinned in (None, warehouse):
                left[item.pk, row.inventory_id] -= units
                missing -= units
                parts[warehouse].append(replace(line, order_item=item, quantity=units))
        if missing:
            wants.append(Want(index, item.product_id, missing, pinned or item.warehouse_id or order.warehouse_id))
    if wants:
        asked_for = {index: known[line.order_item.pk] for index, line in enumerate(lines)}
        shares = allocate(wants, book.offers(items))
        require_all(wants, shares, asked_for)
        for index, share in shares.items():
            for inventory_id, units in share.items():
                warehouse = book.balances[inventory_id].warehouse_id
                parts[warehouse].append(replace(lines[index], order_item=asked_for[index], quantity=units))


def _known(order: Order, items: Mapping[int, OrderItem], line: ShipmentLine, field: str) -> OrderItem:
    item = items.get(line.order_item.pk)
    if item is None:
        raise no_such_line(order, f"{field}/order_item")
    return item
