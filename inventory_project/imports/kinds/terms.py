"""What products cost: at the suppliers, and in the price lists. A row is known by what it connects."""

from collections.abc import Iterable

from django.db import models

from catalog.models import PriceList, PriceListItem, Product, Supplier, SupplierProduct
from inventory_project.base.fields import fold
from inventory_project.imports.base import Column, ModelImporter, Record
from inventory_project.imports.lookup import Lookup
from inventory_project.imports.parsing import boolean, integer, number


class TermsImporter(ModelImporter):
    """Rows that connect a product, named by its SKU, with something else, named in the first column."""

    def identity(self, record: Record) -> object:
        return fold(record[self.key]), fold(record["sku"])

    def attributes(self, record: Record) -> dict[str, object]:
        values = {name: value for name, value in record.values.items() if name != "sku"}
        return {
            **values,
            self.key: self.others.get(record[self.key], column=self.key),
            "product": self.products.get(record["sku"], column="sku"),
        }

    def _store_batch(self, records: list[Record]) -> None:
        keys = {fold(record["sku"]) for record in records}
        self.products = Lookup(Product.objects.filter(sku_key__in=keys), "sku")
        super()._store_batch(records)

    def rows_near(self) -> Iterable[models.Model]:
        """The rows of the batch's products."""
        rows = self.model.objects.filter(product__in=self.products.rows.values())
        return rows.select_related("product", self.key)


class SupplierProductImporter(TermsImporter):
    """What suppliers ask for products, found by supplier and SKU."""

    kind = "supplier_products"
    title = "Suppliers' offers"
    model = SupplierProduct
    key = "supplier"
    columns = (
        Column("supplier", "The supplier's code; with the SKU the key.", required=True),
        Column("sku", "Your article number.", required=True),
        Column("supplier_sku", "The supplier's article number.", default=""),
        Column("cost", "Per unit, without tax.", number, required=True),
        Column("minimum_order_quantity", "", integer, default=1),
        Column("pack_size", "Ordered in multiples of this.", integer, default=1),
        Column("lead_time_days", "Days. Empty: the supplier's.", integer),
        Column("is_preferred", "yes for the one that reordering suggests; one a product.", boolean, default=False),
    )

    def store(self, records: list[Record], *, by) -> None:
        self.others = Lookup(Supplier.objects.all(), "code")
        super().store(records, by=by)

    def _known(self, records: list[Record]) -> dict[object, SupplierProduct]:
        return {(row.supplier.code_key, row.product.sku_key): row for row in self.rows_near()}


class ListPriceImporter(TermsImporter):
    """Prices of price lists, found by list, SKU and quantity. The lists themselves are there already."""

    kind = "list_prices"
    title = "List prices"
    model = PriceListItem
    key = "price_list"
    columns = (
        Column("price_list", "The name of the price list; with the SKU and the quantity the key.", required=True),
        Column("sku", "Your article number.", required=True),
        Column("minimum_quantity", "From so many units on.", integer, default=1),
        Column("price", "Per unit, without tax.", number, required=True),
    )

    def store(self, records: list[Record], *, by) -> None:
        self.others = Lookup(PriceList.objects.all(), "name")
        super().store(records, by=by)

    def identity(self, record: Record) -> object:
        return super().identity(record), record["minimum_quantity"]

    def _known(self, records: list[Record]) -> dict[object, PriceListItem]:
        return {
            ((fold(row.price_list.name), row.product.sku_key), row.minimum_quantity): row for row in self.rows_near()
        }
