"""Stock put right by hand."""

from decimal import Decimal

from catalog.models import Tracking
from stock.models import MovementKind, StockItem
from stock.services import AdjustmentLine, adjust_stock
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory, LotFactory, WarehouseFactory, balance, default_bin, put_in_stock


def adjust(*line, by=None, **more):
    return adjust_stock([AdjustmentLine(*line, **more)], by=by)


def test_it_adds_and_takes_away_with_a_reason():
    product, warehouse, user = ProductFactory(), WarehouseFactory(), UserFactory()
    put_in_stock(product, warehouse, 10, "6")

    rows = adjust_stock(
        [
            AdjustmentLine(product, warehouse, -4, "broken"),
            AdjustmentLine(product, warehouse, 2, " found ", unit_cost=Decimal("12")),
        ],
        by=user,
    )

    assert [(row.kind, row.quantity, row.value, row.reason) for row in rows] == [
        (MovementKind.ADJUSTMENT, -4, Decimal("-24"), "broken"),
        (MovementKind.ADJUSTMENT, 2, Decimal("24"), "found"),
    ]
    assert {(row.created_by, row.source_id, row.source_type) for row in rows} == {(user, None, "")}
    now = balance(product, warehouse)
    assert (now.quantity, now.stock_value, now.updated_by) == (8, Decimal("60"), user)


def test_goods_without_a_cost_come_in_at_the_average_else_at_the_products_cost():
    product, warehouse = ProductFactory(cost=Decimal("7")), WarehouseFactory()
    [first] = adjust(product, warehouse, 2, "found")
    [second] = adjust(product, warehouse, 2, "found", unit_cost=Decimal("9"))
    [third] = adjust(product, warehouse, 1, "found")
    assert [first.unit_cost, second.unit_cost, third.unit_cost] == [7, 9, 8]


def test_a_cost_is_needed_where_nobody_knows_one(refused):
    product, warehouse = ProductFactory(cost=None), WarehouseFactory()
    with refused("cost_required", product.sku, field="lines/0/unit_cost"):
        adjust(product, warehouse, 2, "found")
    [row] = adjust(product, warehouse, 2, "a gift", unit_cost=Decimal(0))
    assert row.value == 0


def test_goods_leave_from_wherever_they_lie():
    product, warehouse = ProductFactory(), WarehouseFactory()
    shelf = BinFactory(warehouse=warehouse)
    put_in_stock(product, warehouse, 3)
    put_in_stock(product, warehouse, 5, bin=shelf)

    rows = adjust(product, warehouse, -6, "flood")

    assert [(row.bin, row.quantity) for row in rows] == [(default_bin(warehouse), -3), (shelf, -3)]


def test_a_lot_leaves_although_it_is_blocked():
    warehouse, lot = WarehouseFactory(), LotFactory(is_blocked=True)
    put_in_stock(lot.product, warehouse, 5, lot_number=lot.number)
    adjust(lot.product, warehouse, -5, "scrapped", lot=lot)
    assert StockItem.objects.get(lot=lot).quantity == 0


def test_it_refuses_more_than_there_is(refused):
    product, warehouse = ProductFactory(), WarehouseFactory(name="Hamburg")
    shelf = BinFactory(warehouse=warehouse, code="B-1")
    put_in_stock(product, warehouse, 10)
    with refused("insufficient_stock", f"Only 10 of 11 {product.sku} are available (Hamburg)"):
        adjust(product, warehouse, -11, "gone")
    with refused("insufficient_stock", "Only 0 of 1", "bin B-1"):
        adjust(product, warehouse, -1, "gone", bin=shelf)
    with refused("insufficient_stock", "Only 0 of 1"):
        adjust(ProductFactory(), warehouse, -1, "gone")


def test_it_refuses_input_that_can_not_be_right(refused):
    product, warehouse, lot = ProductFactory(), WarehouseFactory(), LotFactory()
    put_in_stock(product, warehouse, 10)
    for wrong in (0, True, 2**31, -(2**31), "1", Decimal("1")):
        with refused("invalid", field="lines/0/quantity"):
            adjust(product, warehouse, wrong, "because")
    for wrong in ("", "   ", "x" * 301, "a\x00b", None):
        with refused("invalid", field="lines/0/reason"):
            adjust(product, warehouse, 1, wrong)
    with refused("invalid", "average", field="lines/0/unit_cost"):
        adjust(product, warehouse, -1, "gone", unit_cost=Decimal(3))
    with refused("wrong_bin", field="lines/0/bin"):
        adjust(product, warehouse, 1, "found", bin=BinFactory())
    with refused("wrong_lot", field="lines/0/lot"):
        adjust(product, warehouse, 1, "found", lot=lot)
    with refused("lot_required", lot.product.sku, field="lines/0/lot"):
        adjust(lot.product, warehouse, -1, "gone")


def test_a_refused_line_takes_the_others_along(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    with refused("insufficient_stock"):
        adjust_stock(
            [AdjustmentLine(product, warehouse, 5, "found"), AdjustmentLine(product, warehouse, -20, "gone")], by=None
        )


def test_a_serial_number_is_one_piece(refused):
    product, warehouse = ProductFactory(tracking=Tracking.SERIAL), WarehouseFactory()
    lot = LotFactory(product=product, number="S1")
    with refused("serial_in_stock", "S1"):
        adjust(product, warehouse, 2, "found", lot=lot)
    adjust(product, warehouse, 1, "found", lot=lot)
    with refused("serial_in_stock", "S1"):
        adjust(product, WarehouseFactory(), 1, "found", lot=lot)
