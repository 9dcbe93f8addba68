"""Which warehouse serves which line: the line's, the order's, one that serves all, else where most is available."""

import pytest

from sales.services import OrderLine, confirm_order
from sales.services.allocation import Offer, Want, allocate, allocate_in_turn
from tests.factories.catalog import ProductFactory
from tests.factories.sales import place
from tests.factories.stock import WarehouseFactory, put_in_stock
from tests.sales.books import reserved_of

LAMP, ROPE = 1, 2
HAM, KEL, LUB = 1, 2, 3


def offer(product, warehouse, free):
    """A balance whose id says what it is: 12 is product 1 in warehouse 2."""
    return Offer(10 * product + warehouse, product, warehouse, free)


def shares(wants, *offers):
    return {key: dict(parts) for key, parts in allocate(wants, offers).items()}


def test_one_that_serves_all_goes_before_those_that_have_more():
    wants = [Want(1, LAMP, 3), Want(2, ROPE, 3)]
    offers = [offer(LAMP, HAM, 90), offer(ROPE, HAM, 2), offer(LAMP, KEL, 3), offer(ROPE, KEL, 3)]
    assert shares(wants, *offers) == {1: {12: 3}, 2: {22: 3}}


def test_among_those_the_lowest_id():
    assert shares([Want(1, LAMP, 3)], offer(LAMP, LUB, 50), offer(LAMP, KEL, 3)) == {1: {12: 3}}


def test_two_lines_of_a_product_must_both_be_served():
    wants = [Want(1, LAMP, 3), Want(2, LAMP, 3)]
    assert shares(wants, offer(LAMP, HAM, 5), offer(LAMP, KEL, 6)) == {1: {12: 3}, 2: {12: 3}}


def test_otherwise_each_line_comes_from_where_most_is_available():
    wants = [Want(1, LAMP, 10), Want(2, ROPE, 1)]
    offers = [offer(LAMP, HAM, 2), offer(LAMP, KEL, 7), offer(LAMP, LUB, 4), offer(ROPE, HAM, 1)]
    assert shares(wants, *offers) == {1: {12: 7, 13: 3}, 2: {21: 1}}


def test_of_equals_the_lowest_id_first():
    wants = [Want(1, LAMP, 5)]
    assert shares(wants, offer(LAMP, KEL, 3), offer(LAMP, HAM, 3)) == {1: {11: 3, 12: 2}}


def test_lines_with_a_warehouse_of_their_own_choose_first():
    wants = [Want(1, LAMP, 5), Want(2, LAMP, 5, warehouse=HAM)]
    assert shares(wants, offer(LAMP, HAM, 5), offer(LAMP, KEL, 5)) == {1: {12: 5}, 2: {11: 5}}


def test_a_line_that_can_not_be_served_in_full_gets_what_there_is():
    assert shares([Want(1, LAMP, 5), Want(2, ROPE, 1)], offer(LAMP, HAM, 2)) == {1: {11: 2}, 2: {}}


def test_in_turn_who_comes_first_gets_all():
    wants = [Want(1, LAMP, 4), Want(2, LAMP, 4, warehouse=KEL), Want(3, LAMP, 1)]
    found = allocate_in_turn(wants, [offer(LAMP, HAM, 3), offer(LAMP, KEL, 3)])
    assert {key: dict(parts) for key, parts in found.items()} == {1: {11: 3, 12: 1}, 2: {12: 2}, 3: {}}


@pytest.fixture
def houses(warehouse):
    return warehouse, WarehouseFactory(code="KEL"), WarehouseFactory(code="LUB")


def test_the_lines_warehouse_goes_before_the_orders(clerk, houses):
    ham, kel, lub = houses
    lamp, rope = ProductFactory(sku="LAMP"), ProductFactory(sku="ROPE")
    for house in houses:
        put_in_stock(lamp, house, 10)
        put_in_stock(rope, house, 10)
    order = place((lamp, 2), OrderLine(rope, 3, warehouse=lub), warehouse=kel)
    confirm_order(order, by=clerk)
    assert reserved_of(order) == {("LAMP", "KEL"): 2, ("ROPE", "LUB"): 3}
    assert order.warehouse == kel


def test_goods_elsewhere_do_not_help_an_order_with_a_warehouse(clerk, houses, refused):
    ham, kel, lub = houses
    lamp = ProductFactory(sku="LAMP")
    put_in_stock(lamp, ham, 10)
    put_in_stock(lamp, kel, 1)
    order = place((lamp, 2), warehouse=kel)
    with refused("insufficient_stock", "Only 1 of 2 LAMP") as caught:
        confirm_order(order, by=clerk)
    assert caught.value.details["lines"][0]["warehouse"] == kel.pk


def test_a_free_line_can_be_split_over_warehouses(clerk, houses):
    lamp = ProductFactory(sku="LAMP")
    for house, units in zip(houses, (2, 7, 4), strict=True):
        put_in_stock(lamp, house, units)
    order = confirm_order(place((lamp, 12)), by=clerk)
    assert reserved_of(order) == {("LAMP", "KEL"): 7, ("LAMP", "LUB"): 4, ("LAMP", "HAM"): 1}
    assert order.warehouse is None
