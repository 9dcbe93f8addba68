"""From an order to the money, and back."""

import re

import pytest

from billing.models import CreditNote, Invoice, Payment
from billing.services import invoice_order, issue_invoice
from sales.models import Order, SalesReturn
from tests.factories.billing import issued_invoice
from tests.factories.catalog import ProductFactory
from tests.factories.sales import place, shipped_order
from tests.factories.stock import WarehouseFactory, balance, put_in_stock

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def test_from_the_draft_to_the_money_in_eight_clicks(sign_in):
    product, warehouse = ProductFactory(price="100"), WarehouseFactory()
    put_in_stock(product, warehouse, 5)
    order = place((product, 2))

    seller = sign_in("Sales")
    seller.click(re.compile("^Confirm new orders"), exact=False)
    seller.click(order.number, within="#result_list")
    assert seller.primary == "Confirm"
    seller.step("Confirm")
    assert seller.primary == "Ship…"
    seller.step("Ship…")
    assert seller.page.get_by_label("Ship: ").first.input_value() == "2"
    seller.fill("Carrier", "DHL")
    seller.press("Ship now")
    assert seller.primary == "Create invoice"
    seller.step("Create invoice")
    assert "Draft" in seller.title
    draft = Invoice.objects.get()

    accountant = sign_in("Accountant")
    accountant.go(f"/admin/billing/invoice/{draft.pk}/change/")
    assert accountant.primary == "Issue"
    accountant.step("Issue and record payment")
    assert accountant.page.get_by_label("Amount").input_value() == "238.00"
    accountant.fill("Amount", "300")
    accountant.press("Record payment")
    assert "238.00" in accountant.page.locator(".errorlist").first.inner_text()
    accountant.fill("Amount", "238.00")
    accountant.press("Record payment")
    assert "Paid" in accountant.title
    assert seller.clicks + accountant.clicks - 1 == 8  # without the one that was refused
    assert Invoice.objects.get().status == "paid"


def test_pressing_twice_and_going_back_makes_one_shipment(sign_in):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 5)
    order = place((product, 4))
    person = sign_in("Sales")
    person.go(f"/admin/sales/order/{order.pk}/change/")
    person.step("Confirm")
    person.step("Ship…")
    person.fill("Ship: ", "1")
    person.page.get_by_role("button", name="Ship now").last.dblclick()
    person.page.wait_for_url(re.compile("/change/$"))
    assert Order.objects.get().shipments.count() == 1
    person.page.go_back()  # shows what is there now, so what is sent from it is meant anew
    row = person.page.locator("table.grid tbody tr").first.inner_text().split()
    assert row[-3:] == ["4", "1", "3"]


def test_a_form_that_the_browser_sends_again_has_no_second_effect(sign_in):
    person = sign_in("Accountant")
    invoice = issued_invoice()
    person.go(f"/admin/billing/invoice/{invoice.pk}/change/?act=pay")
    with person.page.expect_request(lambda request: request.method == "POST") as sent:
        person.press("Record payment")
    again = person.page.context.request.post(
        sent.value.url,
        data=sent.value.post_data,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Referer": person.home},
    )
    assert again.ok
    assert "nothing was done a second time" in again.text()
    assert Payment.objects.count() == 1


def test_a_line_that_is_chosen_shows_what_is_available_and_the_price(sign_in):
    product = ProductFactory(price="7.50")
    put_in_stock(product, WarehouseFactory(), 41)
    person = sign_in("Sales")
    person.go("/admin/sales/order/add/")
    row = person.page.locator("#items-0")
    row.locator(".select2-selection").first.click()
    person.page.locator(".select2-search__field").fill(product.sku)
    person.page.locator(".select2-results__option", has_text=product.sku).click()
    row.locator("[data-expected]", has_text="41").wait_for()
    assert row.locator("[name$=-unit_price]").get_attribute("placeholder") == "7.50"
    assert row.locator(".field-price_origin").inner_text().strip() == "Product"


def test_a_return_from_order_to_credit_note_in_six_clicks(sign_in):
    order = shipped_order(quantity=3)
    issue_invoice(invoice_order(order, by=order.user), by=order.user)
    product, warehouse = order.items.get().product, order.warehouse

    seller = sign_in("Sales")
    seller.go(f"/admin/sales/order/{order.pk}/change/")
    seller.step("Return…")
    seller.page.get_by_role("checkbox", name=re.compile("^All")).check()
    assert seller.page.get_by_label("Comes back: ").input_value() == "3"
    seller.fill("Comes back: ", "2")
    seller.fill("Reason", "Too large")
    seller.press("Create return")
    assert seller.primary == "Receive…"
    seller.step("Receive…")
    seller.press("Accept")
    assert SalesReturn.objects.get().status == "received"
    assert balance(product, warehouse).quantity == 9

    accountant = sign_in("Accountant")
    accountant.go(f"/admin/sales/salesreturn/{SalesReturn.objects.get().pk}/change/")
    assert accountant.primary == "Create credit note"
    accountant.step("Create credit note")
    accountant.step("Issue")
    assert CreditNote.objects.get().status == "issued"
    assert seller.clicks + accountant.clicks == 6
