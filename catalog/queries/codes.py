"""Which codes name a product."""

from collections import defaultdict
from collections.abc import Collection

from catalog.models import Product, ProductBarcode


def codes_of(products: Collection[int]) -> dict[int, dict[str, int]]:
    """By product: its folded SKU and barcodes, each with the units that one scan of it stands for. Two queries."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, key in Product.objects.filter(pk__in=products).order_by().values_list("pk", "sku_key"):
        found[pk][key] = 1
    codes = ProductBarcode.objects.filter(product__in=products).order_by()
    for pk, key, units in codes.values_list("product", "code_key", "quantity"):
        found[pk][key] = units
    return found
