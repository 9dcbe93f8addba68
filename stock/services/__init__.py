"""Every way to change stock. What a service refuses raises a RuleViolation, and nothing is written."""

from .adjustments import AdjustmentLine, adjust_stock, reverse_movement
from .balances import default_bins, lock_balances
from .corrections import make_room
from .count_entry import CountLine, enter_stock_count
from .count_scan import Scanned, scan_stock_count
from .counts import (
    cancel_stock_count,
    count_inventory,
    create_stock_count,
    post_stock_count,
    set_aside_for_recount,
    start_stock_count,
)
from .duplicating import duplicate_purchase_order
from .opening import OpeningLine, enter_opening_stock
from .picking import Demand, Pick, pick, promisable, unshippable
from .posting import Move, change_reserved, post
from .purchasing import (
    PurchaseOrderLine,
    cancel_purchase_order,
    close_purchase_order,
    create_purchase_order,
    recalculate_purchase_order,
    receive_purchase_order,
    send_purchase_order,
)
from .receipt_reversal import reverse_goods_receipt
from .receipts import (
    ReceiptLine,
    cancel_goods_receipt,
    create_goods_receipt,
    post_goods_receipt,
    recalculate_goods_receipt,
)
from .reordering import ReorderLine, create_reorder_drafts, reorder_low_stock
from .transfers import (
    TransferLine,
    cancel_stock_transfer,
    close_stock_transfer,
    create_stock_transfer,
    dispatch_stock_transfer,
    receive_stock_transfer,
)
from .warehouses import create_default_bin, delete_bin, save_bin, save_warehouse

__all__ = [
    "AdjustmentLine",
    "CountLine",
    "Demand",
    "Move",
    "OpeningLine",
    "Pick",
    "PurchaseOrderLine",
    "ReceiptLine",
    "ReorderLine",
    "Scanned",
    "TransferLine",
    "adjust_stock",
    "cancel_goods_receipt",
    "cancel_purchase_order",
    "cancel_stock_count",
    "cancel_stock_transfer",
    "change_reserved",
    "close_purchase_order",
    "close_stock_transfer",
    "count_inventory",
    "create_default_bin",
    "create_goods_receipt",
    "create_purchase_order",
    "create_reorder_drafts",
    "create_stock_count",
    "create_stock_transfer",
    "default_bins",
    "delete_bin",
    "dispatch_stock_transfer",
    "duplicate_purchase_order",
    "enter_opening_stock",
    "enter_stock_count",
    "lock_balances",
    "make_room",
    "pick",
    "post",
    "post_goods_receipt",
    "post_stock_count",
    "promisable",
    "recalculate_goods_receipt",
    "recalculate_purchase_order",
    "receive_purchase_order",
    "receive_stock_transfer",
    "reorder_low_stock",
    "reverse_goods_receipt",
    "reverse_movement",
    "save_bin",
    "save_warehouse",
    "scan_stock_count",
    "send_purchase_order",
    "set_aside_for_recount",
    "start_stock_count",
    "unshippable",
]
