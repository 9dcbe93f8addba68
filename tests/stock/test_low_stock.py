"""What has to be ordered: at or below the reorder level, counting what is coming and what is waited for."""

import pytest

from stock.models import Inventory, Warehouse
from stock.queries.low_stock import Outlook, low_stock, outlooks
from stock.registry import Backorder
from stock.services import dispatch_stock_transfer, receive_purchase_order, receive_stock_transfer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, SupplierProductFactory
from tests.factories.sales import confirmed_order, place
from tests.factories.stock import (
    PurchaseOrderItemFactory,
    StockTransferFactory,
    StockTransferItemFactory,
    WarehouseFactory,
    balance,
    put_in_stock,
)
from tests.stock.buying import ordered


def keep(level: int | None, quantity: int = 0, *, stock: int = 10, warehouse=None, product=None) -> Inventory:
    """A balance of so much stock with a reorder level."""
    movement = put_in_stock(product or ProductFactory(), warehouse or WarehouseFactory(), stock)
    row = balance(movement.product, movement.warehouse)
    row.reorder_level, row.reorder_quantity = level, quantity
    row.save()
    return row


def only(row: Inventory) -> Outlook:
    """What is known of one balance."""
    (found,) = outlooks(Inventory.objects.filter(pk=row.pk))
    return found


def low() -> list[int]:
    return [row.balance.pk for row in low_stock()]


def test_at_the_level_is_low_and_above_it_is_not():
    at, below, _above, _never = keep(10), keep(11), keep(9), keep(None)
    assert low() == [at.pk, below.pk]


def test_reserved_units_are_not_available():
    row = keep(6)
    assert low() == []
    confirmed_order(row.product, 4, warehouse=row.warehouse, stock=0)
    assert low() == [row.pk]


def test_what_is_ordered_counts_until_it_has_come():
    row = keep(10)
    item = PurchaseOrderItemFactory(
        product=row.product, purchase_order__warehouse=row.warehouse, quantity=3, unit_cost="1"
    )
    assert low() == []
    assert only(row).on_order == 3
    assert [found.balance.pk for found in low_stock(count_drafts=False)] == [row.pk]
    order = ordered(item)
    assert low_stock(count_drafts=False) == []
    receive_purchase_order(order, by=None)
    outlook = only(row)
    assert (outlook.on_order, outlook.expected, outlook.is_low) == (0, 13, False)


def test_an_order_for_another_warehouse_is_no_help():
    row = keep(10)
    PurchaseOrderItemFactory(product=row.product)
    assert low() == [row.pk]


def test_what_is_on_its_way_counts_where_it_arrives():
    row = keep(10)
    transfer = StockTransferFactory(to_warehouse=row.warehouse)
    item = StockTransferItemFactory(transfer=transfer, product=row.product, quantity=5)
    put_in_stock(row.product, transfer.from_warehouse, 5)
    assert low() == [row.pk]
    dispatch_stock_transfer(transfer, by=None)
    assert low() == []
    assert only(row).in_transit == 5
    receive_stock_transfer(transfer, {item.pk: 2}, by=None)
    assert (only(row).in_transit, only(row).expected) == (3, 15)


def test_what_customers_wait_for_is_taken_off():
    row = keep(5, stock=12)
    order = place((row.product, 20), warehouse=row.warehouse, allow_backorder=True, confirm=True)
    assert order.items.get().reservations.get().quantity == 12
    outlook = only(row)
    assert (outlook.balance.available, outlook.backordered, outlook.expected) == (0, 8, -8)
    assert outlook.suggested == 5 + 1 + 8


def test_a_back_order_for_anywhere_counts_once_where_a_level_is_kept_first(monkeypatch):
    product = ProductFactory()
    first, second = keep(5, product=product), keep(5, product=product)

    class Waiting:
        def backorders(self):
            return [Backorder(product.pk, None, 6)]

    monkeypatch.setattr("stock.registry._demand", Waiting())
    assert low() == [first.pk]
    assert [only(row).backordered for row in (first, second)] == [6, 0]
    assert low_stock(Inventory.objects.filter(pk=second.pk)) == []


def test_the_suggestion_reaches_the_level_and_the_reorder_quantity():
    assert only(keep(10, stock=4, quantity=20)).suggested == 26
    assert only(keep(10, stock=4)).suggested == 7, "one more than the level, or it would be low again at once"
    assert only(keep(3, stock=4)).suggested == 0
    assert only(keep(None, stock=4)).suggested == 0


@pytest.mark.parametrize(
    ("minimum", "pack", "suggested"), [(1, 1, 7), (1, 5, 10), (12, 1, 12), (12, 5, 15), (5, 7, 7), (20, 20, 20)]
)
def test_the_suggestion_is_in_full_packs_and_not_below_the_minimum(minimum, pack, suggested):
    row = keep(10, stock=4)
    terms = {"minimum_order_quantity": minimum, "pack_size": pack}
    SupplierProductFactory(product=row.product, is_preferred=True, **terms)
    SupplierProductFactory(product=row.product, minimum_order_quantity=99)
    assert only(row).suggested == suggested


def test_an_inactive_supplier_is_not_preferred():
    row = keep(10)
    SupplierProductFactory(product=row.product, is_preferred=True, supplier__is_active=False)
    assert only(row).offer is None


def test_what_is_retired_is_not_ordered():
    keep(10, product=ProductFactory(is_active=False))
    row = keep(10)
    Warehouse.objects.filter(pk=row.warehouse_id).update(is_active=False)
    assert low() == []


def test_many_rows_cost_the_statements_of_one(statements):
    def fill(count: int) -> None:
        warehouse, user = WarehouseFactory(), UserFactory()
        for _ in range(count):
            row = keep(10, warehouse=warehouse)
            SupplierProductFactory(product=row.product, is_preferred=True)
            place((row.product, 20), allow_backorder=True, confirm=True, user=user)

    fill(1)
    few = statements(low_stock)
    fill(10)
    assert len(low()) == 11
    assert statements(low_stock) == few <= 7
