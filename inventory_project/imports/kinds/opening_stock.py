"""What is there on the first day."""

from catalog.models import Product
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import fold
from inventory_project.imports.base import BATCH, Column, Importer, Record
from inventory_project.imports.lookup import Lookup
from inventory_project.imports.parsing import day, integer, number
from stock.models import Bin, Inventory, StockMovement, Warehouse
from stock.services import OpeningLine, enter_opening_stock


class OpeningStockImporter(Importer):
    """Opening stock of products that have not moved yet; also sets the reorder level."""

    kind = "opening_stock"
    title = "Opening stock"
    columns = (
        Column("sku", "The product's SKU.", required=True),
        Column("warehouse", "The warehouse's code.", required=True),
        Column("bin", "The bin's code. Empty: the default bin.", default=""),
        Column("quantity", "Units, 0 or more.", integer, required=True),
        Column("unit_cost", "What a unit cost.", number, required=True),
        Column("lot_number", "Lot or serial number, for tracked products.", default=""),
        Column("expires_on", "As 2026-11-22.", day),
        Column("reorder_level", "Empty: no alert.", integer),
    )

    def store(self, records: list[Record], *, by) -> None:
        self.products = Lookup(Product.objects.all(), "sku")
        self.warehouses = Lookup(Warehouse.objects.all(), "code")
        self.bins = {(row.warehouse_id, row.code_key): row for row in Bin.objects.all()}
        moved = set(StockMovement.objects.values_list("product_id", "warehouse_id").distinct().order_by())
        pairs = [(record, line) for record in records if (line := self._line(record, moved))]
        for start in range(0, len(pairs), BATCH):
            self._enter(pairs[start : start + BATCH], by=by)
            self.progress(min(start + BATCH, len(pairs)), len(pairs))

    def _line(self, record: Record, moved: set[tuple[int, int]]) -> OpeningLine | None:
        try:
            product = self.products.get(record["sku"], column="sku")
            warehouse = self.warehouses.get(record["warehouse"], column="warehouse")
            if (product.pk, warehouse.pk) in moved:
                raise InvalidInput(
                    f"{product.sku} has moved in {warehouse.code} already: use an adjustment or a count.", field="sku"
                )
            if record["quantity"] < 0:
                raise InvalidInput("can't be below 0.", field="quantity")
            place = self._bin(record, warehouse)
        except InvalidInput as error:
            self.wrong(record, error, error.field)
            return None
        return OpeningLine(
            product=product,
            warehouse=warehouse,
            quantity=record["quantity"],
            unit_cost=record["unit_cost"],
            bin=place,
            lot_number=record["lot_number"],
            expires_on=record["expires_on"],
        )

    def _bin(self, record: Record, warehouse: Warehouse) -> Bin | None:
        if not record["bin"]:
            return None
        place = self.bins.get((warehouse.pk, fold(record["bin"])))
        if place is None:
            raise InvalidInput(f"{warehouse.code} has no bin “{record['bin']}”.", field="bin")
        return place

    def _enter(self, pairs: list[tuple[Record, OpeningLine]], *, by) -> None:
        try:
            enter_opening_stock([line for _record, line in pairs if line.quantity], by=by)
        except RuleViolation as error:
            self.wrong(pairs[0][0], error, error.field)
            return
        self.report.created += len(pairs)
        self._set_levels(pairs)

    def _set_levels(self, pairs: list[tuple[Record, OpeningLine]]) -> None:
        levels = {
            (line.product.pk, line.warehouse.pk): record["reorder_level"]
            for record, line in pairs
            if record["reorder_level"] is not None
        }
        rows = Inventory.objects.filter(product__in={product for product, _warehouse in levels})
        rows = [row for row in rows if (row.product_id, row.warehouse_id) in levels]
        for row in rows:
            row.reorder_level = levels[row.product_id, row.warehouse_id]
        Inventory.objects.bulk_update(rows, ["reorder_level"])
