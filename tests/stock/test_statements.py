"""What the services ask of the database: as many statements for a hundred lines as for one, locks before writes."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, Tracking
from stock.models import Warehouse
from stock.services import (
    AdjustmentLine,
    CountLine,
    OpeningLine,
    PurchaseOrderLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    close_stock_transfer,
    create_purchase_order,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_opening_stock,
    enter_stock_count,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    send_purchase_order,
    start_stock_count,
)
from tests.factories.catalog import CategoryFactory, ProductFactory, SupplierFactory
from tests.factories.stock import BinFactory, WarehouseFactory

type Call = Callable[[], object]

FEW, MANY = 1, 100
WRITE = re.compile(r'(UPDATE|INSERT INTO) "(inventory|stock_item|stock_movement)"(?!.*DO NOTHING)')
MOST = 45  # statements, savepoints among them


def products(count: int, tracking: str = Tracking.NONE) -> list[Product]:
    category = CategoryFactory()
    return ProductFactory.create_batch(count, category=category, tracking=tracking, cost=Decimal(3))


def stocked(count: int, warehouse: Warehouse, tracking: str = Tracking.NONE) -> list[Product]:
    rows = products(count, tracking)
    lots = {} if tracking == Tracking.NONE else {"lot_number": "L1"}
    enter_opening_stock([OpeningLine(row, warehouse, 5, Decimal(2), **lots) for row in rows], by=None)
    return rows


def opening(count: int) -> list[Call]:
    rows, warehouse = products(count), WarehouseFactory()
    lines = [OpeningLine(row, warehouse, 5, Decimal(2)) for row in rows]
    return [lambda: enter_opening_stock(lines, by=None)]


def opening_of_lots(count: int) -> list[Call]:
    rows, warehouse = products(count, Tracking.SERIAL), WarehouseFactory()
    lines = [OpeningLine(row, warehouse, 1, Decimal(2), lot_number=row.sku) for row in rows]
    return [lambda: enter_opening_stock(lines, by=None)]


def adjusting(count: int) -> list[Call]:
    warehouse = WarehouseFactory()
    less = [AdjustmentLine(row, warehouse, -2, "broken") for row in stocked(count, warehouse)]
    more = [AdjustmentLine(row, warehouse, 2, "found") for row in stocked(count, warehouse)]
    new = [AdjustmentLine(row, warehouse, 2, "found") for row in products(count)]
    return [partial(adjust_stock, lines, by=None) for lines in (less, more, new)]


def purchasing(count: int) -> list[Call]:
    rows, supplier, warehouse = products(count), SupplierFactory(), WarehouseFactory()
    made = []

    def create() -> None:
        lines = [PurchaseOrderLine(row, 10) for row in rows]
        made.append(create_purchase_order(supplier=supplier, warehouse=warehouse, lines=lines, by=None))

    def receive() -> None:
        lines = [ReceiptLine(row, 4, quantity_rejected=1) for row in rows]
        made.append(receive_purchase_order(made[0], lines, by=None))

    return [
        create,
        lambda: send_purchase_order(made[0], by=None),
        receive,
        lambda: reverse_goods_receipt(made[1], {item.pk: 1 for item in made[1].items.all()}, by=None),
        lambda: reverse_goods_receipt(made[1], by=None),
        lambda: receive_purchase_order(made[0], by=None),
    ]


def transferring(count: int) -> list[Call]:
    here, there = WarehouseFactory(), WarehouseFactory()
    rows = stocked(count, here, Tracking.LOT)
    made = []

    def create() -> None:
        lines = [TransferLine(row, 5) for row in rows]
        made.append(create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=None))

    return [
        create,
        lambda: dispatch_stock_transfer(made[0], by=None),
        lambda: receive_stock_transfer(made[0], {item.pk: 2 for item in made[0].items.all()}, by=None),
        lambda: close_stock_transfer(made[0], "lost", by=None),
    ]


def counting(count: int) -> list[Call]:
    warehouse = WarehouseFactory()
    stocked(count, warehouse)
    shelf, found = BinFactory(warehouse=warehouse), products(count)
    document = create_stock_count(warehouse=warehouse, by=None)

    def enter() -> None:
        known = [CountLine(4, item=item) for item in document.items.all()]
        enter_stock_count(document, [*known, *(CountLine(1, product=row, bin=shelf) for row in found)], by=None)

    return [lambda: start_stock_count(document, by=None), enter, lambda: post_stock_count(document, by=None)]


@pytest.mark.parametrize("scenario", [opening, opening_of_lots, adjusting, purchasing, transferring, counting])
def test_a_hundred_lines_cost_the_statements_of_one(scenario, statements):
    few = [statements(call) for call in scenario(FEW)]
    many = [statements(call) for call in scenario(MANY)]
    assert many == few
    assert max(many) <= MOST


def test_a_refusal_of_a_hundred_lines_costs_the_statements_of_one(statements, refused):
    warehouse = WarehouseFactory()
    taken = []
    for count in (FEW, MANY):
        lines = [AdjustmentLine(row, warehouse, -9, "gone") for row in stocked(count, warehouse)]
        with refused("insufficient_stock"), CaptureQueriesContext(connection) as captured:
            try:
                adjust_stock(lines, by=None)
            finally:
                taken.append(len(captured))
    assert taken[0] == taken[1]


@pytest.mark.postgres
@pytest.mark.parametrize("scenario", [opening, opening_of_lots, adjusting, purchasing, transferring, counting])
def test_balances_are_locked_in_order_before_anything_is_written(scenario):
    """The rows of stock are written under the locks of their balances, taken by id."""
    for call in scenario(2):
        with CaptureQueriesContext(connection) as captured:
            call()
        statements = [query["sql"] for query in captured]
        writes = [i for i, sql in enumerate(statements) if WRITE.match(sql)]
        locks = [i for i, sql in enumerate(statements) if 'FROM "inventory"' in sql and "FOR NO KEY UPDATE" in sql]
        if writes:
            assert locks and locks[0] < writes[0]
        for i in locks:
            assert 'ORDER BY "inventory"."id" ASC' in statements[i]
        lots = [i for i, sql in enumerate(statements) if 'FROM "lot"' in sql and "FOR NO KEY UPDATE" in sql]
        assert not lots or locks[0] < lots[0]
