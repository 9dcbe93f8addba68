from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from inventory_project.base.errors import InvalidInput
from sales.models import Order, OrderStatus, PriceOrigin
from sales.services import OrderLine, place_order
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory
from tests.factories.stock import WarehouseFactory
from tests.sales.books import only_item


def test_it_enters_a_pending_order(clerk, warehouse):
    customer = CustomerFactory()
    product = ProductFactory(name="Lantern", price=Decimal("12.5000"), unit="KGM")
    order = place_order(
        customer=customer,
        lines=[OrderLine(product, 3)],
        warehouse=warehouse,
        requested_on=date(2026, 12, 24),
        ordered_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        shipping_amount=Decimal("4.90"),
        customer_reference=" 4711 ",
        notes="Ring twice",
        by=clerk,
    )
    stored = Order.objects.get()
    assert stored == order
    assert stored.order_number == order.order_number
    assert stored.order_number.startswith("SO-")
    assert stored.status == OrderStatus.PENDING
    assert (stored.customer, stored.user, stored.created_by, stored.warehouse) == (customer, clerk, clerk, warehouse)
    assert (stored.requested_on, stored.customer_reference, stored.notes) == (date(2026, 12, 24), "4711", "Ring twice")
    assert stored.ordered_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (stored.subtotal_amount, stored.shipping_amount) == (Decimal("37.50"), Decimal("4.90"))
    assert (stored.tax_amount, stored.total_amount) == (Decimal("8.06"), Decimal("50.46"))
    item = only_item(stored)
    assert (item.product, item.description, item.unit, item.quantity) == (product, "Lantern", "KGM", 3)
    assert (item.unit_price, item.price_origin) == (Decimal("12.5000"), PriceOrigin.PRODUCT)
    assert (item.quantity_shipped, item.quantity_returned, item.quantity_invoiced) == (0, 0, 0)


def test_it_reserves_nothing_yet(clerk):
    order = place_order(customer=CustomerFactory(), lines=[OrderLine(ProductFactory(), 999)], by=clerk)
    assert not order.items.get().reservations.exists()


def test_one_product_may_stand_on_several_lines(clerk):
    product = ProductFactory()
    order = place_order(
        customer=CustomerFactory(), lines=[OrderLine(product, 1), OrderLine(product, 2, description="Spare")], by=clerk
    )
    assert list(order.items.order_by("pk").values_list("quantity", "description")) == [
        (1, product.name),
        (2, "Spare"),
    ]


def test_the_account_is_the_one_named_then_who_acts_then_the_customers_own(clerk):
    login = UserFactory()
    line = [OrderLine(ProductFactory(), 1)]
    customer = CustomerFactory(user=login)
    other = UserFactory()
    assert place_order(customer=customer, lines=line, user=other, by=clerk).user == other
    assert place_order(customer=customer, lines=line, by=clerk).user == clerk
    assert place_order(customer=customer, lines=line, by=None).user_id == login.pk


def test_somebody_must_have_placed_it(refused):
    customer, product = CustomerFactory(), ProductFactory()
    with refused("invalid", field="user"):
        place_order(customer=customer, lines=[OrderLine(product, 1)], by=None)


def test_it_refuses_an_inactive_customer(clerk, refused):
    customer, product = CustomerFactory(is_active=False), ProductFactory()
    with refused("inactive_customer", customer.name, field="customer"):
        place_order(customer=customer, lines=[OrderLine(product, 1)], by=clerk)


def test_a_customer_deactivated_meanwhile_counts_as_inactive(clerk, refused):
    customer, product = CustomerFactory(), ProductFactory()
    type(customer).objects.update(is_active=False)
    with refused("inactive_customer"):
        place_order(customer=customer, lines=[OrderLine(product, 1)], by=clerk)


def test_it_refuses_an_inactive_product_by_name(clerk, refused):
    customer, good, gone = CustomerFactory(), ProductFactory(), ProductFactory(sku="GONE", is_active=False)
    with refused("inactive_product", "GONE", field="items/1/product"):
        place_order(customer=customer, lines=[OrderLine(good, 1), OrderLine(gone, 1)], by=clerk)


def test_it_refuses_an_inactive_warehouse(clerk, refused):
    customer, product, closed = CustomerFactory(), ProductFactory(), WarehouseFactory(is_active=False)
    with refused("inactive_warehouse", closed.name, field="warehouse"):
        place_order(customer=customer, lines=[OrderLine(product, 1)], warehouse=closed, by=clerk)
    with refused("inactive_warehouse", field="items/0/warehouse"):
        place_order(customer=customer, lines=[OrderLine(product, 1, warehouse=closed)], by=clerk)


def test_it_needs_a_line(clerk, refused):
    customer = CustomerFactory()
    with refused("invalid", field="items"):
        place_order(customer=customer, lines=[], by=clerk)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": 1.0}, "quantity"),
        ({"quantity": 2**31}, "quantity"),
        ({"unit_price": Decimal("-0.01")}, "unit_price"),
        ({"unit_price": Decimal("0.00001")}, "unit_price"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("Infinity")}, "unit_price"),
        ({"unit_price": 0.1}, "unit_price"),
        ({"discount_percent": Decimal("100.001")}, "discount_percent"),
        ({"discount_percent": Decimal("-1")}, "discount_percent"),
        ({"discount_percent": Decimal("0.0001")}, "discount_percent"),
        ({"description": "x" * 301}, "description"),
        ({"description": "a\x00b"}, "description"),
    ],
)
def test_it_refuses_values_that_can_not_be(clerk, line, field):
    values = {"product": ProductFactory(), "quantity": 1, **line}
    customer = CustomerFactory()
    with pytest.raises(InvalidInput) as caught:
        place_order(customer=customer, lines=[OrderLine(**values)], by=clerk)
    assert caught.value.field == f"items/0/{field}"
    assert not Order.objects.exists()


@pytest.mark.parametrize("shipping", [Decimal("-1"), Decimal("0.001"), Decimal("NaN"), Decimal("1000000000000")])
def test_it_refuses_a_charge_that_can_not_be(clerk, refused, shipping):
    customer, product = CustomerFactory(), ProductFactory()
    with pytest.raises(InvalidInput) as caught:
        place_order(customer=customer, lines=[OrderLine(product, 1)], shipping_amount=shipping, by=clerk)
    assert caught.value.field == "shipping_amount"


def test_it_refuses_a_total_that_can_not_be_kept(clerk, refused):
    customer, product = CustomerFactory(), ProductFactory(price=Decimal("99999999999"))
    with refused("out_of_range", field="items"):
        place_order(customer=customer, lines=[OrderLine(product, 2_000_000_000)], by=clerk)
