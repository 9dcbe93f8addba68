"""Customers and orders for tests. What the services keep (totals, reservations) is made through them."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog.models import Product, TaxRate
from inventory_project.base.numbering import next_number
from sales.models import (
    AddressKind,
    Customer,
    CustomerAddress,
    Order,
    OrderItem,
    Reservation,
    SalesReturn,
    SalesReturnItem,
    Shipment,
    ShipmentItem,
)
from sales.services import OrderLine, confirm_order, place_order, recalculate_order, ship_order
from stock.models import Warehouse

from .accounts import UserFactory
from .catalog import ProductFactory
from .stock import WarehouseFactory, put_in_stock


def default_tax_rate(rate: str = "19") -> TaxRate:
    """The rate of products without one, made if there is none."""
    return TaxRate.objects.get_or_create(is_default=True, defaults={"name": "Standard", "rate": Decimal(rate)})[0]


class CustomerFactory(DjangoModelFactory):
    """A domestic customer without a credit limit or addresses."""

    class Meta:
        model = Customer

    code = factory.Sequence(lambda n: f"C-{n:04d}")
    name = factory.Sequence(lambda n: f"Customer {n}")


class CustomerAddressFactory(DjangoModelFactory):
    class Meta:
        model = CustomerAddress

    customer = factory.SubFactory(CustomerFactory)
    kind = AddressKind.SHIPPING
    line1 = factory.Sequence(lambda n: f"Dock Street {n}")
    city = "Hamburg"
    postal_code = "20457"
    country = "DE"


class OrderFactory(DjangoModelFactory):
    """A pending order without lines."""

    class Meta:
        model = Order

    order_number = factory.LazyFunction(lambda: next_number(Order))
    customer = factory.SubFactory(CustomerFactory)
    user = factory.SubFactory(UserFactory)


class OrderItemFactory(DjangoModelFactory):
    """Two units in a pending order, which is recalculated."""

    class Meta:
        model = OrderItem

    order = factory.SubFactory(OrderFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = 2
    unit_price = Decimal("0")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        default_tax_rate()
        item = super()._create(model_class, *args, **kwargs)
        recalculate_order(item.order)
        item.refresh_from_db()
        return item


class ReservationFactory(DjangoModelFactory):
    """The reservation of a confirmed order of two units, of ten."""

    class Meta:
        model = Reservation

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.get(order_item__order=confirmed_order(**kwargs))


class ShipmentFactory(DjangoModelFactory):
    """A draft without lines, of a confirmed order."""

    class Meta:
        model = Shipment

    shipment_number = factory.LazyFunction(lambda: next_number(Shipment))
    order = factory.LazyAttribute(lambda shipment: confirmed_order())
    warehouse = factory.LazyAttribute(lambda shipment: shipment.order.warehouse or WarehouseFactory())


class ShipmentItemFactory(DjangoModelFactory):
    """One unit of the order's first line, in a draft."""

    class Meta:
        model = ShipmentItem

    shipment = factory.SubFactory(ShipmentFactory)
    order_item = factory.LazyAttribute(lambda item: item.shipment.order.items.first())
    quantity = 1


class SalesReturnFactory(DjangoModelFactory):
    """A return that was asked for, without lines, of a shipped order."""

    class Meta:
        model = SalesReturn

    return_number = factory.LazyFunction(lambda: next_number(SalesReturn))
    order = factory.LazyAttribute(lambda document: shipped_order())
    warehouse = factory.LazyAttribute(lambda document: document.order.warehouse or WarehouseFactory())
    reason = "Too many"


class SalesReturnItemFactory(DjangoModelFactory):
    """One unit of the order's first line."""

    class Meta:
        model = SalesReturnItem

    sales_return = factory.SubFactory(SalesReturnFactory)
    order_item = factory.LazyAttribute(lambda item: item.sales_return.order.items.first())
    quantity = 1


def place(*lines: tuple[Product, int] | OrderLine, customer: Customer | None = None, **header: object) -> Order:
    """A pending order of (product, quantity) pairs; without any, of two units of a new product."""
    default_tax_rate()
    lines = lines or ((ProductFactory(), 2),)
    header.setdefault("by", header.get("user") or UserFactory())
    return place_order(
        customer=customer or CustomerFactory(),
        lines=[line if isinstance(line, OrderLine) else OrderLine(*line) for line in lines],
        **header,
    )


def confirmed_order(
    product: Product | None = None,
    quantity: int = 2,
    *,
    warehouse: Warehouse | None = None,
    stock: int = 10,
    **header: object,
) -> Order:
    """A confirmed order of one product, of which so much was put in stock before."""
    product = product or ProductFactory()
    warehouse = warehouse or WarehouseFactory()
    if stock:
        put_in_stock(product, warehouse, stock)
    order = place((product, quantity), warehouse=warehouse, **header)
    return confirm_order(order, by=order.user)


def shipped_order(product: Product | None = None, quantity: int = 2, **options: object) -> Order:
    """A confirmed order whose goods have left."""
    order = confirmed_order(product, quantity, **options)
    ship_order(order, by=order.user)
    return order
