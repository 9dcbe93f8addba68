"""What is printed of purchase orders, transfers and counts."""

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from catalog.models import SupplierProduct
from inventory_project.base.admin import Sheet
from inventory_project.base.admin.columns import EMPTY, price_text
from inventory_project.base.clock import business_day
from inventory_project.base.discretion import SEE_COST
from stock.models import PurchaseOrderItem, StockTransferItem

BOX = "☐"


def _day(instant) -> str:
    return date_format(business_day(instant)) if instant else EMPTY


def _money(value) -> str:
    return number_format(value, 2, force_grouping=True)


ORDERED = Prefetch(
    "items",
    PurchaseOrderItem.objects.select_related("product")
    .annotate(
        supplier_sku=Subquery(
            SupplierProduct.objects.filter(
                supplier=OuterRef("purchase_order__supplier"), product=OuterRef("product")
            ).values("supplier_sku")[:1]
        )
    )
    .order_by("pk"),
)
MOVED = Prefetch(
    "items",
    StockTransferItem.objects.select_related("product", "lot", "from_bin", "to_bin").order_by(
        "from_bin__code", "product__sku"
    ),
)


def purchase_order(order, request) -> Sheet:
    """The order as the supplier gets it; without prices for those who do not see costs."""
    costs = request.user.has_perm(SEE_COST)
    supplier, lines = order.supplier, order.items.all()
    address = [supplier.name, supplier.address, f"{supplier.postal_code} {supplier.city}".strip(), supplier.country]
    return Sheet(
        _("Purchase order"),
        [
            (_("supplier"), "\n".join(filter(None, address))),
            (_("deliver to"), f"{order.warehouse.name}\n{order.warehouse.location}".strip()),
            (_("expected"), _day(order.expected_at)),
            (_("ordered"), _day(order.ordered_at)),
        ],
        [
            *(_("your number"), _("our number"), _("product"), _("quantity")),
            *((_("unit cost"), _("net amount")) if costs else ()),
        ],
        [
            [
                line.supplier_sku or EMPTY,
                line.product.sku,
                line.product.name,
                number_format(line.quantity, force_grouping=True),
                *((price_text(line.unit_cost), _money(line.subtotal)) if costs else ()),
            ]
            for line in lines
        ],
        numbers=frozenset({3, 4, 5}),
        sums=[
            (_("subtotal"), _money(order.subtotal_amount)),
            (_("tax"), _money(order.tax_amount)),
            (_("total"), _money(order.total_amount)),
        ]
        if costs
        else [],
        note=order.notes,
    )


def transfer(document, request) -> Sheet:
    """What to fetch, bin by bin, and who handed it over."""
    return Sheet(
        _("Transfer: pick list"),
        [
            (_("from"), document.from_warehouse),
            (_("to"), document.to_warehouse),
            (_("expected"), _day(document.expected_at)),
        ],
        [_("from bin"), _("SKU"), _("product"), _("lot"), _("to bin"), _("quantity"), _("taken")],
        [
            [
                line.from_bin.code if line.from_bin else EMPTY,
                line.product.sku,
                line.product.name,
                line.lot or EMPTY,
                line.to_bin.code if line.to_bin else EMPTY,
                number_format(line.quantity, force_grouping=True),
                BOX,
            ]
            for line in document.items.all()
        ],
        numbers=frozenset({5}),
        note=document.notes,
        signed=[_("Handed over by, date"), _("Received by, date")],
    )


def count_sheet(document, request) -> Sheet:
    """Where to look and where to write the number. What the system expects is never printed."""
    lines = document.items.select_related("product", "lot", "bin").order_by("bin__code", "product__sku", "pk")
    return Sheet(
        _("Count sheet"),
        [
            (_("warehouse"), document.warehouse),
            (_("started"), _day(document.started_at)),
            (_("state"), document.get_status_display()),
        ],
        [_("bin"), _("SKU"), _("product"), _("lot"), _("counted")],
        [[line.bin.code, line.product.sku, line.product.name, line.lot or EMPTY, "________"] for line in lines],
        numbers=frozenset({4}),
        signed=[_("Counted by, date"), _("Checked by, date")],
    )
