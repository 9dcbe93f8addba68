"""The kinds that can be imported, in the order in which they build on each other."""

from .catalog import CategoryImporter, ProductImporter, SupplierImporter
from .customers import CustomerImporter
from .opening_stock import OpeningStockImporter
from .orders import OrderImporter
from .places import TaxRateImporter, WarehouseImporter

IMPORTERS = {
    importer.kind: importer
    for importer in (
        TaxRateImporter,
        CategoryImporter,
        SupplierImporter,
        ProductImporter,
        CustomerImporter,
        WarehouseImporter,
        OpeningStockImporter,
        OrderImporter,
    )
}

__all__ = [
    "IMPORTERS",
    "CategoryImporter",
    "CustomerImporter",
    "OpeningStockImporter",
    "OrderImporter",
    "ProductImporter",
    "SupplierImporter",
    "TaxRateImporter",
    "WarehouseImporter",
]
