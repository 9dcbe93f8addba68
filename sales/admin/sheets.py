"""What goes into the parcel."""

from django.db.models import Prefetch
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import Sheet
from inventory_project.base.admin.columns import EMPTY
from inventory_project.base.clock import business_day
from sales.models import ShipmentItem

LINES = Prefetch("items", ShipmentItem.objects.select_related("order_item__product", "lot").order_by("pk"))
ADDRESS = ("name", "line1", "line2", "postal_code", "city", "region", "country")


def packing_slip(shipment, request) -> Sheet:
    """The slip of a parcel: what is in it and where it goes. No prices."""
    order = shipment.order
    frozen = order.shipping_address or {}
    goes_to = [str(frozen[name]) for name in ADDRESS if frozen.get(name)]
    return Sheet(
        _("Packing slip"),
        [
            (_("ship to"), "\n".join(goes_to) or order.customer.name),
            (_("order"), order),
            (_("your reference"), order.customer_reference),
            (_("shipped"), date_format(business_day(shipment.shipped_at)) if shipment.shipped_at else EMPTY),
            (_("carrier"), shipment.carrier),
            (_("tracking number"), shipment.tracking_number),
        ],
        [_("SKU"), _("product"), _("lot"), _("quantity")],
        [
            [
                line.order_item.product.sku,
                line.order_item.description,
                line.lot.number if line.lot else EMPTY,
                number_format(line.quantity, force_grouping=True),
            ]
            for line in shipment.items.all()
        ],
        numbers=frozenset({3}),
        note=shipment.notes,
    )
