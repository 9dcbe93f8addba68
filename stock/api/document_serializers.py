"""Documents of stock: purchase orders, goods receipts, transfers, counts."""

from inventory_project.base.api.serializers import STAMPS, ApiSerializer, LineInput, Lines
from inventory_project.base.api.shapes import COST, Guard
from stock.models import (
    GoodsReceipt,
    GoodsReceiptItem,
    PurchaseOrder,
    PurchaseOrderItem,
    StockCount,
    StockCountItem,
    StockTransfer,
    StockTransferItem,
)
from stock.services import PurchaseOrderLine, ReceiptLine, TransferLine

SEE_EXPECTED = "stock.see_expected_stockcount"


class PurchaseOrderItemSerializer(ApiSerializer):
    """A product to order. Empty cost: the supplier's offer, else the product's."""

    class Meta:
        model = PurchaseOrderItem
        fields = (
            "id",
            "purchase_order",
            "product",
            "quantity",
            "quantity_received",
            "quantity_open",
            "unit_cost",
            "discount_percent",
            "tax_percent",
            "subtotal",
            *STAMPS,
        )
        expandable = ("purchase_order", "product")
        computed = {"quantity_open": ("quantity", "quantity_received")}
        guarded = {"unit_cost": COST, "discount_percent": COST, "subtotal": COST}
        create_only = ("purchase_order", "product")


class PurchaseOrderLineSerializer(LineInput, PurchaseOrderItemSerializer):
    class Meta(PurchaseOrderItemSerializer.Meta):
        read_only_fields = ("purchase_order",)
        create_only = ()
        list_serializer_class = Lines


class PurchaseOrderSerializer(ApiSerializer):
    """An order to a supplier."""

    line = PurchaseOrderLine

    items = PurchaseOrderLineSerializer(many=True, required=False)

    class Meta:
        model = PurchaseOrder
        fields = (
            "id",
            "purchase_order_number",
            "supplier",
            "warehouse",
            "status",
            "expected_at",
            "ordered_at",
            "received_at",
            "closed_at",
            "cancelled_at",
            "subtotal_amount",
            "tax_amount",
            "total_amount",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
        )
        expandable = ("supplier", "warehouse")
        computed = {"allowed_actions": ("status",)}
        guarded = {"subtotal_amount": COST, "tax_amount": COST, "total_amount": COST}
        create_only = ("items",)


class GoodsReceiptItemSerializer(ApiSerializer):
    """What arrived of one product, and what of it was sent back at once."""

    class Meta:
        model = GoodsReceiptItem
        fields = (
            "id",
            "receipt",
            "purchase_order_item",
            "product",
            "bin",
            "lot",
            "lot_number",
            "expires_on",
            "quantity",
            "quantity_rejected",
            "quantity_reversed",
            "unit_cost",
            *STAMPS,
        )
        read_only_fields = ("purchase_order_item",)
        expandable = ("receipt", "purchase_order_item", "product", "bin", "lot")
        guarded = {"unit_cost": COST}
        create_only = ("receipt", "product")


class GoodsReceiptLineSerializer(LineInput, GoodsReceiptItemSerializer):
    class Meta(GoodsReceiptItemSerializer.Meta):
        read_only_fields = ("receipt", "purchase_order_item")
        create_only = ()
        list_serializer_class = Lines


class GoodsReceiptSerializer(ApiSerializer):
    """A delivery from a supplier, with or without an order. Its supplier is the order's, its warehouse unless named."""

    line = ReceiptLine

    items = GoodsReceiptLineSerializer(many=True, required=False)

    class Meta:
        model = GoodsReceipt
        fields = (
            "id",
            "receipt_number",
            "purchase_order",
            "supplier",
            "warehouse",
            "status",
            "supplier_reference",
            "posted_at",
            "reversed_at",
            "cancelled_at",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
        )
        extra_kwargs = {"warehouse": {"required": False}}
        expandable = ("purchase_order", "supplier", "warehouse")
        computed = {"allowed_actions": ("status",)}
        create_only = ("purchase_order", "items")


class StockTransferItemSerializer(ApiSerializer):
    """A product and how much of it moves."""

    class Meta:
        model = StockTransferItem
        fields = (
            "id",
            "transfer",
            "product",
            "lot",
            "from_bin",
            "to_bin",
            "quantity",
            "quantity_received",
            "quantity_open",
            "value_in_transit",
            *STAMPS,
        )
        extra_kwargs = {"value_in_transit": {"allow_null": True}}
        expandable = ("transfer", "product", "lot", "from_bin", "to_bin")
        computed = {"quantity_open": ("quantity", "quantity_received")}
        guarded = {"value_in_transit": COST}
        create_only = ("transfer",)


class StockTransferLineSerializer(LineInput, StockTransferItemSerializer):
    class Meta(StockTransferItemSerializer.Meta):
        read_only_fields = ("transfer",)
        create_only = ()
        list_serializer_class = Lines


class StockTransferSerializer(ApiSerializer):
    """A move of goods between two warehouses."""

    line = TransferLine

    items = StockTransferLineSerializer(many=True, required=False)

    class Meta:
        model = StockTransfer
        fields = (
            "id",
            "transfer_number",
            "from_warehouse",
            "to_warehouse",
            "status",
            "expected_at",
            "dispatched_at",
            "received_at",
            "cancelled_at",
            "close_reason",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
        )
        expandable = ("from_warehouse", "to_warehouse")
        computed = {"allowed_actions": ("status",)}
        create_only = ("items",)


class StockCountItemSerializer(ApiSerializer):
    """One place to count. In a blind count only some see what was expected."""

    class Meta:
        model = StockCountItem
        fields = (
            "id",
            "count",
            "stock_item",
            "product",
            "bin",
            "lot",
            "counted_quantity",
            "expected_quantity",
            "counted_at",
            "counted_by",
            "reason",
            *STAMPS,
        )
        read_only_fields = ("stock_item", "counted_quantity")
        expandable = ("count", "product", "bin", "lot")
        guarded = {"expected_quantity": Guard(SEE_EXPECTED, flag="count__is_blind")}
        create_only = ("count",)


class StockCountSerializer(ApiSerializer):
    """A stock-take. Its lines may be many: they are listed at …/items/."""

    class Meta:
        model = StockCount
        fields = (
            "id",
            "count_number",
            "warehouse",
            "category",
            "bin",
            "only_low",
            "uncounted_days",
            "only_chosen",
            "is_blind",
            "status",
            "started_at",
            "posted_at",
            "cancelled_at",
            "notes",
            *STAMPS,
            "allowed_actions",
        )
        expandable = ("warehouse", "category", "bin")
        computed = {"allowed_actions": ("status",)}
