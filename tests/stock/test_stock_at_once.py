"""What eight people do to the same goods in the same instant: nothing is lost or doubled, nobody waits for ever."""

import random
from decimal import Decimal

import pytest

from catalog.models import Tracking
from inventory_project.base.errors import RuleViolation
from stock.models import GoodsReceipt, Inventory, Lot, StockCount, StockMovement, StockTransfer
from stock.services import (
    AdjustmentLine,
    CountLine,
    OpeningLine,
    TransferLine,
    adjust_stock,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_opening_stock,
    enter_stock_count,
    post_goods_receipt,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
    start_stock_count,
)
from tests.factories.catalog import ProductFactory
from tests.factories.stock import (
    GoodsReceiptItemFactory,
    PurchaseOrderItemFactory,
    StockCountFactory,
    WarehouseFactory,
    balance,
    put_in_stock,
)
from tests.stock.buying import ordered

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 12
ONE = Decimal(1)


def codes(wrong: list[Exception]) -> list[str]:
    assert all(isinstance(problem, RuleViolation) for problem in wrong), wrong
    return [problem.code for problem in wrong]


def test_baskets_in_any_order_never_wait_for_each_other(at_once):
    here, there = WarehouseFactory(), WarehouseFactory()
    products = ProductFactory.create_batch(6)
    places = [(product, warehouse) for product in products for warehouse in (here, there)]
    enter_opening_stock([OpeningLine(*place, 1000, ONE) for place in places], by=None)

    def work(client: int) -> None:
        chance = random.Random(client)
        for _round in range(ROUNDS):
            basket = chance.sample(places, 5)
            adjust_stock([AdjustmentLine(*place, chance.choice((-2, 3)), "drift") for place in basket], by=None)

    assert codes(at_once(work)) == []
    assert StockMovement.objects.count() == len(places) + 8 * ROUNDS * 5


def test_the_first_goods_of_many_products_make_one_balance_each(at_once):
    warehouse = WarehouseFactory()
    known, new = ProductFactory.create_batch(4), ProductFactory.create_batch(12)
    enter_opening_stock([OpeningLine(product, warehouse, 1, ONE) for product in known], by=None)

    def work(client: int) -> None:
        basket = [*known, *new]
        random.Random(client).shuffle(basket)
        enter_opening_stock([OpeningLine(product, warehouse, 1, ONE) for product in basket], by=None)

    assert codes(at_once(work)) == []
    assert sorted(Inventory.objects.values_list("quantity", flat=True)) == [8] * 12 + [9] * 4


def test_the_same_new_lots_in_any_order_are_made_once(at_once):
    product, warehouses = ProductFactory(tracking=Tracking.LOT), WarehouseFactory.create_batch(8)

    def work(client: int) -> None:
        numbers = [f"L{number}" for number in range(20)]
        random.Random(client).shuffle(numbers)
        lines = [OpeningLine(product, warehouses[client], 1, ONE, lot_number=number) for number in numbers]
        enter_opening_stock(lines, by=None)

    assert codes(at_once(work)) == []
    assert Lot.objects.count() == 20


def test_a_serial_number_comes_in_once(at_once):
    product, warehouses = ProductFactory(tracking=Tracking.SERIAL), WarehouseFactory.create_batch(8)
    wrong = at_once(lambda client: put_in_stock(product, warehouses[client], 1, lot_number="S1"))
    assert codes(wrong) == ["serial_in_stock"] * 7


def test_the_last_unit_leaves_once(at_once):
    product, here, there = ProductFactory(), WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, here, 1)
    transfers = [
        create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=[TransferLine(product, 1)], by=None)
        for _client in range(8)
    ]
    wrong = at_once(lambda client: dispatch_stock_transfer(transfers[client], by=None))
    assert codes(wrong) == ["insufficient_stock"] * 7
    assert balance(product, here).quantity == 0


def test_a_document_moves_its_goods_once(at_once):
    product, here, there = ProductFactory(), WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, here, 100)
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=[TransferLine(product, 5)], by=None)
    receipt = GoodsReceiptItemFactory(receipt__warehouse=here, product=product, quantity=10).receipt
    count = start_stock_count(StockCountFactory(warehouse=here), by=None)
    enter_stock_count(count, [CountLine(99, item=count.items.get())], by=None)

    for model, document, act in (
        (StockTransfer, transfer, dispatch_stock_transfer),
        (StockTransfer, transfer, receive_stock_transfer),
        (GoodsReceipt, receipt, post_goods_receipt),
        (GoodsReceipt, receipt, reverse_goods_receipt),
        (StockCount, count, post_stock_count),
    ):
        wrong = at_once(lambda _client, m=model, d=document, act=act: act(m.objects.get(pk=d.pk), by=None))
        assert codes(wrong) == []
    assert StockMovement.objects.count() == 6
    assert (balance(product, here).quantity, balance(product, there).quantity) == (94, 5)


def test_all_that_is_open_of_an_order_arrives_once(at_once):
    order = ordered(PurchaseOrderItemFactory(quantity=10))
    receipts = []
    assert codes(at_once(lambda _client: receipts.append(receive_purchase_order(order, by=None)))) == []
    assert len(receipts) == 8
    assert len({receipt.pk for receipt in receipts}) == 1
    assert GoodsReceipt.objects.count() == StockMovement.objects.count() == 1


def test_a_movement_is_reversed_once(at_once):
    movement = put_in_stock(ProductFactory(), WarehouseFactory())
    assert codes(at_once(lambda _client: reverse_movement(movement, reason="wrong", by=None))) == []
    assert StockMovement.objects.count() == 2


def test_one_of_eight_counts_takes_the_places(at_once):
    warehouse = WarehouseFactory()
    put_in_stock(ProductFactory(), warehouse)
    counts = StockCountFactory.create_batch(8, warehouse=warehouse)
    wrong = at_once(lambda client: start_stock_count(counts[client], by=None))
    assert codes(wrong) == ["counted_elsewhere"] * 7


def test_everything_at_once_keeps_the_books(at_once):
    """Adjusting, counting, transferring and receiving one product: each waits its turn, and all of it counts."""
    product, here, there = ProductFactory(), WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, here, 1000)
    put_in_stock(product, there, 1000)
    count = start_stock_count(StockCountFactory(warehouse=here), by=None)
    item = count.items.get()

    def work(client: int) -> None:
        for _round in range(ROUNDS):
            match client % 4:
                case 0:
                    adjust_stock([AdjustmentLine(product, here, -1, "broken")], by=None)
                case 1:
                    source, target = (here, there) if client == 1 else (there, here)
                    transfer = create_stock_transfer(
                        from_warehouse=source, to_warehouse=target, lines=[TransferLine(product, 1)], by=None
                    )
                    receive_stock_transfer(dispatch_stock_transfer(transfer, by=None), by=None)
                case 2:
                    put_in = GoodsReceiptItemFactory(receipt__warehouse=here, product=product, quantity=1)
                    post_goods_receipt(put_in.receipt, by=None)
                case 3:
                    enter_stock_count(count, [CountLine(900, item=item)], by=None)

    assert codes(at_once(work)) == []
    assert (balance(product, here).quantity, balance(product, there).quantity) == (1000, 1000)
    post_stock_count(count, by=None)
