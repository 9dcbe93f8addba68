"""Nothing comes into a bin or a warehouse that was deactivated; how a product is tracked stays while goods arrive."""

import threading

import pytest
from django.db import connection, transaction

from catalog.services import save_product
from inventory_project.base.errors import RuleViolation
from stock.models import Inventory, StockMovement, Warehouse
from stock.services import (
    AdjustmentLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    create_goods_receipt,
    create_stock_transfer,
    dispatch_stock_transfer,
    post_goods_receipt,
    receive_stock_transfer,
    reverse_movement,
    save_bin,
)
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.stock import BinFactory, WarehouseFactory, put_in_stock


@pytest.fixture
def product():
    return ProductFactory(sku="SAW-1")


@pytest.fixture
def warehouse():
    return WarehouseFactory(code="HH", name="Hamburg")


@pytest.fixture
def shelf(warehouse):
    """A bin that somebody deactivates while a document names it."""
    return BinFactory(warehouse=warehouse, code="A-1")


def deactivate(row) -> None:
    type(row).objects.filter(pk=row.pk).update(is_active=False)


def test_goods_are_not_received_into_a_closed_bin(product, warehouse, shelf, refused):
    lines = [ReceiptLine(product, 3, bin=shelf)]
    receipt = create_goods_receipt(supplier=SupplierFactory(), warehouse=warehouse, lines=lines, by=None)
    deactivate(shelf)
    with refused("inactive_bin", "A-1", "Hamburg", "Activate it"):
        post_goods_receipt(receipt, by=None)


def test_nothing_is_found_in_a_closed_bin_or_warehouse(product, warehouse, shelf, refused):
    deactivate(shelf)
    with refused("inactive_bin", "A-1"):
        adjust_stock([AdjustmentLine(product, warehouse, 3, "Found", bin=shelf)], by=None)
    deactivate(warehouse)
    with refused("inactive_warehouse", "Hamburg"):
        adjust_stock([AdjustmentLine(product, Warehouse.objects.get(pk=warehouse.pk), 3, "Found")], by=None)


def test_a_reversal_puts_goods_back_where_they_were(product, warehouse, shelf):
    adjust_stock([AdjustmentLine(product, warehouse, 3, "Found", bin=shelf)], by=None)
    (lost,) = adjust_stock([AdjustmentLine(product, warehouse, -3, "Lost", bin=shelf)], by=None)
    shelf.is_active = False
    save_bin(shelf, by=None)
    reverse_movement(lost, reason="Mistaken", by=None)
    assert Inventory.objects.get().quantity == 3


def test_a_transfer_does_not_set_off_to_a_closed_warehouse(product, warehouse, refused):
    start = WarehouseFactory()
    put_in_stock(product, start, 5)
    lines = [TransferLine(product, 2)]
    transfer = create_stock_transfer(from_warehouse=start, to_warehouse=warehouse, lines=lines, by=None)
    deactivate(warehouse)
    with refused("inactive_warehouse", "Hamburg", field="to_warehouse"):
        dispatch_stock_transfer(transfer, by=None)


def test_a_transfer_waits_until_its_bin_is_open_again(product, warehouse, shelf, refused):
    start = WarehouseFactory()
    put_in_stock(product, start, 5)
    lines = [TransferLine(product, 2, to_bin=shelf)]
    transfer = create_stock_transfer(from_warehouse=start, to_warehouse=warehouse, lines=lines, by=None)
    dispatch_stock_transfer(transfer, by=None)
    shelf.is_active = False
    save_bin(shelf, by=None)
    with refused("inactive_bin", "A-1"):
        receive_stock_transfer(transfer, by=None)
    shelf.is_active = True
    save_bin(shelf, by=None)
    assert receive_stock_transfer(transfer, by=None).status == "received"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_how_a_product_is_tracked_does_not_change_while_its_first_goods_arrive(product, warehouse):
    """The change waits until the receipt is certain, and is refused then."""
    arrived, told = threading.Event(), []

    def change() -> None:
        mine = type(product).objects.get(pk=product.pk)
        mine.tracking = "lot"
        arrived.wait(10)
        try:
            save_product(mine, by=None)
        except RuleViolation as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    other = threading.Thread(target=change)
    other.start()
    with transaction.atomic():
        adjust_stock([AdjustmentLine(product, warehouse, 3, "Found")], by=None)
        arrived.set()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    assert told == ["has_stock"]
    assert StockMovement.objects.get().lot is None
