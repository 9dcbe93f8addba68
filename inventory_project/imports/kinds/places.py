"""What the other kinds stand on: tax rates and warehouses."""

from catalog.models import TaxRate
from catalog.services import save_tax_rate
from inventory_project.imports.base import Column, ModelImporter
from inventory_project.imports.parsing import boolean, integer, number
from stock.models import Warehouse
from stock.services import save_warehouse


class TaxRateImporter(ModelImporter):
    """Tax rates, found by name."""

    kind = "tax_rates"
    title = "Tax rates"
    model = TaxRate
    key = "name"
    save = staticmethod(save_tax_rate)
    columns = (
        Column("name", "The key.", required=True),
        Column("rate", "Percent.", number, required=True),
        Column("category", "UNCL 5305: S, Z, E, AE, G, K, O.", default="S"),
        Column("exemption_reason", "Printed on invoices without tax.", default=""),
        Column("is_default", "yes for the rate of products that name none.", boolean, default=False),
        Column("is_active", "yes or no.", boolean, default=True),
    )


class WarehouseImporter(ModelImporter):
    """Warehouses, found by code; each comes with its default bin."""

    kind = "warehouses"
    title = "Warehouses"
    model = Warehouse
    key = "code"
    save = staticmethod(save_warehouse)
    columns = (
        Column("code", "The key.", required=True),
        Column("name", "", required=True),
        Column("location", "", default=""),
        Column("capacity", "Units. Empty: unknown.", integer),
        Column("is_active", "yes or no.", boolean, default=True),
    )
