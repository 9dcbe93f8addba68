"""Warehouses, stock and purchasing for tests. What the services keep (balances, the ledger) is made through them."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog.models import Product, Tracking
from inventory_project.base.numbering import next_number
from stock.models import (
    Bin,
    GoodsReceipt,
    GoodsReceiptItem,
    Inventory,
    Lot,
    PurchaseOrder,
    PurchaseOrderItem,
    StockCount,
    StockCountItem,
    StockItem,
    StockMovement,
    StockTransfer,
    StockTransferItem,
    Warehouse,
)
from stock.services import (
    OpeningLine,
    create_default_bin,
    enter_opening_stock,
    recalculate_goods_receipt,
    recalculate_purchase_order,
)

from .catalog import ProductFactory, SupplierFactory


class WarehouseFactory(DjangoModelFactory):
    """A warehouse with its default bin."""

    class Meta:
        model = Warehouse
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"WH-{n:03d}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")

    @factory.post_generation
    def default_bin(self, create, extracted, **kwargs):
        if create:
            create_default_bin(self)


class BinFactory(DjangoModelFactory):
    class Meta:
        model = Bin

    warehouse = factory.SubFactory(WarehouseFactory)
    code = factory.Sequence(lambda n: f"A-{n:03d}")


class LotFactory(DjangoModelFactory):
    class Meta:
        model = Lot

    product = factory.SubFactory(ProductFactory, tracking=Tracking.LOT)
    number = factory.Sequence(lambda n: f"L-{n:04d}")


class InventoryFactory(DjangoModelFactory):
    """An empty balance; `put_in_stock` fills one."""

    class Meta:
        model = Inventory

    product = factory.SubFactory(ProductFactory)
    warehouse = factory.SubFactory(WarehouseFactory)


class StockItemFactory(DjangoModelFactory):
    """An empty place."""

    class Meta:
        model = StockItem

    inventory = factory.SubFactory(InventoryFactory)
    bin = factory.LazyAttribute(lambda item: default_bin(item.inventory.warehouse))


class StockMovementFactory(DjangoModelFactory):
    """Ten units of opening stock."""

    class Meta:
        model = StockMovement

    product = factory.SubFactory(ProductFactory)
    warehouse = factory.SubFactory(WarehouseFactory)

    @classmethod
    def _create(cls, model_class, *args, product, warehouse, quantity=10, **kwargs):
        return put_in_stock(product, warehouse, quantity, **kwargs)


class StockTransferFactory(DjangoModelFactory):
    class Meta:
        model = StockTransfer

    transfer_number = factory.LazyFunction(lambda: next_number(StockTransfer))
    from_warehouse = factory.SubFactory(WarehouseFactory)
    to_warehouse = factory.SubFactory(WarehouseFactory)


class StockTransferItemFactory(DjangoModelFactory):
    class Meta:
        model = StockTransferItem

    transfer = factory.SubFactory(StockTransferFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = 5


class StockCountFactory(DjangoModelFactory):
    class Meta:
        model = StockCount

    count_number = factory.LazyFunction(lambda: next_number(StockCount))
    warehouse = factory.SubFactory(WarehouseFactory)


class StockCountItemFactory(DjangoModelFactory):
    class Meta:
        model = StockCountItem

    count = factory.SubFactory(StockCountFactory)
    product = factory.SubFactory(ProductFactory)
    bin = factory.LazyAttribute(lambda item: default_bin(item.count.warehouse))


class PurchaseOrderFactory(DjangoModelFactory):
    class Meta:
        model = PurchaseOrder

    purchase_order_number = factory.LazyFunction(lambda: next_number(PurchaseOrder))
    supplier = factory.SubFactory(SupplierFactory)
    warehouse = factory.SubFactory(WarehouseFactory)


class PurchaseOrderItemFactory(DjangoModelFactory):
    """A line of a draft, whose totals are brought up to date."""

    class Meta:
        model = PurchaseOrderItem

    purchase_order = factory.SubFactory(PurchaseOrderFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = 10
    unit_cost = Decimal("5.0000")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        item = super()._create(model_class, *args, **kwargs)
        recalculate_purchase_order(item.purchase_order)
        item.refresh_from_db()
        return item


class GoodsReceiptFactory(DjangoModelFactory):
    class Meta:
        model = GoodsReceipt

    receipt_number = factory.LazyFunction(lambda: next_number(GoodsReceipt))
    supplier = factory.SubFactory(SupplierFactory)
    warehouse = factory.SubFactory(WarehouseFactory)


class GoodsReceiptItemFactory(DjangoModelFactory):
    class Meta:
        model = GoodsReceiptItem

    receipt = factory.SubFactory(GoodsReceiptFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = 10

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        item = super()._create(model_class, *args, **kwargs)
        recalculate_goods_receipt(item.receipt)
        return item


def default_bin(warehouse: Warehouse) -> Bin:
    """The bin that goods go to unless told otherwise."""
    return warehouse.bins.get(is_default=True)


def put_in_stock(
    product: Product, warehouse: Warehouse, quantity: int = 10, unit_cost="6.0000", **line: object
) -> StockMovement:
    """Opening stock of one product. `lot_number`, `expires_on` and `bin` as in the service."""
    entry = OpeningLine(product, warehouse, quantity, Decimal(unit_cost), **line)
    return enter_opening_stock([entry], by=None)[0]


def balance(product: Product, warehouse: Warehouse) -> Inventory:
    """The balance as it is now."""
    return Inventory.objects.get(product=product, warehouse=warehouse)
