"""Counting what is really there."""

from decimal import Decimal

import pytest

from catalog.models import Tracking
from stock.models import CountStatus, MovementKind, StockCount, StockMovement
from stock.services import (
    AdjustmentLine,
    CountLine,
    adjust_stock,
    cancel_stock_count,
    create_stock_count,
    enter_stock_count,
    post_stock_count,
    start_stock_count,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.stock import (
    BinFactory,
    LotFactory,
    StockCountItemFactory,
    WarehouseFactory,
    balance,
    default_bin,
    put_in_stock,
)


@pytest.fixture
def warehouse():
    return WarehouseFactory(name="Hamburg")


def started(warehouse, **scope) -> StockCount:
    return start_stock_count(create_stock_count(warehouse=warehouse, by=None, **scope), by=None)


def enter(count, *lines: CountLine, by=None) -> StockCount:
    return enter_stock_count(count, lines, by=by)


def test_starting_lists_all_that_lies_in_the_warehouse(warehouse):
    product, lot = ProductFactory(), LotFactory()
    put_in_stock(product, warehouse)
    put_in_stock(lot.product, warehouse, 3, lot_number=lot.number)
    put_in_stock(product, WarehouseFactory())
    gone = ProductFactory()
    put_in_stock(gone, warehouse, 1)
    adjust_stock([AdjustmentLine(gone, warehouse, -1, "broken")], by=None)

    count = create_stock_count(warehouse=warehouse, by=None)
    assert (count.status, count.items.count()) == (CountStatus.DRAFT, 0)
    start_stock_count(count, by=None)

    assert (count.status, count.started_at is not None) == (CountStatus.COUNTING, True)
    lines = {(item.product, item.bin, item.lot) for item in count.items.all()}
    assert lines == {(product, default_bin(warehouse), None), (lot.product, default_bin(warehouse), lot)}
    assert {item.counted_quantity for item in count.items.all()} == {None}
    start_stock_count(count, by=None)
    assert count.items.count() == 2


def test_a_count_may_be_of_one_category_or_bin(warehouse):
    top = CategoryFactory()
    below = ProductFactory(category=CategoryFactory(parent=top))
    other = ProductFactory()
    shelf = BinFactory(warehouse=warehouse)
    for product in (below, other):
        put_in_stock(product, warehouse)
        put_in_stock(product, warehouse, bin=shelf)

    of_category = started(warehouse, category=top)
    assert {item.product for item in of_category.items.all()} == {below}
    cancel_stock_count(of_category, by=None)
    of_bin = started(warehouse, bin=shelf)
    assert {(item.product, item.bin) for item in of_bin.items.all()} == {(below, shelf), (other, shelf)}


def test_only_the_difference_at_the_instant_of_counting_is_posted(warehouse):
    product, user = ProductFactory(), UserFactory()
    put_in_stock(product, warehouse, 10, "2")
    count = started(warehouse)
    adjust_stock([AdjustmentLine(product, warehouse, 5, "before")], by=None)
    item = count.items.get()

    enter(count, CountLine(13, item=item, reason="two missing"), by=user)
    adjust_stock([AdjustmentLine(product, warehouse, -4, "after")], by=None)
    item.refresh_from_db()
    assert (item.counted_quantity, item.expected_quantity, item.difference) == (13, 15, -2)
    assert (item.counted_by, item.counted_at is not None) == (user, True)
    assert post_stock_count(count, by=user) is count

    row = StockMovement.objects.latest("pk")
    assert (row.kind, row.quantity, row.value, row.reason) == (MovementKind.COUNT, -2, -4, "two missing")
    assert (row.reference, row.source_type, row.source_id) == (count.count_number, "stock.stockcountitem", item.pk)
    now = balance(product, warehouse)
    assert (now.quantity, now.last_counted) == (9, item.counted_at)
    assert (count.status, count.posted_at is not None) == (CountStatus.POSTED, True)


def test_posting_twice_moves_once(warehouse):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    count = started(warehouse)
    enter(count, CountLine(8, item=count.items.get()))
    stale = StockCount.objects.get(pk=count.pk)
    post_stock_count(count, by=None)
    post_stock_count(stale, by=None)
    assert (balance(product, warehouse).quantity, stale.status) == (8, CountStatus.POSTED)


def test_a_count_is_corrected_and_taken_back(warehouse):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    count = started(warehouse)
    item = count.items.get()
    enter(count, CountLine(0, item=item))
    item.refresh_from_db()
    assert item.difference == -10
    enter(count, CountLine(None, item=item))
    item.refresh_from_db()
    assert (item.counted_quantity, item.expected_quantity, item.counted_at, item.counted_by) == (None,) * 4
    enter(count, CountLine(11, product=product, bin=item.bin))
    item.refresh_from_db()
    assert (count.items.count(), item.difference) == (1, 1)


def test_lines_that_nobody_counted_stay_as_they_are(warehouse, refused):
    product, other = ProductFactory(), ProductFactory()
    put_in_stock(product, warehouse, 10)
    put_in_stock(other, warehouse, 10)
    count = started(warehouse)
    with refused("nothing_counted"):
        post_stock_count(count, by=None)
    enter(count, CountLine(10, item=count.items.get(product=product)))
    post_stock_count(count, by=None)
    assert (balance(product, warehouse).last_counted is not None, balance(other, warehouse).last_counted) == (
        True,
        None,
    )
    assert not StockMovement.objects.filter(kind=MovementKind.COUNT).exists()


def test_what_nobody_expected_is_counted_too(warehouse):
    known, new = ProductFactory(), ProductFactory(cost=Decimal(3))
    put_in_stock(known, warehouse, 10)
    count = started(warehouse)
    lot = LotFactory()
    shelf = BinFactory(warehouse=warehouse)

    enter(
        count,
        CountLine(10, item=count.items.get()),
        CountLine(2, product=new, bin=shelf),
        CountLine(4, product=lot.product, bin=shelf, lot=lot),
    )
    post_stock_count(count, by=None)

    assert (balance(new, warehouse).quantity, balance(new, warehouse).stock_value) == (2, 6)
    assert balance(lot.product, warehouse).quantity == 4


def test_what_arrived_since_the_start_is_expected_when_it_is_counted(warehouse):
    product, other = ProductFactory(), ProductFactory()
    put_in_stock(other, warehouse)
    count = started(warehouse)
    put_in_stock(product, warehouse, 10)
    enter(count, CountLine(9, product=product, bin=default_bin(warehouse)))
    item = count.items.get(product=product)
    assert (item.expected_quantity, item.stock_item.quantity) == (10, 10)
    post_stock_count(count, by=None)
    assert balance(product, warehouse).quantity == 9


def test_two_counts_are_never_at_the_same_place(warehouse, refused):
    product, other = ProductFactory(), ProductFactory()
    shelf = BinFactory(warehouse=warehouse)
    put_in_stock(product, warehouse, bin=shelf)
    put_in_stock(other, warehouse)
    first = started(warehouse, bin=shelf)

    with refused("counted_elsewhere", first.count_number):
        started(warehouse)
    second = started(warehouse, bin=default_bin(warehouse))
    stranger = ProductFactory()
    enter(first, CountLine(1, product=stranger, bin=shelf))
    cancel_stock_count(second, by=None)
    third = started(warehouse, category=other.category)
    with refused("out_of_scope", stranger.sku):
        enter(third, CountLine(1, product=stranger, bin=shelf))
    in_scope = ProductFactory(category=other.category)
    enter(first, CountLine(1, product=in_scope, bin=shelf))
    with refused("counted_elsewhere", first.count_number):
        enter(third, CountLine(1, product=in_scope, bin=shelf))
    post_stock_count(first, by=None)
    enter(third, CountLine(1, product=in_scope, bin=shelf))


def test_lots_of_a_product_are_places_of_their_own(warehouse):
    product = ProductFactory(tracking=Tracking.LOT)
    here, there = LotFactory(product=product), LotFactory(product=product)
    put_in_stock(product, warehouse, 3, lot_number=here.number)
    count = started(warehouse)
    put_in_stock(product, warehouse, 3, lot_number=there.number)
    draft = StockCountItemFactory(count__warehouse=warehouse, product=product, lot=there).count
    # Only the lots that the first count has not are left to a second one; here the start adds the first's as well.
    cancel_stock_count(count, by=None)
    start_stock_count(draft, by=None)
    assert {item.lot for item in draft.items.all()} == {here, there}


def test_goods_that_left_since_are_refused(warehouse, refused):
    product = ProductFactory()
    put_in_stock(product, warehouse, 10)
    count = started(warehouse)
    enter(count, CountLine(2, item=count.items.get()))
    adjust_stock([AdjustmentLine(product, warehouse, -5, "sold")], by=None)
    with refused("insufficient_stock", product.sku, "Only 5 of 8"):
        post_stock_count(count, by=None)


def test_it_refuses_entries_that_can_not_be_right(warehouse, refused):
    product, lot = ProductFactory(), LotFactory()
    put_in_stock(product, warehouse, 10)
    count = started(warehouse)
    item, place = count.items.get(), default_bin(warehouse)
    for wrong in (-1, True, "3", 2**31):
        with refused("invalid", field="lines/0/counted_quantity"):
            enter(count, CountLine(wrong, item=item))
    with refused("duplicate", field="lines/1"):
        enter(count, CountLine(1, item=item), CountLine(2, product=product, bin=place))
    with refused("invalid", field="lines/0/product"):
        enter(count, CountLine(1))
    with refused("invalid", field="lines/0/item"):
        enter(count, CountLine(1, item=StockCountItemFactory()))
    with refused("invalid", field="lines/0/bin"):
        enter(count, CountLine(1, product=product, bin=BinFactory()))
    with refused("lot_required", field="lines/0/lot"):
        enter(count, CountLine(1, product=lot.product, bin=place))
    with refused("wrong_lot", field="lines/0/lot"):
        enter(count, CountLine(1, product=product, bin=place, lot=lot))
    with refused("wrong_bin", field="bin"):
        create_stock_count(warehouse=warehouse, bin=BinFactory(), by=None)


def test_a_count_of_one_bin_takes_no_other(warehouse, refused):
    product, shelf = ProductFactory(), BinFactory(warehouse=warehouse, code="B-1")
    put_in_stock(product, warehouse, bin=shelf)
    count = started(warehouse, bin=shelf)
    with refused("invalid", "B-1", field="lines/0/bin"):
        enter(count, CountLine(1, product=product, bin=default_bin(warehouse)))


def test_acts_follow_their_order(warehouse, refused):
    put_in_stock(ProductFactory(), warehouse)
    count = create_stock_count(warehouse=warehouse, by=None)
    with refused("invalid_state"):
        enter(count)
    with refused("invalid_state"):
        post_stock_count(count, by=None)
    start_stock_count(count, by=None)
    cancel_stock_count(count, by=None)
    cancel_stock_count(count, by=None)
    assert (count.status, count.cancelled_at is not None) == (CountStatus.CANCELLED, True)
    with refused("invalid_state"):
        start_stock_count(count, by=None)
