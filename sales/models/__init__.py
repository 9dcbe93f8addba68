from .customer import AddressKind, Customer, CustomerAddress, TaxTreatment
from .order import Order, OrderItem, OrderStatus, PriceOrigin
from .progress import Extent, Progress
from .reservation import Reservation
from .sales_return import Condition, SalesReturn, SalesReturnItem, SalesReturnStatus
from .shipment import Shipment, ShipmentItem, ShipmentStatus

__all__ = [
    "AddressKind",
    "Condition",
    "Customer",
    "CustomerAddress",
    "Extent",
    "Order",
    "OrderItem",
    "OrderStatus",
    "PriceOrigin",
    "Progress",
    "Reservation",
    "SalesReturn",
    "SalesReturnItem",
    "SalesReturnStatus",
    "Shipment",
    "ShipmentItem",
    "ShipmentStatus",
    "TaxTreatment",
]
