"""A mistake in the ledger is undone by a further row."""

from decimal import Decimal

from stock.models import MovementKind, StockMovement
from stock.services import AdjustmentLine, adjust_stock, reverse_movement
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import (
    BinFactory,
    LotFactory,
    PurchaseOrderItemFactory,
    WarehouseFactory,
    balance,
    put_in_stock,
)
from tests.stock.buying import received


def adjust(*line, **more) -> StockMovement:
    return adjust_stock([AdjustmentLine(*line, **more)], by=None)[0]


def test_an_outflow_comes_back_to_its_place_with_its_value():
    lot, warehouse, user = LotFactory(), WarehouseFactory(), UserFactory()
    shelf = BinFactory(warehouse=warehouse)
    put_in_stock(lot.product, warehouse, 10, "6", lot_number=lot.number, bin=shelf)
    wrong = adjust(lot.product, warehouse, -4, "broken", lot=lot)
    adjust(lot.product, warehouse, 4, "dear", lot=lot, unit_cost=Decimal(100))

    row = reverse_movement(wrong, reason="not broken", by=user)

    assert (row.kind, row.reverses, row.quantity, row.value) == (MovementKind.REVERSAL, wrong, 4, Decimal(24))
    assert (row.bin, row.lot, row.reason, row.created_by) == (shelf, lot, "not broken", user)
    assert (balance(lot.product, warehouse).quantity, balance(lot.product, warehouse).stock_value) == (14, 460)


def test_an_inflow_takes_its_own_value_and_no_more_than_there_is():
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10, "1")
    dear = adjust(product, warehouse, 10, "found", unit_cost=Decimal(9))  # 20 units at 5 on average
    adjust(product, warehouse, -8, "sold")  # 12 units worth 60

    row = reverse_movement(dear, reason="wrong", by=None)

    assert (row.quantity, row.value) == (-10, Decimal(-60))
    assert (balance(product, warehouse).quantity, balance(product, warehouse).stock_value) == (2, 0)


def test_a_reversal_that_empties_the_balance_takes_all_its_value():
    product, warehouse = ProductFactory(), WarehouseFactory()
    cheap = put_in_stock(product, warehouse, 10, "1")
    put_in_stock(product, warehouse, 10, "9")
    adjust(product, warehouse, -10, "sold")
    row = reverse_movement(cheap, reason="wrong", by=None)
    assert (row.value, balance(product, warehouse).stock_value) == (Decimal(-50), 0)


def test_repeating_it_returns_the_first_reversal():
    row = put_in_stock(ProductFactory(), WarehouseFactory())
    first = reverse_movement(row, reason="wrong", by=None)
    assert reverse_movement(row, reason="again", by=None) == first
    assert StockMovement.objects.count() == 2


def test_it_refuses_when_the_goods_are_gone(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    row = put_in_stock(product, warehouse, 10)
    adjust(product, warehouse, -1, "broken")
    with refused("insufficient_stock", product.sku, "Only 9 of 10"):
        reverse_movement(row, reason="wrong", by=None)


def test_it_refuses_when_the_goods_lie_elsewhere(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    shelf = BinFactory(warehouse=warehouse, code="B-1")
    row = put_in_stock(product, warehouse, 10, bin=shelf)
    adjust(product, warehouse, -10, "moved", bin=shelf)
    adjust(product, warehouse, 10, "moved")
    with refused("insufficient_stock", "bin B-1"):
        reverse_movement(row, reason="wrong", by=None)


def test_it_refuses_a_reversal(refused):
    row = put_in_stock(ProductFactory(), WarehouseFactory())
    reversal = reverse_movement(row, reason="wrong", by=None)
    with refused("is_reversal"):
        reverse_movement(reversal, reason="wrong", by=None)


def test_it_refuses_the_movement_of_a_document(refused):
    receipt = received(PurchaseOrderItemFactory())
    with refused("belongs_to_document", receipt.receipt_number):
        reverse_movement(StockMovement.objects.get(), reason="wrong", by=None)


def test_it_needs_a_reason(refused):
    row = put_in_stock(ProductFactory(), WarehouseFactory())
    with refused("invalid", field="reason"):
        reverse_movement(row, reason=" ", by=None)
