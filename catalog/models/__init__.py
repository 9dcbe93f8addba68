from .category import Category
from .price import PriceList, PriceListItem
from .product import Product, ProductBarcode, Symbology, Tracking
from .supplier import Supplier, SupplierProduct
from .tax import TaxCategory, TaxRate

__all__ = [
    "Category",
    "PriceList",
    "PriceListItem",
    "Product",
    "ProductBarcode",
    "Supplier",
    "SupplierProduct",
    "Symbology",
    "TaxCategory",
    "TaxRate",
    "Tracking",
]
