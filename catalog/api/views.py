"""Products, suppliers and prices at the API."""

from collections.abc import Mapping
from functools import partial

from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from catalog import services
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
from inventory_project.base.api.bulk import BulkAnswer, upsert
from inventory_project.base.api.fields import ID_MAX
from inventory_project.base.api.viewsets import LineViewSet, ReferenceViewSet
from inventory_project.base.caching import Shelf
from inventory_project.base.fields import fold
from inventory_project.base.services import lock_all

from .filters import ProductFilters
from .serializers import (
    BulkPrices,
    BulkProducts,
    CategorySerializer,
    ImageInput,
    PriceListItemSerializer,
    PriceListRow,
    PriceListSerializer,
    ProductBarcodeSerializer,
    ProductRow,
    ProductSerializer,
    SupplierProductSerializer,
    SupplierSerializer,
    TaxRateSerializer,
)


def _sku_key(entry: Mapping[str, object]) -> str | None:
    sku = entry.get("sku")
    return fold(sku) if isinstance(sku, str) else None


def _price_key(entry: Mapping[str, object]) -> tuple[int, int] | None:
    product, quantity = entry.get("product"), entry.get("minimum_quantity", 1)
    return (product, quantity) if type(product) is int and type(quantity) is int and 0 < product <= ID_MAX else None


class CategoryViewSet(ReferenceViewSet):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    kept_on = Shelf("categories", tables=["category"])
    filterset_fields = ("name", "parent", "is_active")
    search_fields = ("name",)
    ordering_fields = ("name",)


class TaxRateViewSet(ReferenceViewSet):
    queryset = TaxRate.objects.all()
    serializer_class = TaxRateSerializer
    kept_on = Shelf("tax_rates", tables=["tax_rate"])
    filterset_fields = ("name", "rate", "category", "is_default", "is_active")
    ordering_fields = ("name", "rate")

    def add(self, serializer) -> TaxRate:
        return services.save_tax_rate(serializer.row, by=self.request.user)

    def save(self, serializer) -> None:
        services.save_tax_rate(serializer.row, by=self.request.user)


class ProductBarcodeViewSet(LineViewSet):
    queryset = ProductBarcode.objects.all()
    serializer_class = ProductBarcodeSerializer
    filterset_fields = ("product", "code", "symbology", "is_primary")


class SupplierProductViewSet(LineViewSet):
    queryset = SupplierProduct.objects.all()
    serializer_class = SupplierProductSerializer
    filterset_fields = ("supplier", "product", "supplier_sku", "cost", "is_preferred")
    ordering_fields = ("cost",)


class ProductViewSet(ReferenceViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    filterset_class = ProductFilters
    search_fields = ("name", "sku", "brand")
    ordering_fields = ("name", "sku", "brand", "price", "cost")

    def add(self, serializer) -> Product:
        return services.save_product(serializer.row, by=self.request.user)

    def save(self, serializer) -> None:
        services.save_product(serializer.row, by=self.request.user)

    @action(
        detail=False,
        methods=["post"],
        required_perm="catalog.view_product",
        input_class=BulkProducts,
        output_class=BulkAnswer,
    )
    def bulk(self, request):
        """Change or add up to 500 products by their SKU. Needs the permission to do either, where it is done."""

        def known(keys: set[str]) -> dict[str, Product]:
            return {product.sku_key: product for product in lock_all(Product.objects.filter(sku_key__in=keys))}

        entries = upsert(self, ProductRow(context={"view": self}), _sku_key, known, services.save_products)
        return Response({"results": [entry.answer() for entry in entries]})

    @action(detail=False, url_path=r"by-sku/(?P<sku>.+?)", url_name="by-sku")
    def by_sku(self, request, sku: str):
        """The product with an article number, without regard to case."""
        return self.answer(self.get_queryset().filter(sku_key=fold(sku)))

    @action(detail=False, url_path=r"by-barcode/(?P<code>.+?)", url_name="by-barcode")
    def by_barcode(self, request, code: str):
        """The product on which a scanner reads the code."""
        return self.answer(self.get_queryset().filter(barcodes__code_key=fold(code)))

    @action(detail=True, lists=ProductBarcodeViewSet)
    def barcodes(self, request, pk: str):
        """The codes of the product."""
        return self.children("product")

    @action(detail=True, lists=SupplierProductViewSet)
    def offers(self, request, pk: str):
        """Who offers the product, and on which terms."""
        return self.children("product")

    @action(
        detail=True,
        methods=["put"],
        required_perm="catalog.change_product",
        parser_classes=[MultiPartParser],
        input_class=ImageInput,
    )
    def image(self, request, pk: str):
        """Set the picture of the product."""
        return self.perform(services.set_product_image)

    @image.mapping.delete
    def remove_image(self, request, pk: str):
        """Take the picture of the product away."""
        product = self.found()
        services.set_product_image(product, "", by=request.user)
        return self.answer(self.records(product))


class SupplierViewSet(ReferenceViewSet):
    queryset = Supplier.objects.all()
    serializer_class = SupplierSerializer
    filterset_fields = ("code", "name", "email", "country", "tax_id", "is_active")
    search_fields = ("name", "code")
    ordering_fields = ("name", "code")

    @action(detail=True, lists=SupplierProductViewSet)
    def offers(self, request, pk: str):
        """What the supplier offers."""
        return self.children("supplier")


class PriceListItemViewSet(LineViewSet):
    queryset = PriceListItem.objects.all()
    serializer_class = PriceListItemSerializer
    filterset_fields = ("price_list", "product", "minimum_quantity", "price")
    ordering_fields = ("product", "minimum_quantity", "price")


class PriceListViewSet(ReferenceViewSet):
    queryset = PriceList.objects.all()
    serializer_class = PriceListSerializer
    filterset_fields = ("name", "valid_from", "valid_until", "is_active")
    search_fields = ("name",)
    ordering_fields = ("name", "valid_from")

    @action(detail=True, lists=PriceListItemViewSet)
    def items(self, request, pk: str):
        """The prices of the list."""
        return self.children("price_list")

    @action(
        detail=True,
        methods=["post"],
        url_path="items/bulk",
        required_perm="catalog.view_pricelistitem",
        input_class=BulkPrices,
        output_class=BulkAnswer,
    )
    def bulk_items(self, request, pk: str):
        """Change or add up to 500 prices by product and quantity."""
        price_list = self.found()

        def known(keys: set[tuple]) -> dict[tuple, PriceListItem]:
            products = {product for product, _quantity in keys}
            rows = lock_all(price_list.items.filter(product__in=products))
            return {(row.product_id, row.minimum_quantity): row for row in rows}

        child = PriceListRow(context={"view": self, "price_list": price_list})
        entries = upsert(self, child, _price_key, known, partial(services.save_list_prices, price_list))
        return Response({"results": [entry.answer() for entry in entries]})
