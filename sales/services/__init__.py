"""Every act on orders, shipments and returns."""

from .backorders import allocate_backorders, release_expired_reservations, release_reservation
from .changing import LineChange, change_order
from .closing import cancel_order, close_order, deliver_order
from .confirming import confirm_order, release_order, reserve_order
from .customers import exposure_of, require_credit, require_orderable, with_exposure
from .dispatch import ship_order, ship_shipment
from .duplicating import duplicate_order
from .pick_lists import pick_list_of_order, pick_list_of_shipment
from .placing import OrderLine, place_order, recalculate_order
from .privacy import anonymise_customer
from .receiving import ReceivedLine, receive_sales_return
from .returns import (
    ReturnLine,
    approve_sales_return,
    cancel_sales_return,
    close_sales_return,
    recalculate_sales_return,
    reject_sales_return,
    request_sales_return,
)
from .shipments import ShipmentLine, cancel_shipment, create_shipment, deliver_shipment, recalculate_shipment

__all__ = [
    "LineChange",
    "OrderLine",
    "ReceivedLine",
    "ReturnLine",
    "ShipmentLine",
    "allocate_backorders",
    "anonymise_customer",
    "approve_sales_return",
    "cancel_order",
    "cancel_sales_return",
    "cancel_shipment",
    "change_order",
    "close_order",
    "close_sales_return",
    "confirm_order",
    "create_shipment",
    "deliver_order",
    "deliver_shipment",
    "duplicate_order",
    "exposure_of",
    "pick_list_of_order",
    "pick_list_of_shipment",
    "place_order",
    "recalculate_order",
    "recalculate_sales_return",
    "recalculate_shipment",
    "receive_sales_return",
    "reject_sales_return",
    "release_expired_reservations",
    "release_order",
    "release_reservation",
    "request_sales_return",
    "require_credit",
    "require_orderable",
    "reserve_order",
    "ship_order",
    "ship_shipment",
    "with_exposure",
]
