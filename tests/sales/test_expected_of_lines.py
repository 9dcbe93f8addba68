"""Who enters an order sees beside each line what is available and what it would cost."""

import re

import pytest

from catalog.models import PriceList
from sales.models import Order
from tests.back_office import Desk, url
from tests.factories.catalog import PriceListItemFactory, ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order, place
from tests.factories.stock import WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db
PATH = "/admin/sales/order/expected/"


@pytest.fixture
def product():
    return ProductFactory(price="10")


def test_a_line_that_was_just_chosen_is_told_by_warehouse_and_price_list(product):
    north, south = WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, north, 5)
    put_in_stock(product, south, 2)
    item = PriceListItemFactory(product=product, price="8.50", minimum_quantity=3)
    PriceList.objects.filter(pk=item.price_list_id).update(valid_from=None, valid_until=None)
    customer = CustomerFactory(price_list=item.price_list)
    desk = Desk("sales.add_order")
    few = desk.client.get(PATH, {"product": product.pk, "quantity": 1, "customer": customer.pk}).json()
    assert (few["available"], few["price"], few["origin"], few["short"]) == (7, "10.00", "product", False)
    many = desk.client.get(
        PATH, {"product": product.pk, "quantity": 3, "customer": customer.pk, "warehouse": south.pk}
    ).json()
    assert (many["available"], many["price"], many["origin"], many["short"]) == (2, "8.50", "price list", True)


@pytest.mark.parametrize("odd", ["", "x", "-1", "٣", "9" * 40, "999999999"])
def test_odd_questions_are_answered_with_nothing(odd):
    answer = Desk("sales.add_order").client.get(PATH, {"product": odd, "quantity": odd, "warehouse": odd})
    assert (answer.status_code, answer.json()) == (200, {})


def test_a_saved_line_shows_what_is_available_while_the_order_is_pending(product):
    put_in_stock(product, WarehouseFactory(), 41)
    text = Desk().open(Order, "change", place((product, 2)).pk).content.decode()
    [shown] = re.findall(r'data-expected="/admin/sales/order/expected/" role="status">(.*?)</span>', text)[:1]
    assert ">41" in f">{shown}"
    assert "back_office/order_lines" in text
    assert "data-expected" not in Desk().client.get(url(Order, "change", confirmed_order().pk)).content.decode()
