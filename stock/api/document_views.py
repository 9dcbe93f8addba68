"""Documents of stock at the API: purchase orders, goods receipts, transfers, counts."""

from rest_framework.decorators import action
from rest_framework.response import Response

from inventory_project.base.api.bulk import BulkAnswer, EachByItself, act_on_each
from inventory_project.base.api.serializers import Quantities, Reason
from inventory_project.base.api.viewsets import DocumentViewSet, LineViewSet
from stock import services
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
from stock.services import CountLine

from .document_serializers import (
    SEE_EXPECTED,
    GoodsReceiptItemSerializer,
    GoodsReceiptSerializer,
    PurchaseOrderItemSerializer,
    PurchaseOrderSerializer,
    StockCountItemSerializer,
    StockCountSerializer,
    StockTransferItemSerializer,
    StockTransferSerializer,
)
from .filters import StockCountItemFilters
from .inputs import (
    BulkEnterInput,
    CountedInput,
    EnterInput,
    PostCountInput,
    ReceiveInput,
    RecountInput,
    ReverseReceiptInput,
)


class PurchaseOrderItemViewSet(LineViewSet):
    queryset = PurchaseOrderItem.objects.all()
    serializer_class = PurchaseOrderItemSerializer
    lock_before = ("purchase_order",)
    recalculate = services.recalculate_purchase_order
    filterset_fields = ("purchase_order", "product", "quantity", "quantity_received", "unit_cost")


class PurchaseOrderViewSet(DocumentViewSet):
    queryset = PurchaseOrder.objects.all()
    serializer_class = PurchaseOrderSerializer
    create_service = services.create_purchase_order
    recalculate = services.recalculate_purchase_order
    filterset_fields = ("purchase_order_number", "supplier", "warehouse", "status", "expected_at", "total_amount")
    search_fields = ("purchase_order_number", "supplier__name")
    ordering_fields = ("expected_at", "ordered_at", "total_amount")

    @action(detail=True, lists=PurchaseOrderItemViewSet)
    def items(self, request, pk: str):
        """The lines of the order."""
        return self.children("purchase_order")

    @action(detail=True, methods=["post"], required_perm="stock.send_purchaseorder")
    def send(self, request, pk: str):
        """Send the order to the supplier."""
        return self.perform(services.send_purchase_order)

    @action(detail=True, methods=["post"], required_perm="stock.receive_purchaseorder", input_class=ReceiveInput)
    def receive(self, request, pk: str):
        """Take goods in. “Location” names the goods receipt that was posted."""
        return self.perform(services.receive_purchase_order)

    @action(detail=True, methods=["post"], required_perm="stock.close_purchaseorder")
    def close(self, request, pk: str):
        """Expect no more of it."""
        return self.perform(services.close_purchase_order)

    @action(detail=True, methods=["post"], required_perm="stock.add_purchaseorder", makes=PurchaseOrder)
    def duplicate(self, request, pk: str):
        """Draft the same order again, at what the supplier asks today. The new order is the answer."""
        return self.answer_with(services.duplicate_purchase_order(self.found(), **self.sent(), by=request.user))

    @action(detail=True, methods=["post"], required_perm="stock.cancel_purchaseorder")
    def cancel(self, request, pk: str):
        """Call the order off before anything has arrived."""
        return self.perform(services.cancel_purchase_order)


class GoodsReceiptItemViewSet(LineViewSet):
    queryset = GoodsReceiptItem.objects.all()
    serializer_class = GoodsReceiptItemSerializer
    lock_before = ("receipt",)
    recalculate = services.recalculate_goods_receipt
    filterset_fields = ("receipt", "purchase_order_item", "product", "bin", "lot", "lot_number", "expires_on")


class GoodsReceiptViewSet(DocumentViewSet):
    queryset = GoodsReceipt.objects.all()
    serializer_class = GoodsReceiptSerializer
    create_service = services.create_goods_receipt
    recalculate = services.recalculate_goods_receipt
    filterset_fields = (
        "receipt_number",
        "purchase_order",
        "supplier",
        "warehouse",
        "status",
        "supplier_reference",
        "posted_at",
    )
    search_fields = ("receipt_number", "supplier_reference")
    ordering_fields = ("posted_at",)

    @action(detail=True, lists=GoodsReceiptItemViewSet)
    def items(self, request, pk: str):
        """The lines of the receipt."""
        return self.children("receipt")

    @action(detail=True, methods=["post"], url_path="post", required_perm="stock.post_goodsreceipt")
    def post_receipt(self, request, pk: str):
        """Take the goods into stock."""
        return self.perform(services.post_goods_receipt)

    @action(detail=True, methods=["post"], required_perm="stock.reverse_goodsreceipt", input_class=ReverseReceiptInput)
    def reverse(self, request, pk: str):
        """Take goods of the receipt out of stock again."""
        return self.perform(services.reverse_goods_receipt)

    @action(detail=True, methods=["post"], required_perm="stock.cancel_goodsreceipt")
    def cancel(self, request, pk: str):
        """Drop the draft."""
        return self.perform(services.cancel_goods_receipt)


class StockTransferItemViewSet(LineViewSet):
    queryset = StockTransferItem.objects.all()
    serializer_class = StockTransferItemSerializer
    lock_before = ("transfer",)
    filterset_fields = ("transfer", "product", "lot", "quantity")


class StockTransferViewSet(DocumentViewSet):
    queryset = StockTransfer.objects.all()
    serializer_class = StockTransferSerializer
    create_service = services.create_stock_transfer
    filterset_fields = ("transfer_number", "from_warehouse", "to_warehouse", "status", "expected_at")
    search_fields = ("transfer_number",)
    ordering_fields = ("expected_at", "dispatched_at", "received_at")

    @action(detail=True, lists=StockTransferItemViewSet)
    def items(self, request, pk: str):
        """The lines of the transfer."""
        return self.children("transfer")

    @action(detail=True, methods=["post"], url_path="dispatch", required_perm="stock.dispatch_stocktransfer")
    def send_off(self, request, pk: str):
        """Send the goods on their way."""
        return self.perform(services.dispatch_stock_transfer)

    @action(detail=True, methods=["post"], required_perm="stock.receive_stocktransfer", input_class=Quantities)
    def receive(self, request, pk: str):
        """Take goods in that have arrived."""
        return self.perform(services.receive_stock_transfer)

    @action(detail=True, methods=["post"], required_perm="stock.close_stocktransfer", input_class=Reason)
    def close(self, request, pk: str):
        """End the transfer short: what is missing is written off at the destination."""
        return self.perform(services.close_stock_transfer)

    @action(detail=True, methods=["post"], required_perm="stock.cancel_stocktransfer")
    def cancel(self, request, pk: str):
        """Drop the draft."""
        return self.perform(services.cancel_stock_transfer)


class StockCountItemViewSet(LineViewSet):
    queryset = StockCountItem.objects.all()
    serializer_class = StockCountItemSerializer
    lock_before = ("count",)
    filterset_class = StockCountItemFilters


class StockCountViewSet(EachByItself, DocumentViewSet):
    queryset = StockCount.objects.all()
    serializer_class = StockCountSerializer
    create_service = services.create_stock_count
    filterset_fields = ("count_number", "warehouse", "category", "bin", "is_blind", "status")
    search_fields = ("count_number",)
    ordering_fields = ("started_at", "posted_at")

    @action(detail=True, lists=StockCountItemViewSet)
    def items(self, request, pk: str):
        """The lines of the count."""
        return self.children("count")

    @action(detail=True, methods=["post"], required_perm="stock.start_stockcount")
    def start(self, request, pk: str):
        """Write a line for all that lies within the scope."""
        return self.perform(services.start_stock_count)

    @action(detail=True, methods=["post"], required_perm="stock.enter_stockcount", input_class=EnterInput)
    def enter(self, request, pk: str):
        """Enter what was counted."""
        return self.perform(services.enter_stock_count)

    @action(
        detail=True,
        methods=["post"],
        url_path="items/bulk",
        required_perm="stock.enter_stockcount",
        input_class=BulkEnterInput,
        output_class=BulkAnswer,
    )
    def bulk_items(self, request, pk: str):
        """Enter up to 500 counted quantities, with a result for each."""
        count, sent = self.found(), self.each_by_itself(BulkEnterInput)

        def run(entries):
            services.enter_stock_count(count, [CountLine(**entry.values) for entry in entries], by=request.user)

        if sent is not None:
            results, _done = act_on_each(sent["items"], CountedInput(context={"view": self}), run)
            return Response({"results": results})
        lines = self.sent()["lines"]
        services.enter_stock_count(count, lines, by=request.user)
        return Response({"results": [{"index": index, "result": "done"} for index in range(len(lines))]})

    @action(
        detail=True,
        methods=["post"],
        url_path="post",
        required_perm="stock.post_stockcount",
        input_class=PostCountInput,
    )
    def post_count(self, request, pk: str):
        """Post the differences."""
        return self.perform(services.post_stock_count)

    @action(
        detail=True,
        methods=["post"],
        required_perm="stock.post_stockcount",
        input_class=RecountInput,
        makes=StockCount,
    )
    def recount(self, request, pk: str):
        """Move lines to a further count, under way at once, which is the answer. What is left can be posted."""
        return self.answer_with(services.set_aside_for_recount(self.found(), **self.sent(), by=request.user))

    def may_be_told(self, model) -> bool:
        """What would move is what a blind count hides: the difference from what is expected."""
        is_open = self.request.user.has_perm(SEE_EXPECTED) or not self.found().is_blind
        return is_open and super().may_be_told(model)

    @action(detail=True, methods=["post"], required_perm="stock.cancel_stockcount")
    def cancel(self, request, pk: str):
        """Drop the count."""
        return self.perform(services.cancel_stock_count)
