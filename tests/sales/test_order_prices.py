"""What a line costs, and where its price came from."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalog.pricing import Quote, price_lines
from sales.models import PriceOrigin
from sales.services import OrderLine, place_order
from tests.factories.catalog import PriceListFactory, PriceListItemFactory, ProductFactory
from tests.factories.sales import CustomerFactory
from tests.sales.books import only_item

DAY = date(2026, 11, 22)


@pytest.fixture
def product(db):
    return ProductFactory(price=Decimal("10.0000"))


@pytest.fixture
def price_list(product):
    price_list = PriceListFactory()
    for minimum, price in [(1, "9.0000"), (10, "8.0000"), (100, "7.5000")]:
        PriceListItemFactory(price_list=price_list, product=product, minimum_quantity=minimum, price=Decimal(price))
    return price_list


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, "9"), (9, "9"), (10, "8"), (99, "8"), (100, "7.5"), (100_000, "7.5")]
)
def test_the_largest_minimum_quantity_not_above_the_lines_counts(product, price_list, quantity, price):
    line = OrderLine(product, quantity)
    assert price_lines([line], price_list=price_list, day=DAY) == [Quote(Decimal(price), "list")]


def test_below_the_smallest_minimum_the_products_price_holds(product):
    item = PriceListItemFactory(product=product, minimum_quantity=5, price=Decimal("1"))
    assert price_lines([OrderLine(product, 4)], price_list=item.price_list, day=DAY) == [
        Quote(Decimal("10.0000"), "product")
    ]


def test_a_product_that_the_list_does_not_name_has_its_own_price(price_list):
    other = ProductFactory(price=Decimal("3.2100"))
    assert price_lines([OrderLine(other, 1)], price_list=price_list, day=DAY) == [Quote(Decimal("3.2100"), "product")]


def test_lines_count_by_themselves_also_for_one_product(product, price_list):
    lines = [OrderLine(product, 9), OrderLine(product, 1), OrderLine(product, 10)]
    assert [quote.price for quote in price_lines(lines, price_list=price_list, day=DAY)] == [9, 9, 8]


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_active", "origin"),
    [
        (None, None, True, "list"),
        (DAY, DAY, True, "list"),
        (date(2026, 11, 23), None, True, "product"),
        (None, date(2026, 11, 21), True, "product"),
        (None, None, False, "product"),
    ],
)
def test_only_a_list_that_is_valid_on_the_day_counts(product, price_list, valid_from, valid_until, is_active, origin):
    price_list.valid_from, price_list.valid_until, price_list.is_active = valid_from, valid_until, is_active
    price_list.save()
    (quote,) = price_lines([OrderLine(product, 1)], price_list=price_list, day=DAY)
    assert quote.origin == origin


def test_any_number_of_lines_costs_one_query(product, price_list, django_assert_num_queries):
    lines = [OrderLine(product, quantity) for quantity in range(1, 101)]
    with django_assert_num_queries(1):
        price_lines(lines, price_list=price_list, day=DAY)
    with django_assert_num_queries(0):
        price_lines(lines, price_list=None, day=DAY)


def test_an_order_takes_the_customers_list(clerk, product, price_list):
    customer = CustomerFactory(price_list=price_list)
    order = place_order(customer=customer, lines=[OrderLine(product, 10)], by=clerk)
    item = only_item(order)
    assert (item.unit_price, item.price_origin, item.subtotal) == (Decimal("8"), PriceOrigin.LIST, Decimal("80.00"))
    assert order.price_list == price_list


def test_a_list_that_is_named_goes_before_the_customers(clerk, product, price_list):
    other = PriceListItemFactory(product=product, price=Decimal("5")).price_list
    customer = CustomerFactory(price_list=price_list)
    order = place_order(customer=customer, lines=[OrderLine(product, 10)], price_list=other, by=clerk)
    assert only_item(order).unit_price == Decimal("5")
    assert order.price_list == other


def test_the_day_of_the_order_decides_in_the_business_time_zone(clerk, product, price_list):
    price_list.valid_until = date(2026, 11, 22)
    price_list.save()
    customer = CustomerFactory(price_list=price_list)
    lines = [OrderLine(product, 1)]
    in_time = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)  # one minute before midnight in Berlin
    too_late = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert only_item(place_order(customer=customer, lines=lines, ordered_at=in_time, by=clerk)).price_origin == "list"
    late = place_order(customer=customer, lines=lines, ordered_at=too_late, by=clerk)
    assert only_item(late).price_origin == "product"


def test_a_price_that_was_typed_stays_with_its_discount(clerk, product, price_list):
    customer = CustomerFactory(price_list=price_list)
    line = OrderLine(product, 3, unit_price=Decimal("9.9999"), discount_percent=Decimal("12.5"))
    item = only_item(place_order(customer=customer, lines=[line], by=clerk))
    assert (item.unit_price, item.price_origin) == (Decimal("9.9999"), PriceOrigin.MANUAL)
    assert (item.discount_percent, item.subtotal) == (Decimal("12.5"), Decimal("26.25"))


def test_a_gift_costs_nothing(clerk, product):
    line = OrderLine(product, 3, unit_price=Decimal("0"))
    item = only_item(place_order(customer=CustomerFactory(), lines=[line], by=clerk))
    assert (item.unit_price, item.price_origin, item.subtotal) == (0, PriceOrigin.MANUAL, 0)
