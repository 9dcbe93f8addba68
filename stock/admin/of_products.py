"""What stock and purchasing offer on the pages of products, suppliers and warehouses."""

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Supplier
from inventory_project.base.admin import Button, RelatedLink, offer_button, offer_filter, offer_related
from stock.models import Inventory, PurchaseOrderItem
from stock.models.purchase import RECEIVABLE


class StockLevelFilter(SimpleListFilter):
    """Products by what there is of them, in all warehouses together."""

    title = _("stock level")
    parameter_name = "stock"

    def lookups(self, request, model_admin):
        return [("available", _("available")), ("low", _("low")), ("out", _("out of stock"))]

    def queryset(self, request, queryset):
        balances = Inventory.objects.filter(product=OuterRef("pk"))
        found = {
            None: lambda: queryset,
            "available": lambda: queryset.filter(Exists(balances.filter(available__gt=0))),
            "low": lambda: queryset.filter(Exists(balances.low())),
            "out": lambda: queryset.exclude(Exists(balances.filter(available__gt=0))),
        }
        if self.value() not in found:
            raise IncorrectLookupParameters(self.value())
        return found[self.value()]()


def _adjust(request: HttpRequest, product: Product) -> Button | None:
    if not request.user.has_perm("stock.adjust_inventory"):
        return None
    url = reverse("admin:stock_stockmovement_add", query={"product": product.pk})
    return Button("adjust", _("Adjust stock…"), url=url)


def _order_from(request: HttpRequest, supplier: Supplier) -> Button | None:
    if not supplier.is_active or not request.user.has_perm("stock.add_purchaseorder"):
        return None
    url = reverse("admin:stock_purchaseorder_add", query={"supplier": supplier.pk})
    return Button("purchase", _("New purchase order"), url=url)


def _figures(request: HttpRequest, product: Product) -> list[RelatedLink]:
    """How much there is, is promised and is on its way from suppliers, each leading to the rows behind it."""
    links = []
    if request.user.has_perm("stock.view_inventory"):
        sums = Inventory.objects.filter(product=product).aggregate(there=Sum("quantity"), held=Sum("reserved"))
        promised = {"product__id__exact": product.pk, "view": "demand"}
        links += [
            _figure(_("on hand"), sums["there"], reverse("admin:stock_inventory_of_product", args=[product.pk])),
            _figure(_("reserved"), sums["held"], reverse("admin:stock_inventory_changelist", query=promised)),
        ]
    if request.user.has_perm("stock.view_purchaseorderitem"):
        lines = PurchaseOrderItem.objects.filter(product=product, purchase_order__status__in=RECEIVABLE)
        coming = lines.aggregate(units=Sum(Greatest(F("quantity") - F("quantity_received"), 0)))["units"]
        query = {"product__id__exact": product.pk, "view": "open"}
        links.append(_figure(_("incoming"), coming, reverse("admin:stock_purchaseorderitem_changelist", query=query)))
    return links


def _figure(label: object, units: int | None, url: str) -> RelatedLink:
    return RelatedLink(label, f"{units or 0:,}", url)


offer_related(Product, _figures)
offer_filter(Product, StockLevelFilter, "stock.view_inventory")
offer_button(Product, _adjust)
offer_button(Supplier, _order_from)
