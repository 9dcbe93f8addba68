"""The kinds that can be imported, in the order in which they build on each other."""

from .bank import BankStatementImporter
from .catalog import CategoryImporter, ProductImporter, SupplierImporter
from .customers import CustomerImporter
from .opening_stock import OpeningStockImporter
from .orders import OrderImporter
from .places import TaxRateImporter, WarehouseImporter
from .terms import ListPriceImporter, SupplierProductImporter

IMPORTERS = {
    importer.kind: importer
    for importer in (
        TaxRateImporter,
        CategoryImporter,
        SupplierImporter,
        ProductImporter,
        SupplierProductImporter,
        ListPriceImporter,
        CustomerImporter,
        WarehouseImporter,
        OpeningStockImporter,
        OrderImporter,
        BankStatementImporter,
    )
}

__all__ = [
    "IMPORTERS",
    "BankStatementImporter",
    "CategoryImporter",
    "CustomerImporter",
    "ListPriceImporter",
    "OpeningStockImporter",
    "OrderImporter",
    "ProductImporter",
    "SupplierImporter",
    "SupplierProductImporter",
    "TaxRateImporter",
    "WarehouseImporter",
]
