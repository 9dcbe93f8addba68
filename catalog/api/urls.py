from inventory_project.base.api.router import ApiRouter

from . import problems  # noqa: F401  (publishes the codes)
from .views import (
    CategoryViewSet,
    PriceListItemViewSet,
    PriceListViewSet,
    ProductBarcodeViewSet,
    ProductViewSet,
    SupplierProductViewSet,
    SupplierViewSet,
    TaxRateViewSet,
)

router = ApiRouter()
router.register("categories", CategoryViewSet)
router.register("tax-rates", TaxRateViewSet)
router.register("products", ProductViewSet)
router.register("product-barcodes", ProductBarcodeViewSet)
router.register("suppliers", SupplierViewSet)
router.register("supplier-products", SupplierProductViewSet)
router.register("price-lists", PriceListViewSet)
router.register("price-list-items", PriceListItemViewSet)

urlpatterns = router.urls
