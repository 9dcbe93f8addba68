"""Each warehouse has exactly one default bin."""

import pytest
from django.db import IntegrityError, transaction

from inventory_project.base.errors import RuleViolation
from stock.models import Bin, Warehouse
from stock.services import (
    AdjustmentLine,
    TransferLine,
    adjust_stock,
    close_stock_transfer,
    create_goods_receipt,
    create_stock_transfer,
    default_bins,
    delete_bin,
    dispatch_stock_transfer,
    save_bin,
    save_warehouse,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.stock import BinFactory, WarehouseFactory, default_bin, put_in_stock


def test_a_warehouse_is_made_with_its_default_bin():
    user = UserFactory()
    warehouse = save_warehouse(Warehouse(code="HH", name="Hamburg"), by=user)
    place = warehouse.bins.get()
    assert (place.code, place.is_default, place.created_by) == ("MAIN", True, user)
    save_warehouse(warehouse, by=user)
    assert warehouse.bins.count() == 1


def test_a_warehouse_that_has_bins_gets_one_of_them_as_default():
    warehouse = Warehouse.objects.create(code="HH", name="Hamburg")
    Bin.objects.create(warehouse=warehouse, code="OLD", is_active=False)
    shelf = Bin.objects.create(warehouse=warehouse, code="A-1")
    save_warehouse(warehouse, by=None)
    assert default_bin(warehouse) == shelf


def test_a_code_that_is_taken_is_not_taken_again():
    warehouse = Warehouse.objects.create(code="HH", name="Hamburg")
    Bin.objects.create(warehouse=warehouse, code="main", is_active=False)
    save_warehouse(warehouse, by=None)
    assert default_bin(warehouse).code == "MAIN-2"


def test_the_default_moves_to_another_bin():
    warehouse = WarehouseFactory()
    old = default_bin(warehouse)
    shelf = BinFactory(warehouse=warehouse)
    shelf.is_default = True
    save_bin(shelf, by=None)
    assert default_bin(warehouse) == shelf
    old.refresh_from_db()
    assert not old.is_default
    new = save_bin(Bin(warehouse=warehouse, code="NEW", is_default=True), by=None)
    assert default_bin(warehouse) == new


def test_the_default_is_not_unticked_deleted_or_deactivated(refused):
    place = default_bin(WarehouseFactory())
    place.is_default = False
    with refused("no_default_bin", field="is_default"):
        save_bin(place, by=None)
    with refused("no_default_bin", "MAIN"):
        delete_bin(Bin.objects.get(), by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bin.objects.update(is_active=False)


def test_other_bins_come_and_go(refused):
    warehouse = WarehouseFactory()
    shelf = save_bin(Bin(warehouse=warehouse, code="A-1"), by=None)
    delete_bin(shelf, by=None)
    assert warehouse.bins.count() == 1
    shelf = BinFactory(warehouse=warehouse)
    shelf.warehouse = WarehouseFactory()
    with refused("wrong_bin", field="warehouse"):
        save_bin(shelf, by=None)


def test_a_warehouse_without_default_bin_is_named():
    Warehouse.objects.create(code="HH", name="Hamburg")
    with pytest.raises(RuleViolation, match="Hamburg: there is no default bin"):
        put_in_stock(ProductFactory(), Warehouse.objects.get())
    assert default_bins([]) == {}


def test_a_warehouse_with_goods_in_it_or_on_their_way_stays_active(refused):
    here, there, product = WarehouseFactory(name="Hamburg"), WarehouseFactory(name="Kiel"), ProductFactory(sku="NAIL")
    put_in_stock(product, here, 5)
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=[TransferLine(product, 5)], by=None)
    here.is_active = there.is_active = False
    with refused("has_stock", "Hamburg", "5 NAIL", field="is_active"):
        save_warehouse(here, by=None)
    dispatch_stock_transfer(transfer, by=None)
    save_warehouse(here, by=None)
    with refused("in_transit", "Kiel", transfer.number, field="is_active"):
        save_warehouse(there, by=None)
    close_stock_transfer(transfer, "lost", by=None)
    save_warehouse(there, by=None)
    assert not Warehouse.objects.active().exists()


def test_one_that_was_deactivated_before_can_still_be_renamed():
    warehouse = WarehouseFactory()
    put_in_stock(ProductFactory(), warehouse, 5)
    Warehouse.objects.update(is_active=False)
    warehouse.refresh_from_db()
    warehouse.name = "Old shed"
    save_warehouse(warehouse, by=None)
    assert Warehouse.objects.get().name == "Old shed"


def test_a_bin_with_goods_in_it_stays_active(refused):
    shelf, product = BinFactory(code="A-7"), ProductFactory(sku="NAIL")
    put_in_stock(product, shelf.warehouse, 5, bin=shelf)
    shelf.is_active = False
    with refused("has_stock", "A-7", "5 NAIL", field="is_active"):
        save_bin(shelf, by=None)
    adjust_stock([AdjustmentLine(product, shelf.warehouse, -5, "gone")], by=None)
    save_bin(shelf, by=None)
    assert not Bin.objects.get(pk=shelf.pk).is_active


def test_a_warehouse_that_was_closed_receives_nothing(refused):
    warehouse = WarehouseFactory(is_active=False)
    with refused("inactive", field="warehouse"):
        create_goods_receipt(supplier=SupplierFactory(), warehouse=warehouse, by=None)
