"""A place to trade in: products, warehouses and people, with stock that the ledger knows of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.models import User
from catalog.models import Product, Supplier
from sales.models import Customer, Order
from sales.services import OrderLine, place_order
from stock.models import Inventory, Warehouse
from stock.services import OpeningLine, enter_opening_stock
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory

COST = Decimal("6.0000")


@dataclass
class Shop:
    """What clients need to know to trade."""

    clerk: User
    customer: Customer
    supplier: Supplier
    warehouses: list[Warehouse]
    products: list[Product] = field(default_factory=list)

    def product(self, units: int = 0) -> Product:
        """A further product, with so much in the first warehouse."""
        product = ProductFactory()
        if units:
            self.fill([product], units, self.warehouses[:1])
        return product

    def fill(self, products: Iterable[Product], units: int, warehouses: Iterable[Warehouse]) -> None:
        """Opening stock."""
        lines = [OpeningLine(product, place, units, COST) for product in products for place in warehouses]
        enter_opening_stock(lines, by=self.clerk)

    def order(self, product: Product, units: int = 1, **header: object) -> Order:
        """An order of one line, from the first warehouse."""
        return place_order(
            customer=self.customer,
            lines=[OrderLine(product, units)],
            warehouse=self.warehouses[0],
            by=self.clerk,
            **header,
        )


def open_shop(products: int = 0, warehouses: int = 1, units: int = 0) -> Shop:
    """A shop with so many products, and so many units of each in every warehouse."""
    default_tax_rate()
    shop = Shop(
        clerk=SuperuserFactory(),
        customer=CustomerFactory(),
        supplier=SupplierFactory(),
        warehouses=[WarehouseFactory() for _ in range(warehouses)],
    )
    shop.products = [ProductFactory() for _ in range(products)]
    if units:
        shop.fill(shop.products, units, shop.warehouses)
    return shop


def on_hand() -> dict[tuple[int, int], int]:
    """By product and warehouse: what is there."""
    return {(row.product_id, row.warehouse_id): row.quantity for row in Inventory.objects.all()}


def balance(product: Product, warehouse: Warehouse) -> Inventory:
    """The balance as it is now."""
    return Inventory.objects.get(product=product, warehouse=warehouse)
