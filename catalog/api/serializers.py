"""Products, suppliers and prices."""

from django.db import models
from rest_framework import serializers

from catalog.models import (
    Category,
    PriceList,
    PriceListItem,
    Product,
    ProductBarcode,
    Supplier,
    SupplierProduct,
    TaxRate,
)
from inventory_project.base.api.bulk import BulkInput, rows_field
from inventory_project.base.api.serializers import STAMPS, ActInput, ApiSerializer
from inventory_project.base.api.shapes import COST


class CategorySerializer(ApiSerializer):
    """A shelf of the catalog; categories nest."""

    class Meta:
        model = Category
        fields = ("id", "name", "description", "parent", "is_active", *STAMPS)
        expandable = ("parent",)


class TaxRateSerializer(ApiSerializer):
    """A rate of tax."""

    class Meta:
        model = TaxRate
        fields = ("id", "name", "rate", "category", "exemption_reason", "is_default", "is_active", *STAMPS)


class ProductSerializer(ApiSerializer):
    """Something that is bought, stocked and sold."""

    image = serializers.ImageField(read_only=True, help_text="Its address. PUT …/image/ sets it.")

    class Meta:
        model = Product
        fields = (
            "id",
            "sku",
            "name",
            "description",
            "category",
            "brand",
            "price",
            "cost",
            "tax_rate",
            "unit",
            "tracking",
            "image",
            "weight_grams",
            "is_active",
            "notes",
            *STAMPS,
        )
        expandable = ("category", "tax_rate")
        guarded = {"cost": COST}


class ImageInput(ActInput):
    """A picture (JPEG, PNG or WebP), as the part “image” of a multipart form: at most 5 MB."""

    image = serializers.FileField()


class ProductBarcodeSerializer(ApiSerializer):
    """A code that a scanner reads."""

    class Meta:
        model = ProductBarcode
        fields = ("id", "product", "code", "symbology", "quantity", "is_primary", *STAMPS)
        expandable = ("product",)
        create_only = ("product",)


class SupplierSerializer(ApiSerializer):
    """A company that goods are bought from."""

    class Meta:
        model = Supplier
        fields = (
            "id",
            "code",
            "name",
            "contact_name",
            "email",
            "phone",
            "address",
            "city",
            "postal_code",
            "country",
            "tax_id",
            "payment_terms_days",
            "lead_time_days",
            "is_active",
            "notes",
            *STAMPS,
        )


class SupplierProductSerializer(ApiSerializer):
    """A supplier offers a product, at a cost and on terms."""

    class Meta:
        model = SupplierProduct
        fields = (
            "id",
            "supplier",
            "product",
            "supplier_sku",
            "cost",
            "minimum_order_quantity",
            "pack_size",
            "lead_time_days",
            "is_preferred",
            *STAMPS,
        )
        expandable = ("supplier", "product")
        guarded = {"cost": COST}
        create_only = ("product",)


class PriceListSerializer(ApiSerializer):
    """Prices agreed with a group of customers."""

    class Meta:
        model = PriceList
        fields = ("id", "name", "valid_from", "valid_until", "is_active", *STAMPS)


class PriceListItemSerializer(ApiSerializer):
    """The price of a product in a list, from a quantity on."""

    class Meta:
        model = PriceListItem
        fields = ("id", "price_list", "product", "minimum_quantity", "price", *STAMPS)
        expandable = ("price_list", "product")
        create_only = ("price_list",)


def _every_constraint(model: type[models.Model]) -> tuple[str, ...]:
    """Many rows are checked by their fields and looked up together; the database has the last word."""
    return tuple(constraint.name for constraint in model._meta.constraints)


class ProductRow(ProductSerializer):
    """A product by its SKU: changed if there is one, else new."""

    class Meta(ProductSerializer.Meta):
        left_to_service = _every_constraint(Product)


class BulkProducts(BulkInput):
    """Products by their SKU: of those that exist the fields that are sent are changed, the others are new."""

    items = rows_field(ProductRow)


class PriceListRow(PriceListItemSerializer):
    """A price of the list by product and quantity: changed if there is one, else new."""

    class Meta(PriceListItemSerializer.Meta):
        read_only_fields = ("price_list",)
        create_only = ()
        left_to_service = _every_constraint(PriceListItem)

    def validate(self, attrs: dict) -> dict:
        checked = super().validate(attrs)
        self.row.price_list = self.context["price_list"]
        return checked


class BulkPrices(BulkInput):
    """Prices by product and quantity."""

    items = rows_field(PriceListRow)
