"""Counting what is really there."""

import pytest

from stock.models import StockCount, StockCountItem
from stock.services import AdjustmentLine, adjust_stock, create_stock_count, start_stock_count
from tests.factories.catalog import ProductBarcodeFactory, ProductFactory
from tests.factories.stock import BinFactory, WarehouseFactory, balance, put_in_stock

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def warehouse():
    """Ten gloves, which have a barcode, and five saws."""
    warehouse = WarehouseFactory(name="Hamburg")
    gloves = ProductFactory(sku="GLOVES", name="Work gloves")
    ProductBarcodeFactory(product=gloves, code="4006381333931", quantity=2)
    put_in_stock(gloves, warehouse, 10)
    put_in_stock(ProductFactory(sku="SAW", name="Hand saw"), warehouse, 5)
    return warehouse


def counted(sku: str) -> int | None:
    return StockCountItem.objects.get(product__sku=sku).counted_quantity


def test_a_count_from_new_to_posted_takes_five_clicks(sign_in, warehouse):
    person = sign_in("Warehouse operator")
    person.click("Stock counts", within="#menu")
    person.click("Add stock count", within="#content")
    person.choose("Warehouse", "Hamburg")
    person.press("Enter counts…")
    assert person.title == "Enter counts of SC-000001"

    person.scan("4006381333931", "gloves", "GLOVES", "4006381333931")
    person.hears("GLOVES – Work gloves in MAIN: 6")
    person.scan("123")
    person.hears("No product and no bin has the code 123.")
    saw = person.page.get_by_label("Counted: SAW")
    saw.fill("5")
    saw.press("Enter")
    person.hears("Saved")
    assert (counted("GLOVES"), counted("SAW")) == (6, 5)
    assert person.page.locator("tr", has_text="GLOVES").locator(".badge.red").inner_text() == "-4"

    person.page.reload()
    assert saw.input_value() == "5"
    person.click("Post differences…", within="#content")
    assert "1 differs: -4 units." in person.page.locator("#act-form").inner_text()
    assert person.page.locator("table.grid tbody tr").count() == 1
    person.fill("Reason", "Quarterly count")
    person.press("Post")
    assert "SC-000001 is posted: 1 difference." in person.said
    assert person.clicks == 5
    assert balance(StockCountItem.objects.get(product__sku="GLOVES").product, warehouse).quantity == 6


def test_what_moved_since_it_was_counted_is_preset_to_be_counted_again(sign_in, warehouse):
    count = start_stock_count(create_stock_count(warehouse=warehouse, by=None), by=None)
    person = sign_in("Warehouse operator")
    person.go(f"/admin/stock/stockcount/{count.pk}/change/?act=enter")
    for name, units in (("GLOVES", "8"), ("SAW", "4")):
        person.fill(f"Counted: {name}", units)
        person.page.keyboard.press("Enter")
        person.hears(name)
    adjust_stock([AdjustmentLine(count.items.get(product__sku="SAW").product, warehouse, 1, "found")], by=None)
    person.click("Post differences…", within="#content")
    assert person.page.locator("tr", has_text="SAW").get_by_role("checkbox").is_checked()
    assert not person.page.locator("tr", has_text="GLOVES").get_by_role("checkbox").is_checked()
    person.fill("Reason", "Quarterly count")
    person.press("Post")
    assert "1 place is to be counted again: SC-000002" in person.said
    assert person.title == "Enter counts of SC-000002"
    other = StockCount.objects.get(count_number="SC-000002")
    assert [item.product.sku for item in other.items.all()] == ["SAW"]


def test_a_blind_count_on_a_phone_shows_no_expectation(sign_in, warehouse):
    BinFactory(warehouse=warehouse, code="SHELF-7")
    count = start_stock_count(create_stock_count(warehouse=warehouse, is_blind=True, by=None), by=None)
    person = sign_in("Warehouse operator", width=390, height=844)
    person.go(f"/admin/stock/stockcount/{count.pk}/change/?act=enter")
    assert person.overflow() <= 0
    assert person.page.locator("#scan-box").bounding_box()["y"] < 400  # at hand without scrolling
    assert "Expected" not in person.page.locator("#act-form").inner_text()
    person.scan("4006381333931")
    person.hears("GLOVES – Work gloves in MAIN: 2")
    person.scan("shelf-7", "SAW")
    person.hears("SAW – Hand saw in SHELF-7: 1")
    assert person.page.locator(".badge.red").count() == 0
    person.page.get_by_role("button", name="Menu").click()
    person.page.locator("#menu.open").wait_for()
    person.page.keyboard.press("Escape")
    assert person.overflow() <= 0
