"""Counting by scanning: each scan of a product raises its line, a scan of a bin says where the next ones lie."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Product, ProductBarcode
from inventory_project.base.errors import RuleViolation
from inventory_project.base.fields import fold
from inventory_project.base.services import lock, service
from stock.models import Bin, StockCount, StockCountItem
from stock.services.count_entry import CountLine, enter_stock_count


@dataclass(frozen=True)
class Scanned:
    """What a scan has found: a bin, or a line of the count that it has raised."""

    bin: Bin | None = None
    item: StockCountItem | None = None


@service
def scan_stock_count(
    count: StockCount, code: str, *, near: StockCountItem | None = None, bin: Bin | None = None, by
) -> Scanned:
    """Add the units that one scan of the code stands for to its line. Several may scan at once: no unit is lost.

    A product that lies in several places is counted in `bin`, the bin scanned last, else where `near` lies, the line
    counted last. In a bin that has no line of it, it gets one. Refuses codes that nobody knows, products outside of
    the count, and a choice between places that the scan leaves open.
    """
    fresh = lock(count)
    fresh.may("enter")
    place = Bin.objects.filter(warehouse=fresh.warehouse_id, code_key=fold(code)).first()
    if place is not None:
        return Scanned(bin=place)
    product, units = _product(code)
    lines = list(fresh.items.filter(product=product).select_related("bin", "lot").order_by("pk"))
    item = _line(fresh, product, lines, near, bin)
    if item is None:
        entry = CountLine(units, product=product, bin=bin)
    else:
        entry = CountLine((item.counted_quantity or 0) + units, item=item, reason=item.reason)
    enter_stock_count(fresh, [entry], by=by)
    found = fresh.items.filter(pk=item.pk) if item else fresh.items.filter(product=product, bin=bin)
    return Scanned(item=found.select_related("product", "bin", "lot", "stock_item").get())


def _product(code: str) -> tuple[Product, int]:
    key = fold(code)
    barcode = ProductBarcode.objects.filter(code_key=key).select_related("product").first()
    if barcode:
        return barcode.product, barcode.quantity
    product = Product.objects.filter(sku_key=key).first()
    if product is None:
        raise RuleViolation(_("No product and no bin has the code %(code)s.") % {"code": code}, code="unknown_code")
    return product, 1


def _line(
    count: StockCount,
    product: Product,
    lines: list[StockCountItem],
    near: StockCountItem | None,
    place: Bin | None,
) -> StockCountItem | None:
    """The line that is meant; None if the product is to be noted in the bin as found there."""
    if near is not None and any(line.pk == near.pk for line in lines):
        return next(line for line in lines if line.pk == near.pk)
    here = [line for line in lines if line.bin_id == place.pk] if place else lines
    if place and not here:
        return None
    if not here:
        raise RuleViolation(
            _("%(sku)s is not in this count. Scan the bin in which it lies first, then the product.")
            % {"sku": product.sku},
            code="not_in_count",
        )
    if len(here) > 1:
        beside = [line for line in here if near is not None and line.bin_id == near.bin_id]
        if len(beside) != 1:
            raise RuleViolation(
                _("%(sku)s has %(count)d lines here. Tap the one that you mean, then scan.")
                % {"sku": product.sku, "count": len(here)},
                code="several_lines",
            )
        return beside[0]
    return here[0]
