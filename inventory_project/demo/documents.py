"""Purchasing and work in the warehouse: orders to suppliers, receipts, transfers, counts, adjustments."""

import datetime

from django.utils import timezone

from catalog.models import Supplier, SupplierProduct, Tracking
from stock.models import Inventory, Warehouse
from stock.services import (
    AdjustmentLine,
    CountLine,
    PurchaseOrderLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    create_purchase_order,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_stock_count,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    send_purchase_order,
    start_stock_count,
)

from .past import DAYS, Life


def plan(world) -> None:
    """Supply all the time, a transfer a week, a count now and then."""
    warehouses = list(Warehouse.objects.order_by("pk"))
    suppliers = list(Supplier.objects.filter(offers__isnull=False).distinct().order_by("pk"))
    for number in range(world.size.purchase_orders):
        day = DAYS * (number + world.random.random()) / world.size.purchase_orders
        supplier, warehouse = world.random.choice(suppliers), world.random.choice(warehouses[:2])
        world.diary.begin(_purchase(world, supplier, warehouse), day)
    for number, day in enumerate([*range(4, DAYS - 5, 8), DAYS - 3, DAYS - 1]):
        world.diary.begin(_transfer(world, warehouses[0], warehouses[-1], number), day + 0.5)
    for day, is_blind in [(20, False), (45, False), (DAYS - 2, True)]:
        world.diary.begin(_count(world, warehouses[1], is_blind), day + 0.3)
    world.diary.begin(_damage(world, warehouses[0]), 31.6)


def _purchase(world, supplier: Supplier, warehouse: Warehouse) -> Life:
    """Ordered, and delivered about when it should be, sometimes in two parts, sometimes not yet."""
    chance, packer = world.random, world.staff["Warehouse operator"]
    offers = SupplierProduct.objects.filter(supplier=supplier, product__tracking=Tracking.NONE)
    offers = list(offers.select_related("product").order_by("pk")[:6])
    if not offers:
        return
    lines = [PurchaseOrderLine(offer.product, offer.pack_size * chance.randint(2, 8), offer.cost) for offer in offers]
    expected_at = timezone.now() + datetime.timedelta(days=supplier.lead_time_days or 7)
    order = create_purchase_order(
        supplier=supplier, warehouse=warehouse, lines=lines, expected_at=expected_at, by=world.admin
    )
    yield world.some_days(0, 3)
    send_purchase_order(order, by=world.admin)
    yield world.some_days(2, 14)
    if chance.random() < 0.3:
        item = order.items.order_by("pk").first()
        part = [ReceiptLine(item.product, item.quantity // 2 or 1)]
        receive_purchase_order(order, part, supplier_reference="Part 1", by=packer)
        yield world.some_days(4, 15)
    receive_purchase_order(order, supplier_reference=f"DN {chance.randint(1000, 9999)}", by=packer)


def _transfer(world, here: Warehouse, there: Warehouse, number: int) -> Life:
    by = world.staff["Warehouse operator"]
    plenty = Inventory.objects.filter(warehouse=here, product__tracking=Tracking.NONE, available__gte=10)
    rows = plenty.select_related("product").order_by("pk")[number % 3 * 2 :][:2]
    lines = [TransferLine(row.product, 2) for row in rows]
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=by)
    yield 1.2
    dispatch_stock_transfer(transfer, by=by)
    yield 3.1
    receive_stock_transfer(transfer, by=by)


def _damage(world, warehouse: Warehouse) -> Life:
    by = world.staff["Warehouse operator"]
    rows = Inventory.objects.filter(warehouse=warehouse, product__tracking=Tracking.NONE, available__gte=10)
    row = rows.select_related("product").order_by("pk").first()
    if row:
        adjust_stock([AdjustmentLine(row.product, warehouse, -1, "Damaged in the warehouse")], by=by)
    yield 1.0


def _count(world, warehouse: Warehouse, is_blind: bool) -> Life:
    """The blind one is under way today, and the next one is planned."""
    by = world.staff["Warehouse operator"]
    shelf = None if is_blind else warehouse.bins.order_by("pk").first()
    count = create_stock_count(warehouse=warehouse, bin=shelf, is_blind=is_blind, by=by)
    yield 0.1
    start_stock_count(count, by=by)
    if is_blind:
        create_stock_count(warehouse=warehouse, by=by)
        return
    yield 0.2
    found = [CountLine(item=item, counted_quantity=item.stock_item.quantity) for item in _items(count)]
    if found:
        found[0] = CountLine(item=found[0].item, counted_quantity=max(found[0].counted_quantity - 1, 0))
        enter_stock_count(count, found, by=by)
        post_stock_count(count, by=by)


def _items(count):
    return count.items.select_related("stock_item").order_by("pk")
