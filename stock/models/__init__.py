from .count import CountStatus, StockCount, StockCountItem
from .inventory import Inventory, StockItem
from .lot import Lot
from .movement import MovementKind, StockMovement
from .purchase import PurchaseOrder, PurchaseOrderItem, PurchaseStatus
from .receipt import GoodsReceipt, GoodsReceiptItem, ReceiptStatus
from .transfer import StockTransfer, StockTransferItem, TransferStatus
from .warehouse import Bin, Warehouse

__all__ = [
    "Bin",
    "CountStatus",
    "GoodsReceipt",
    "GoodsReceiptItem",
    "Inventory",
    "Lot",
    "MovementKind",
    "PurchaseOrder",
    "PurchaseOrderItem",
    "PurchaseStatus",
    "ReceiptStatus",
    "StockCount",
    "StockCountItem",
    "StockItem",
    "StockMovement",
    "StockTransfer",
    "StockTransferItem",
    "TransferStatus",
    "Warehouse",
]
