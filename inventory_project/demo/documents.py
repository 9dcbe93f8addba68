"""Purchasing and work in the warehouse: orders to suppliers, receipts, transfers, counts, adjustments."""

import datetime

from django.utils import timezone

from catalog.models import Supplier, SupplierProduct, Tracking
from inventory_project.base.errors import RuleViolation
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


def build_purchases(world) -> None:
    """Orders to suppliers: drafts, under way, partly and fully received."""
    warehouses = list(Warehouse.objects.order_by("pk"))
    suppliers = list(Supplier.objects.filter(offers__isnull=False).distinct().order_by("pk"))
    for number in range(world.size.purchase_orders):
        _purchase(world, world.random.choice(suppliers), world.random.choice(warehouses[:2]), number % 4)
    world.say(f"Purchasing: {world.size.purchase_orders} purchase orders")


def _purchase(world, supplier: Supplier, warehouse: Warehouse, stage: int) -> None:
    buyer, packer = world.admin, world.staff["Warehouse operator"]
    offers = list(SupplierProduct.objects.filter(supplier=supplier).select_related("product").order_by("pk")[:6])
    offers = [offer for offer in offers if offer.product.tracking == Tracking.NONE]
    if not offers:
        return
    order = create_purchase_order(
        supplier=supplier,
        warehouse=warehouse,
        lines=[
            PurchaseOrderLine(offer.product, offer.pack_size * world.random.randint(2, 8), offer.cost)
            for offer in offers
        ],
        expected_at=timezone.now() + datetime.timedelta(days=world.random.randint(-5, 20)),
        by=buyer,
    )
    if stage == 0:
        return
    send_purchase_order(order, by=buyer)
    if stage == 2:
        item = order.items.order_by("pk").first()
        line = ReceiptLine(item.product, item.quantity // 2 or 1)
        receive_purchase_order(order, [line], supplier_reference="Part 1", by=packer)
    elif stage == 3:
        receive_purchase_order(order, supplier_reference=f"DN {world.random.randint(1000, 9999)}", by=packer)


def build_stock_work(world) -> None:
    """Transfers in each step, two counts, an adjustment."""
    by = world.staff["Warehouse operator"]
    first, second, third = Warehouse.objects.order_by("pk")[:3]
    plain = Inventory.objects.filter(product__tracking=Tracking.NONE).select_related("product").order_by("pk")
    rows = list(plain.filter(warehouse=first, available__gte=10)[:6])
    for step in range(3):
        lines = [TransferLine(row.product, 2) for row in rows[step * 2 : step * 2 + 2]]
        transfer = create_stock_transfer(from_warehouse=first, to_warehouse=third, lines=lines, by=by)
        if step:
            dispatch_stock_transfer(transfer, by=by)
        if step == 2:
            receive_stock_transfer(transfer, by=by)
    _counts(world, second, by)
    row = rows[0]
    adjust_stock([AdjustmentLine(row.product, row.warehouse, -1, "Damaged in the warehouse")], by=by)
    world.say("Warehouse: transfers, counts, an adjustment")


def _counts(world, warehouse: Warehouse, by) -> None:
    done = create_stock_count(warehouse=warehouse, bin=warehouse.bins.order_by("pk").first(), by=by)
    start_stock_count(done, by=by)
    found = [CountLine(item=item, counted_quantity=item.stock_item.quantity) for item in _items(done)]
    if found:
        found[0] = CountLine(item=found[0].item, counted_quantity=max(found[0].counted_quantity - 1, 0))
        enter_stock_count(done, found, by=by)
        try:
            post_stock_count(done, by=by)
        except RuleViolation as error:
            world.say(f"  a count stays open: {error}")
    open_count = create_stock_count(warehouse=warehouse, is_blind=True, by=by)
    start_stock_count(open_count, by=by)
    create_stock_count(warehouse=warehouse, by=by)


def _items(count):
    return count.items.select_related("stock_item").order_by("pk")
