from inventory_project.base.api.router import ApiRouter

from . import problems  # noqa: F401  (publishes the codes)
from .delivery_views import SalesReturnItemViewSet, SalesReturnViewSet, ShipmentItemViewSet, ShipmentViewSet
from .views import CustomerAddressViewSet, CustomerViewSet, OrderItemViewSet, OrderViewSet, ReservationViewSet

router = ApiRouter()
router.register("customers", CustomerViewSet)
router.register("customer-addresses", CustomerAddressViewSet)
router.register("orders", OrderViewSet)
router.register("order-items", OrderItemViewSet)
router.register("reservations", ReservationViewSet)
router.register("shipments", ShipmentViewSet)
router.register("shipment-items", ShipmentItemViewSet)
router.register("sales-returns", SalesReturnViewSet)
router.register("sales-return-items", SalesReturnItemViewSet)

urlpatterns = router.urls
