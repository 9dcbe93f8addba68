"""Goods from one warehouse to another."""

import pytest

from stock.models import StockTransfer
from tests.factories.catalog import ProductFactory
from tests.factories.stock import WarehouseFactory, balance, put_in_stock

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def test_a_transfer_leaves_in_four_clicks_and_arrives_in_five(sign_in):
    here, there = WarehouseFactory(name="Berlin"), WarehouseFactory(name="Hamburg")
    saw = ProductFactory(sku="SAW")
    put_in_stock(saw, here, 10)
    put_in_stock(ProductFactory(sku="AXE"), here, 10)

    sender = sign_in("Warehouse operator")
    sender.click("Inventory", within="#menu")
    sender.tick("SAW")
    sender.press("Transfer…")
    sender.choose("To", "Hamburg")
    sender.fill("Quantity: SAW", "11")
    sender.press("Dispatch")
    assert "Only 10 of SAW are available in Berlin." in sender.page.locator(".errorlist").inner_text()
    sender.fill("Quantity: SAW", "4")
    sender.press("Dispatch")
    transfer = StockTransfer.objects.get()
    assert sender.title.startswith(transfer.number)
    assert (transfer.status, sender.primary) == ("in_transit", "Receive…")
    assert sender.clicks - 1 == 4  # without the one that was refused

    receiver = sign_in("Warehouse operator")
    receiver.click("Stock transfers", within="#menu")
    receiver.click("In transit", within="#content")
    receiver.click(transfer.number, within="#result_list")
    receiver.step("Receive…")
    receiver.scan("saw", "SAW", "saw", "saw")
    receiver.hears("4 of 4")
    receiver.scan("saw")
    receiver.hears("only 4 here")
    receiver.press("Receive")
    assert receiver.clicks == 5
    assert (balance(saw, here).quantity, balance(saw, there).quantity) == (6, 4)
    assert StockTransfer.objects.get().status == "received"
