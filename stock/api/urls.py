from inventory_project.base.api.router import ApiRouter

from . import problems  # noqa: F401  (publishes the codes)
from .document_views import (
    GoodsReceiptItemViewSet,
    GoodsReceiptViewSet,
    PurchaseOrderItemViewSet,
    PurchaseOrderViewSet,
    StockCountItemViewSet,
    StockCountViewSet,
    StockTransferItemViewSet,
    StockTransferViewSet,
)
from .views import (
    BinViewSet,
    InventoryViewSet,
    LotViewSet,
    StockItemViewSet,
    StockMovementViewSet,
    WarehouseViewSet,
)

router = ApiRouter()
router.register("warehouses", WarehouseViewSet)
router.register("bins", BinViewSet)
router.register("lots", LotViewSet)
router.register("inventory", InventoryViewSet)
router.register("stock-items", StockItemViewSet)
router.register("stock-movements", StockMovementViewSet)
router.register("purchase-orders", PurchaseOrderViewSet)
router.register("purchase-order-items", PurchaseOrderItemViewSet)
router.register("goods-receipts", GoodsReceiptViewSet)
router.register("goods-receipt-items", GoodsReceiptItemViewSet)
router.register("stock-transfers", StockTransferViewSet)
router.register("stock-transfer-items", StockTransferItemViewSet)
router.register("stock-counts", StockCountViewSet)
router.register("stock-count-items", StockCountItemViewSet)

urlpatterns = router.urls
