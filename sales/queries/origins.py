"""Who got the goods of a movement, and who sent them back."""

from collections.abc import Sequence

from sales.models import SalesReturnItem, ShipmentItem
from stock.models import StockMovement
from stock.queries.origins import by_line, lines_of
from stock.registry import Named, Origin, register_origins


def _of_shipments(movements: Sequence[StockMovement]) -> dict[int, Origin]:
    rows = ShipmentItem.objects.filter(pk__in=lines_of(movements)).order_by()
    rows = rows.select_related("shipment__order__customer")
    return by_line(movements, {row.pk: _origin(row.shipment) for row in rows})


def _of_returns(movements: Sequence[StockMovement]) -> dict[int, Origin]:
    rows = SalesReturnItem.objects.filter(pk__in=lines_of(movements)).order_by()
    rows = rows.select_related("sales_return__order__customer")
    return by_line(movements, {row.pk: _origin(row.sales_return) for row in rows})


def _origin(document) -> Origin:
    order = document.order
    return Origin(Named.of(document), Named.of(order), Named.of(order.customer))


def register() -> None:
    """The documents of sales that move stock."""
    register_origins(ShipmentItem._meta.label_lower, _of_shipments)
    register_origins(SalesReturnItem._meta.label_lower, _of_returns)
