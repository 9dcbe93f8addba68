"""Categories, suppliers, products."""

from collections.abc import Collection
from decimal import Decimal

from catalog.models import Category, Product, Supplier, SupplierProduct, TaxRate, Tracking
from catalog.services import save_product
from inventory_project.base.fields import fold
from inventory_project.imports.base import Column, ModelImporter, Record
from inventory_project.imports.lookup import Lookup
from inventory_project.imports.parsing import boolean, country, integer, number


class CategoryImporter(ModelImporter):
    """Categories, found by name. A parent stands above its children in the file, or is there already."""

    kind = "categories"
    title = "Categories"
    model = Category
    key = "name"
    columns = (
        Column("name", "The category's name; the key.", required=True),
        Column("description", "", default=""),
        Column("parent", "The name of the category above it.", default=""),
        Column("is_active", "yes or no.", boolean, default=True),
    )

    def store(self, records: list[Record], *, by) -> None:
        # Parents first: each round writes the categories whose parent is known by now.
        waiting = records
        while waiting:
            known = set(Category.objects.values_list("name", flat=True))
            ready = [record for record in waiting if not record["parent"] or record["parent"] in known]
            if not ready:
                for record in waiting:
                    self.wrong(record, f"There is no category “{record['parent']}”.", "parent")
                return
            self.parents = Lookup(Category.objects.all(), "name")
            super().store(ready, by=by)
            waiting = [record for record in waiting if record not in ready]

    def attributes(self, record: Record) -> dict[str, object]:
        parent = self.parents.get(record["parent"], column="parent")
        return {**record.values, "parent": parent}


class SupplierImporter(ModelImporter):
    """Suppliers, found by code."""

    kind = "suppliers"
    title = "Suppliers"
    model = Supplier
    key = "code"
    columns = (
        Column("code", "Your code of the supplier; the key.", required=True),
        Column("name", "", required=True),
        Column("contact_name", "", default=""),
        Column("email", "", default=""),
        Column("phone", "", default=""),
        Column("address", "Street and number.", default=""),
        Column("city", "", default=""),
        Column("postal_code", "", default=""),
        Column("country", "Two letters, ISO 3166-1.", country, default=""),
        Column("tax_id", "", default=""),
        Column("payment_terms_days", "Days.", integer, default=30),
        Column("lead_time_days", "Days.", integer, default=7),
        Column("is_active", "yes or no.", boolean, default=True),
        Column("notes", "", default=""),
    )


class ProductImporter(ModelImporter):
    """Products, found by SKU; with a supplier, also its offer."""

    kind = "products"
    title = "Products"
    model = Product
    key = "sku"
    save = staticmethod(save_product)
    columns = (
        Column("sku", "Your article number; the key.", required=True),
        Column("name", "", required=True),
        Column("description", "", default=""),
        Column("category", "The category's name.", required=True),
        Column("price", "Sales price per unit, without tax.", number, required=True),
        Column("cost", "Expected purchase cost per unit.", number),
        Column("brand", "", default=""),
        Column("tax_rate", "The tax rate's name. Empty: the default rate.", default=""),
        Column("unit", "UN/ECE Recommendation 20. Empty: C62, a piece.", default="C62"),
        Column("tracking", "none, lot or serial.", default=Tracking.NONE.value),
        Column("weight_grams", "", integer, default=0),
        Column("is_active", "yes or no.", boolean, default=True),
        Column("notes", "", default=""),
        Column("supplier", "The preferred supplier's code.", default=""),
        Column("supplier_sku", "The supplier's article number.", default=""),
        Column("supplier_cost", "Cost per unit at the supplier. Empty: the product's cost.", number),
        Column("minimum_order_quantity", "At the supplier.", integer, default=1),
        Column("pack_size", "At the supplier.", integer, default=1),
    )
    OFFER = ("supplier", "supplier_sku", "supplier_cost", "minimum_order_quantity", "pack_size")

    def store(self, records: list[Record], *, by) -> None:
        self.categories = Lookup(Category.objects.all(), "name")
        self.tax_rates = Lookup(TaxRate.objects.all(), "name")
        self.suppliers = Lookup(Supplier.objects.all(), "code")
        super().store(records, by=by)
        self._store_offers([record for record in records if record["supplier"]])

    def needs_service(self, row: Product, changed: Collection[str]) -> bool:
        return bool(row.pk) and "tracking" in changed

    def attributes(self, record: Record) -> dict[str, object]:
        self.suppliers.get(record["supplier"], column="supplier")
        values = {name: value for name, value in record.values.items() if name not in self.OFFER}
        return {
            **values,
            "category": self.categories.get(record["category"], column="category"),
            "tax_rate": self.tax_rates.get(record["tax_rate"], column="tax_rate"),
        }

    def _store_offers(self, records: list[Record]) -> None:
        wrong = {error.line for error in self.report.errors}
        records = [record for record in records if record.line not in wrong]
        keys = {fold(record["sku"]) for record in records}
        products = {product.sku_key: product for product in Product.objects.filter(sku_key__in=keys)}
        offers = SupplierProduct.objects.filter(product__in=products.values())
        known = {(offer.product_id, offer.supplier_id): offer for offer in offers}
        preferred = {offer.product_id for offer in offers if offer.is_preferred}
        new, changed = [], []
        for record in records:
            product = products[fold(record["sku"])]
            supplier = self.suppliers.get(record["supplier"], column="supplier")
            offer = known.get((product.pk, supplier.pk))
            (new if offer is None else changed).append(offer := offer or SupplierProduct(product=product))
            self._fill_offer(offer, record, supplier)
            offer.is_preferred = offer.is_preferred or product.pk not in preferred
            preferred.add(product.pk)
        fields = ["supplier_sku", "cost", "minimum_order_quantity", "pack_size", "is_preferred"]
        SupplierProduct.objects.bulk_create(new)
        SupplierProduct.objects.bulk_update(changed, fields)

    def _fill_offer(self, offer: SupplierProduct, record: Record, supplier: Supplier) -> None:
        """Of an offer that is known, only what the file has is changed."""
        costs = [record["supplier_cost"], record["cost"]]
        values = {name: record[name] for name in ("supplier_sku", "minimum_order_quantity", "pack_size")}
        if offer._state.adding:
            offer.supplier = supplier
            offer.cost = next((cost for cost in costs if cost is not None), Decimal(0))
        else:
            values = {name: value for name, value in values.items() if name in self.present}
            values["cost"] = next((cost for cost in costs if cost is not None), offer.cost)
            self._note_offer(record, offer, values)
        for name, value in values.items():
            setattr(offer, name, value)

    def _note_offer(self, record: Record, offer: SupplierProduct, values: dict[str, object]) -> None:
        """What changes in a known offer is named by the columns of the file."""
        outcome = self.report.outcomes.get(record.line)
        if outcome is None or outcome.is_new:
            return
        for name, value in values.items():
            if getattr(offer, name) != value:
                column = "supplier_cost" if name == "cost" else name
                outcome.changes[column] = (getattr(offer, name), value)
