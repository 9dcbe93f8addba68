"""Products, suppliers and prices for tests."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory
from stdnum import ean

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


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")


class TaxRateFactory(DjangoModelFactory):
    class Meta:
        model = TaxRate

    name = factory.Sequence(lambda n: f"Rate {n}")
    rate = Decimal("19")


class ProductFactory(DjangoModelFactory):
    """An untracked product at 10.00."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    sku = factory.Sequence(lambda n: f"SKU-{n:05d}")
    category = factory.SubFactory(CategoryFactory)
    price = Decimal("10.0000")
    cost = Decimal("6.0000")


class ProductBarcodeFactory(DjangoModelFactory):
    class Meta:
        model = ProductBarcode

    product = factory.SubFactory(ProductFactory)

    @factory.sequence
    def code(n):
        digits = f"40{n:010d}"
        return digits + ean.calc_check_digit(digits)


class SupplierFactory(DjangoModelFactory):
    class Meta:
        model = Supplier

    code = factory.Sequence(lambda n: f"SUP-{n:04d}")
    name = factory.Sequence(lambda n: f"Supplier {n}")
    country = "DE"


class SupplierProductFactory(DjangoModelFactory):
    class Meta:
        model = SupplierProduct

    supplier = factory.SubFactory(SupplierFactory)
    product = factory.SubFactory(ProductFactory)
    cost = Decimal("5.5000")


class PriceListFactory(DjangoModelFactory):
    class Meta:
        model = PriceList

    name = factory.Sequence(lambda n: f"Price list {n}")


class PriceListItemFactory(DjangoModelFactory):
    class Meta:
        model = PriceListItem

    price_list = factory.SubFactory(PriceListFactory)
    product = factory.SubFactory(ProductFactory)
    price = Decimal("9.0000")
