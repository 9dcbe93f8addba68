from sales.services import confirm_order, release_order, reserve_order
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import balance, put_in_stock
from tests.sales.books import reserved_of


def test_release_gives_everything_free_and_leaves_the_order_confirmed(clerk, warehouse):
    product = ProductFactory()
    order = confirmed_order(product, 4, warehouse=warehouse)
    version = order.updated_at
    assert release_order(order, by=clerk) is order
    assert order.status == "confirmed"
    assert order.updated_at > version
    assert reserved_of(order) == {}
    assert balance(product, warehouse).available == 10
    release_order(order, by=clerk)
    assert balance(product, warehouse).available == 10


def test_reserve_takes_what_is_lacking_and_no_more(clerk, warehouse):
    product = ProductFactory(sku="LAMP")
    order = confirmed_order(product, 4, warehouse=warehouse)
    reserve_order(order, by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 4}
    release_order(order, by=clerk)
    reserve_order(order, by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 4}


def test_reserve_is_all_or_nothing(clerk, warehouse, refused):
    product = ProductFactory()
    order = confirmed_order(product, 8, warehouse=warehouse)
    release_order(order, by=clerk)
    confirm_order(place((product, 5)), by=clerk)
    with refused("insufficient_stock", "Only 5 of 8"):
        reserve_order(order, by=clerk)


def test_where_back_orders_are_allowed_reserve_adds_to_what_it_has(clerk, warehouse):
    product = ProductFactory(sku="LAMP")
    order = confirmed_order(product, 8, warehouse=warehouse, stock=3, allow_backorder=True)
    assert reserved_of(order) == {("LAMP", "HAM"): 3}
    put_in_stock(product, warehouse, 2)
    reserve_order(order, by=clerk)
    assert reserved_of(order) == {("LAMP", "HAM"): 5}
    assert order.items.get().reservations.count() == 1


def test_only_confirmed_orders_reserve(clerk, refused):
    order = place()
    with refused("invalid_state", "Reserve"):
        reserve_order(order, by=clerk)
    with refused("invalid_state", "Release"):
        release_order(order, by=clerk)
