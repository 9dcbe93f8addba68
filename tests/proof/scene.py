"""A shop with documents in every state from which stock moves."""

from dataclasses import dataclass

from sales.models import Order, SalesReturn, Shipment
from sales.services import (
    ReturnLine,
    approve_sales_return,
    confirm_order,
    create_shipment,
    request_sales_return,
    ship_order,
)
from stock.models import GoodsReceipt, PurchaseOrder, StockCount, StockMovement, StockTransfer
from stock.services import (
    AdjustmentLine,
    CountLine,
    PurchaseOrderLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    create_goods_receipt,
    create_purchase_order,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_stock_count,
    post_goods_receipt,
    send_purchase_order,
    start_stock_count,
)

from .shop import Shop

UNITS = 10


@dataclass
class Scene:
    """A shop with ten units of one product in the first warehouse, and who acts."""

    shop: Shop

    def __post_init__(self) -> None:
        self.by = self.shop.clerk
        self.here, self.there = self.shop.warehouses
        self.product = self.shop.product(UNITS)

    def pending(self) -> Order:
        return self.shop.order(self.product, 4)

    def confirmed(self) -> Order:
        return confirm_order(self.pending(), by=self.by)

    def shipped(self) -> Order:
        order = self.confirmed()
        ship_order(order, by=self.by)
        return order

    def shipment(self) -> Shipment:
        return create_shipment(self.confirmed(), by=self.by)

    def approved_return(self) -> SalesReturn:
        order = self.shipped()
        document = request_sales_return(order, [ReturnLine(order.items.get(), 3)], "Too many", by=self.by)
        return approve_sales_return(document, by=self.by)

    def transfer(self) -> StockTransfer:
        lines = [TransferLine(self.product, 4)]
        return create_stock_transfer(from_warehouse=self.here, to_warehouse=self.there, lines=lines, by=self.by)

    def on_its_way(self) -> StockTransfer:
        return dispatch_stock_transfer(self.transfer(), by=self.by)

    def ordered(self) -> PurchaseOrder:
        lines = [PurchaseOrderLine(self.product, 4)]
        order = create_purchase_order(supplier=self.shop.supplier, warehouse=self.here, lines=lines, by=self.by)
        return send_purchase_order(order, by=self.by)

    def receipt(self) -> GoodsReceipt:
        lines = [ReceiptLine(self.product, 4)]
        return create_goods_receipt(supplier=self.shop.supplier, warehouse=self.here, lines=lines, by=self.by)

    def posted_receipt(self) -> GoodsReceipt:
        return post_goods_receipt(self.receipt(), by=self.by)

    def count(self) -> StockCount:
        return create_stock_count(warehouse=self.here, category=self.product.category, by=self.by)

    def counted(self) -> StockCount:
        count = start_stock_count(self.count(), by=self.by)
        return enter_stock_count(count, [CountLine(7, count.items.get())], by=self.by)

    def adjusted(self) -> StockMovement:
        (movement,) = adjust_stock([AdjustmentLine(self.product, self.here, 4, "Found")], by=self.by)
        return movement
