from .count import StockCount, StockCountItem
from .inventory import Inventory, StockItem
from .lot import Lot
from .movement import MovementKind, StockMovement
from .purchase import PurchaseOrder, PurchaseOrderItem
from .receipt import GoodsReceipt, GoodsReceiptItem
from .transfer import StockTransfer, StockTransferItem
from .warehouse import Bin, Warehouse

__all__ = [
    "Bin",
    "GoodsReceipt",
    "GoodsReceiptItem",
    "Inventory",
    "Lot",
    "MovementKind",
    "PurchaseOrder",
    "PurchaseOrderItem",
    "StockCount",
    "StockCountItem",
    "StockItem",
    "StockMovement",
    "StockTransfer",
    "StockTransferItem",
    "Warehouse",
]
