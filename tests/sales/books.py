"""What always holds of sales, and how to see that nothing has changed."""

from collections import Counter

from django.apps import apps
from django.db.models import Sum

from inventory_project.base.money import TaxedLine, line_net, totals
from sales.models import Order, OrderItem, OrderStatus, Reservation, Shipment, ShipmentItem, ShipmentStatus
from stock.models import Inventory, StockMovement
from tests.stock.ledger import assert_consistent as assert_stock_consistent

type Rows = dict[str, list[tuple]]


def everything() -> Rows:
    """All rows of stock and sales, to compare before and after a refusal."""
    models = [model for app in ("stock", "sales") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in models}


def assert_consistent() -> None:
    """Counters, reservations, shipments, statuses and totals tell the same story."""
    assert_stock_consistent()
    reserved: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for row in Reservation.objects.select_related("order_item__order", "inventory"):
        reserved[row.inventory_id] += row.quantity
        held[row.order_item_id] += row.quantity
        assert row.order_item.order.status == OrderStatus.CONFIRMED
        assert row.order_item.product_id == row.inventory.product_id
    for balance in Inventory.objects.all():
        assert balance.reserved == reserved[balance.pk], balance
    for order in Order.objects.prefetch_related("items", "shipments"):
        _assert_order(order, held)
    for row in ShipmentItem.objects.select_related("shipment", "order_item"):
        _assert_shipped_row(row)


def _assert_order(order: Order, held: Counter[int]) -> None:
    items = sorted(order.items.all(), key=lambda item: item.pk)
    lines = [TaxedLine(item.subtotal, item.tax_percent, item.tax_category) for item in items]
    shipping = TaxedLine(order.shipping_amount, order.shipping_tax_percent, order.shipping_tax_category)
    sums = totals([*lines, shipping])
    for item, tax in zip(items, sums.taxes, strict=False):
        assert item.subtotal == line_net(item.quantity, item.unit_price, item.discount_percent)
        assert item.tax_amount == tax
        assert item.quantity_shipped + held[item.pk] <= item.quantity
        assert item.quantity_returned <= item.quantity_shipped
        gone = ShipmentItem.objects.filter(
            order_item=item, shipment__status__in=[ShipmentStatus.SHIPPED, ShipmentStatus.DELIVERED]
        )
        assert item.quantity_shipped == gone.aggregate(units=Sum("quantity", default=0))["units"]
    assert order.subtotal_amount == sum(item.subtotal for item in items)
    assert (order.tax_amount, order.total_amount) == (sums.tax, sums.total)
    statuses = {shipment.status for shipment in order.shipments.all()}
    shipped = any(item.quantity_shipped for item in items)
    if order.status in (OrderStatus.PENDING, OrderStatus.CANCELLED):
        assert not shipped
    if order.status == OrderStatus.CONFIRMED:
        assert any(item.quantity_open for item in items)
    if order.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        assert shipped and ShipmentStatus.DRAFT not in statuses
    if order.status == OrderStatus.DELIVERED:
        assert ShipmentStatus.SHIPPED not in statuses


def _assert_shipped_row(row: ShipmentItem) -> None:
    """A row that has left has exactly one movement, of its units, bin, lot and cost; a draft's has none."""
    movements = list(StockMovement.objects.filter(source_type="sales.shipmentitem", source_id=row.pk))
    if row.shipment.status in (ShipmentStatus.DRAFT, ShipmentStatus.CANCELLED):
        assert movements == []
        return
    (movement,) = movements
    assert (movement.quantity, movement.bin_id, movement.lot_id) == (-row.quantity, row.bin_id, row.lot_id)
    assert movement.unit_cost == row.unit_cost
    assert movement.reference == row.shipment.number


def reserved_of(order: Order) -> dict[tuple[str, str], int]:
    """By SKU and warehouse: what is reserved for the order."""
    rows = Reservation.objects.filter(order_item__order=order).select_related(
        "inventory__product", "inventory__warehouse"
    )
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[row.inventory.product.sku, row.inventory.warehouse.code] += row.quantity
    return dict(found)


def only_item(order: Order) -> OrderItem:
    """The order's only line as it is now."""
    return order.items.get()


def only_shipment(order: Order) -> Shipment:
    """The order's only shipment as it is now."""
    return order.shipments.get()
