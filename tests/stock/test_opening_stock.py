"""What is there on the first day."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Tracking
from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import INTEGER_MAX
from stock.models import Inventory, Lot, MovementKind, StockItem
from stock.services import AdjustmentLine, OpeningLine, adjust_stock, enter_opening_stock, reverse_movement
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock


def test_it_makes_balance_place_and_ledger_row():
    product, warehouse, user = ProductFactory(), WarehouseFactory(), UserFactory()

    [row] = enter_opening_stock([OpeningLine(product, warehouse, 12, Decimal("2.50"))], by=user)

    assert (row.kind, row.quantity, row.unit_cost, row.value) == (
        MovementKind.OPENING,
        12,
        Decimal("2.5"),
        Decimal("30"),
    )
    assert (row.quantity_after, row.source_type, row.source_id, row.created_by) == (12, "", None, user)
    now = balance(product, warehouse)
    assert (now.quantity, now.reserved, now.available, now.stock_value) == (12, 0, 12, Decimal("30"))
    assert (now.created_by, now.updated_by) == (user, user)
    item = StockItem.objects.get()
    assert (item.bin, item.lot, item.quantity) == (default_bin(warehouse), None, 12)


def test_lines_of_several_places_come_back_in_their_order():
    product, here, there = ProductFactory(), WarehouseFactory(), WarehouseFactory()
    shelf = BinFactory(warehouse=there)

    rows = enter_opening_stock(
        [
            OpeningLine(product, there, 3, Decimal(2), bin=shelf),
            OpeningLine(product, here, 5, Decimal(1)),
            OpeningLine(product, there, 1, Decimal(6)),
        ],
        by=None,
    )

    assert [(row.warehouse, row.quantity, row.quantity_after) for row in rows] == [
        (there, 3, 3),
        (here, 5, 5),
        (there, 1, 4),
    ]
    assert balance(product, there).stock_value == Decimal("12")
    assert balance(product, there).average_cost == Decimal("3")


def test_no_lines_are_refused():
    with pytest.raises(InvalidInput, match="at least one line"):
        enter_opening_stock([], by=None)


def test_lots_are_made_and_found_again_in_any_spelling():
    product, warehouse = ProductFactory(tracking=Tracking.LOT), WarehouseFactory()
    lines = [
        OpeningLine(product, warehouse, 3, Decimal(1), lot_number="ab-1 ", expires_on=date(2027, 1, 31)),
        OpeningLine(product, warehouse, 4, Decimal(1), lot_number="AB-1"),
    ]

    rows = enter_opening_stock(lines, by=None)

    lot = Lot.objects.get()
    assert (lot.number, lot.expires_on) == ("ab-1", date(2027, 1, 31))
    assert {row.lot for row in rows} == {lot}
    assert StockItem.objects.get().quantity == 7


def test_it_refuses_where_goods_have_moved(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 5)
    put_in_stock(product, warehouse, 5)
    adjust_stock([AdjustmentLine(product, warehouse, -1, "broken")], by=None)

    with refused("already_moved", product.sku, warehouse.name, "Adjust or count"):
        put_in_stock(product, warehouse, 5)


def test_opening_stock_that_was_taken_back_can_be_entered_anew():
    product, warehouse = ProductFactory(), WarehouseFactory()
    reverse_movement(put_in_stock(product, warehouse, 5), reason="typing error", by=None)

    put_in_stock(product, warehouse, 50, "1.5")

    assert balance(product, warehouse).quantity == 50
    assert balance(product, warehouse).stock_value == Decimal("75")


def test_it_refuses_what_is_no_quantity_or_cost(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    for wrong in (0, -1, INTEGER_MAX + 1, True, "3", Decimal("1.5")):
        with refused("invalid", field="lines/1/quantity"):
            enter_opening_stock(
                [OpeningLine(product, warehouse, 1, Decimal(1)), OpeningLine(product, warehouse, wrong, Decimal(1))],
                by=None,
            )
    for wrong in (Decimal("NaN"), Decimal("-0.01"), Decimal("Infinity"), Decimal("1e12"), "1", 1.5, None):
        with refused("invalid", field="lines/0/unit_cost"):
            enter_opening_stock([OpeningLine(product, warehouse, 1, wrong)], by=None)


def test_it_refuses_a_bin_of_another_warehouse(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    with refused("wrong_bin", field="lines/0/bin"):
        put_in_stock(product, warehouse, bin=BinFactory())


def test_it_refuses_lots_that_do_not_fit_the_product(refused):
    warehouse = WarehouseFactory()
    plain, batch, piece = (ProductFactory(tracking=tracking) for tracking in ("none", "lot", "serial"))
    with refused("wrong_lot", plain.sku, field="lines/0/lot_number"):
        put_in_stock(plain, warehouse, lot_number="L1")
    with refused("lot_required", batch.sku, field="lines/0/lot_number"):
        put_in_stock(batch, warehouse, lot_number="  ")
    with refused("serial_is_one", piece.sku, field="lines/0/quantity"):
        put_in_stock(piece, warehouse, 2, lot_number="S1")
    with refused("invalid", "80", field="lines/0/lot_number"):
        put_in_stock(batch, warehouse, lot_number="x" * 81)
    with refused("invalid", field="lines/0/lot_number"):
        put_in_stock(batch, warehouse, lot_number="a\x00b")


def test_a_serial_number_is_in_stock_once(refused):
    product, here, there = ProductFactory(tracking=Tracking.SERIAL), WarehouseFactory(), WarehouseFactory()
    put_in_stock(product, here, 1, lot_number="S1")
    with refused("serial_in_stock", "S1"):
        put_in_stock(product, there, 1, lot_number="s1")
    with refused("serial_in_stock", "S2"):
        lines = [OpeningLine(product, there, 1, Decimal(1), lot_number="S2") for _ in range(2)]
        enter_opening_stock(lines, by=None)


def test_it_refuses_another_day_of_expiry(refused):
    product, warehouse = ProductFactory(tracking=Tracking.LOT), WarehouseFactory()
    put_in_stock(product, warehouse, lot_number="L1", expires_on=date(2027, 1, 31))
    with refused("wrong_expiry", "L1", "2027-01-31", "2027-02-28", field="lines/0/expires_on"):
        put_in_stock(product, warehouse, lot_number="L1", expires_on=date(2027, 2, 28))


def test_it_refuses_more_than_a_balance_can_hold(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, INTEGER_MAX, "0")
    with refused("out_of_range", product.sku):
        put_in_stock(product, warehouse, 1, "0")
    with refused("out_of_range", product.sku):
        put_in_stock(ProductFactory(sku=f"{product.sku}-2"), warehouse, 2, "99999999999")
    assert Inventory.objects.count() == 1
