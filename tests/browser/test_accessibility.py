"""What assistive technology, dark rooms and small screens need: axe-core finds nothing serious on the main pages."""

import pytest

from billing.services import invoice_order, issue_invoice
from sales.services import request_sales_return
from sales.services.returns import ReturnLine
from stock.services import create_stock_count, send_purchase_order, start_stock_count
from tests.factories.sales import confirmed_order, place, shipped_order
from tests.factories.stock import PurchaseOrderItemFactory

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

RUN = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})).violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .map((found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)"""


@pytest.fixture
def pages():
    """The pages on which most of the work is done, with something on each."""
    order, draft = shipped_order(), place()
    invoice = issue_invoice(invoice_order(order, by=order.user), by=order.user)
    item = order.items.get()
    back = request_sales_return(order, [ReturnLine(item, 1)], "Too large", by=order.user)
    waiting = confirmed_order()
    purchase = send_purchase_order(PurchaseOrderItemFactory().purchase_order, by=None)
    count = start_stock_count(create_stock_count(warehouse=waiting.warehouse, by=None), by=None)
    return [
        "/admin/",
        "/admin/sales/order/",
        f"/admin/sales/order/{draft.pk}/change/",
        f"/admin/sales/order/{waiting.pk}/change/?act=ship",
        "/admin/sales/order/add/",
        f"/admin/sales/salesreturn/{back.pk}/change/",
        f"/admin/billing/invoice/{invoice.pk}/change/",
        f"/admin/billing/invoice/{invoice.pk}/change/?act=pay",
        "/admin/stock/inventory/?view=demand",
        f"/admin/stock/purchaseorder/{purchase.pk}/change/?act=receive",
        f"/admin/stock/stockcount/{count.pk}/change/?act=enter",
        "/admin/import/products/",
        f"/admin/catalog/product/{item.product_id}/change/",
    ]


def problems(person, axe: str, pages: list[str]) -> dict[str, list[str]]:
    found = {}
    for address in pages:
        person.go(address)
        person.page.evaluate(axe)
        if violations := person.page.evaluate(RUN):
            found[address] = violations
    return found


def test_the_main_pages_have_no_serious_violation(sign_in, axe, pages):
    assert problems(sign_in("Administrator"), axe, pages) == {}


def test_neither_have_they_in_the_dark_on_a_phone(sign_in, axe, pages):
    person = sign_in("Administrator", width=390, height=844, scheme="dark")
    assert problems(person, axe, pages[2:12:3]) == {}
    assert person.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 15, 22)"


def test_no_page_is_wider_than_a_phone(sign_in, pages):
    person = sign_in("Administrator", width=390, height=844)
    wide = {}
    for address in pages:
        person.go(address)
        if person.overflow() > 0:
            wide[address] = person.overflow()
    assert wide == {}
