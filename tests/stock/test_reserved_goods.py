"""Corrections below what is reserved: refused naming the orders, or the newest reservations give way."""

from collections.abc import Collection, Iterator, Mapping

import pytest
from django.db import transaction

from stock import registry
from stock.models import Inventory
from stock.registry import Claim
from stock.services import (
    AdjustmentLine,
    CountLine,
    adjust_stock,
    change_reserved,
    enter_stock_count,
    post_stock_count,
    reverse_goods_receipt,
    reverse_movement,
    start_stock_count,
)
from tests.factories.catalog import ProductFactory
from tests.factories.stock import (
    BinFactory,
    PurchaseOrderItemFactory,
    StockCountFactory,
    WarehouseFactory,
    balance,
    put_in_stock,
)
from tests.stock.buying import received


class Orders:
    """Stands in for sales: reservations by order, in the order in which they were made."""

    def __init__(self) -> None:
        self.rows: list[Claim] = []

    def reserve(self, row: Inventory, units: int, document: str) -> None:
        with transaction.atomic():
            change_reserved({row.pk: units})
        self.rows.append(Claim(row.pk, units, document))

    def claims(self, inventory_ids: Collection[int]) -> list[Claim]:
        return [row for row in reversed(self.rows) if row.inventory_id in inventory_ids]

    def release(self, units: Mapping[int, int]) -> list[Claim]:
        given = []
        for pk, wanted in units.items():
            for claim in self.claims([pk]):
                part = min(claim.quantity, wanted)
                wanted -= part
                if part:
                    self.rows[self.rows.index(claim)] = Claim(pk, claim.quantity - part, claim.document)
                    given.append(Claim(pk, part, claim.document))
        change_reserved({pk: -number for pk, number in units.items()})
        return given


@pytest.fixture
def orders(monkeypatch) -> Iterator[Orders]:
    orders = Orders()
    monkeypatch.setattr(registry, "_owner", orders)
    return orders


@pytest.fixture
def stock(orders):
    """Ten units, of which eight are reserved for three orders."""
    product, warehouse = ProductFactory(), WarehouseFactory(name="Hamburg")
    movement = put_in_stock(product, warehouse, 10)
    row = balance(product, warehouse)
    for units, document in ((4, "SO-1"), (3, "SO-2"), (1, "SO-3")):
        orders.reserve(row, units, document)
    return movement


def left(orders: Orders) -> list[tuple[str, int]]:
    return [(row.document, row.quantity) for row in orders.rows]


def test_an_adjustment_names_the_orders_newest_first(stock, orders, refused):
    line = AdjustmentLine(stock.product, stock.warehouse, -5, "broken")
    with refused("stock_reserved", stock.product.sku, "Only 2 of 5", "Hamburg", "SO-3, SO-2, SO-1") as caught:
        adjust_stock([line], by=None)
    [facts] = caught.value.details["lines"]
    assert (facts["asked"], facts["available"], facts["reserved"]) == (5, 2, 8)
    assert facts["reserved_for"] == ["SO-3", "SO-2", "SO-1"]


def test_an_adjustment_lets_the_newest_give_way_when_asked(stock, orders):
    adjust_stock([AdjustmentLine(stock.product, stock.warehouse, -5, "broken")], release=True, by=None)
    now = balance(stock.product, stock.warehouse)
    assert (now.quantity, now.reserved) == (5, 5)
    assert left(orders) == [("SO-1", 4), ("SO-2", 1), ("SO-3", 0)]


def test_what_is_free_needs_no_release(stock, orders):
    adjust_stock([AdjustmentLine(stock.product, stock.warehouse, -2, "broken")], release=True, by=None)
    assert left(orders) == [("SO-1", 4), ("SO-2", 3), ("SO-3", 1)]


def test_more_than_there_is_stays_refused(stock, orders, refused):
    with refused("insufficient_stock", "Only 10 of 11"):
        adjust_stock([AdjustmentLine(stock.product, stock.warehouse, -11, "gone")], release=True, by=None)
    assert left(orders) == [("SO-1", 4), ("SO-2", 3), ("SO-3", 1)]


def test_a_reversal_is_refused_or_releases_too(stock, orders, refused):
    with refused("stock_reserved", "SO-3"):
        reverse_movement(stock, reason="wrong", by=None)
    reverse_movement(stock, reason="wrong", release=True, by=None)
    assert balance(stock.product, stock.warehouse).reserved == 0


def test_a_receipt_of_reserved_goods_is_not_taken_back(orders, refused):
    item = PurchaseOrderItemFactory()
    receipt = received(item)
    orders.reserve(balance(item.product, receipt.warehouse), 1, "SO-1")
    with refused("stock_reserved", item.product.sku, "Only 9 of 10", "SO-1"):
        reverse_goods_receipt(receipt, by=None)


def test_a_count_is_refused_or_releases_too(stock, orders, refused):
    count = start_stock_count(StockCountFactory(warehouse=stock.warehouse), by=None)
    enter_stock_count(count, [CountLine(6, item=count.items.get())], by=None)
    with refused("stock_reserved", "Only 2 of 4", "SO-3"):
        post_stock_count(count, by=None)
    post_stock_count(count, release=True, by=None)
    assert left(orders) == [("SO-1", 4), ("SO-2", 2), ("SO-3", 0)]
    assert balance(stock.product, stock.warehouse).quantity == 6


def test_what_a_count_finds_in_another_bin_needs_no_release(stock, orders):
    shelf = BinFactory(warehouse=stock.warehouse)
    count = start_stock_count(StockCountFactory(warehouse=stock.warehouse), by=None)
    lines = [CountLine(0, item=count.items.get()), CountLine(10, product=stock.product, bin=shelf)]
    enter_stock_count(count, lines, by=None)
    post_stock_count(count, by=None)
    now = balance(stock.product, stock.warehouse)
    assert (now.quantity, now.reserved, now.stock_value) == (10, 8, 60)


def test_a_long_list_of_orders_is_cut(orders, refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    for number in range(9):
        orders.reserve(balance(product, warehouse), 1, f"SO-{number}")
    with refused("stock_reserved", "SO-8, SO-7, SO-6, SO-5, SO-4 and 4 more") as caught:
        adjust_stock([AdjustmentLine(product, warehouse, -9, "broken")], by=None)
    assert len(caught.value.details["lines"][0]["reserved_for"]) == 9


def test_without_anybody_who_reserves_the_refusal_still_reads_well(monkeypatch, refused):
    monkeypatch.setattr(registry, "_owner", registry._Nobody())
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    with transaction.atomic():
        change_reserved({balance(product, warehouse).pk: 3})
    with refused("stock_reserved", "3 are reserved for orders"):
        adjust_stock([AdjustmentLine(product, warehouse, -9, "broken")], by=None)
    with refused("insufficient_stock"):
        adjust_stock([AdjustmentLine(product, warehouse, -9, "broken")], release=True, by=None)
