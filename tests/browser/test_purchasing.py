"""From low stock to goods on the shelf."""

import re

import pytest

from catalog.models import Tracking
from stock.models import GoodsReceipt, Inventory, PurchaseOrder
from stock.services import send_purchase_order
from tests.factories.catalog import ProductBarcodeFactory, ProductFactory, SupplierFactory
from tests.factories.stock import PurchaseOrderItemFactory, WarehouseFactory, balance, put_in_stock
from tests.stock.test_reorder import offered

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order():
    """An order of 49 tapes, which have a barcode, and of 27 drills, which are tracked by lot."""
    tape = PurchaseOrderItemFactory(quantity=49, product=ProductFactory(sku="TAPE", name="Insulated tape"))
    ProductBarcodeFactory(product=tape.product, code="4006381333931")
    drill = ProductFactory(sku="DRILL", name="Telescopic drill", tracking=Tracking.LOT)
    PurchaseOrderItemFactory(purchase_order=tape.purchase_order, product=drill, quantity=27)
    return send_purchase_order(tape.purchase_order, by=None)


def receive_page(person, order):
    person.click("Receive purchase orders", exact=False)
    person.click(order.number, within="#result_list")
    assert person.primary == "Receive…"
    person.step("Receive…")
    assert person.title == f"Receive {order}"


def test_a_purchase_order_is_received_in_two_parts(sign_in, order):
    person = sign_in("Warehouse operator")
    receive_page(person, order)
    person.scan("4006381333931", "tape", "TAPE", "4006381333931")
    person.hears("TAPE – Insulated tape: 4 of 49")
    person.scan("999")
    person.hears("Nothing here has the code 999.")
    assert GoodsReceipt.objects.count() == 0  # Enter in the box never sends the form

    person.press("Post receipt")
    receipt = GoodsReceipt.objects.get()
    assert f"{receipt.number}: 4 units taken in. 2 lines of {order.number} are still open." in person.said
    assert person.title.startswith(order.number)
    assert "Partially received" in person.title

    person.step("Receive…")
    person.press("Accept everything still open", stays=True)
    person.fill("Lot or serial number: DRILL", "L7")
    person.press("Post receipt")
    assert "has arrived completely" in person.said
    assert balance(order.items.first().product, order.warehouse).quantity == 49


def test_receiving_everything_takes_five_clicks(sign_in):
    item = PurchaseOrderItemFactory(quantity=3)
    order = send_purchase_order(item.purchase_order, by=None)
    person = sign_in("Warehouse operator")
    receive_page(person, order)
    person.press("Accept everything still open", stays=True)
    person.press("Post receipt")
    assert "3 units taken in" in person.said
    assert person.clicks == 5


def test_too_many_are_refused_at_the_field(sign_in, order):
    person = sign_in("Warehouse operator")
    receive_page(person, order)
    person.fill("Accept: TAPE", "50")
    person.press("Post receipt")
    row = person.page.locator("tr", has_text="Insulated tape")
    assert "Accept at most 49" in row.locator(".errorlist").inner_text()
    assert row.locator("input").first.input_value() == "50"
    assert GoodsReceipt.objects.count() == 0


def test_receiving_with_the_keyboard_alone(sign_in):
    item = PurchaseOrderItemFactory(quantity=3, product__sku="SAW")
    order = send_purchase_order(item.purchase_order, by=None)
    person = sign_in("Warehouse operator")
    keys, page = person.page.keyboard, person.page

    def until(text: str) -> None:
        for _press in range(60):
            if text == page.evaluate("document.activeElement.matches('a, button') && document.activeElement.innerText"):
                keys.press("Enter")
                page.wait_for_load_state()
                return
            keys.press("Tab")
        pytest.fail(f"Tab does not reach “{text}”")

    keys.press("/")
    keys.type(order.number)
    keys.press("Enter")
    page.wait_for_url(re.compile("/purchaseorder/"))
    until("Receive…")
    page.wait_for_url(re.compile("act=receive"))
    keys.type("saw")
    keys.press("Enter")
    person.hears("1 of 3")
    until("Post receipt")
    person.sees("1 unit taken in.")
    assert person.clicks == 0


def test_without_scripts_the_same_is_typed(browser, live_server, sign_in, order):
    signed_in = sign_in("Warehouse operator")
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(signed_in.page.context.cookies())
    page = context.new_page()
    page.goto(f"/admin/stock/purchaseorder/{order.pk}/change/?act=receive")
    assert not page.locator("#scan-box").is_visible()
    page.get_by_role("button", name="Accept everything still open").click()
    assert page.get_by_label("Accept: TAPE").input_value() == "49"
    page.get_by_label("Accept: DRILL").fill("")
    page.get_by_role("button", name="Post receipt").last.click()
    assert "49 units taken in" in page.locator(".messagelist").inner_text()
    context.close()


def test_low_stock_is_ordered_in_four_clicks(sign_in):
    acme, other = SupplierFactory(name="Acme"), SupplierFactory(name="Other")
    warehouse = WarehouseFactory()
    for supplier, sku in ((acme, "SAW"), (acme, "AXE"), (other, "NAIL")):
        put_in_stock(offered(supplier, sku=sku), warehouse, 2)
    Inventory.objects.update(reorder_level=10, reorder_quantity=5)
    person = sign_in("Warehouse operator")
    person.click(re.compile("^Low stock"), exact=False, within=".figures")
    person.tick()
    person.press("Reorder…")
    person.page.get_by_role("button", name="Create 2 draft orders").wait_for()
    person.press("Create 2 draft orders")
    assert person.clicks == 4
    assert person.title == "Purchase orders"
    assert person.page.locator("#result_list tbody tr").count() == 2
    assert sorted(order.items.count() for order in PurchaseOrder.objects.all()) == [1, 2]
