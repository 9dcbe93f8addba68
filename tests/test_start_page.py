"""The start page: every number leads to the rows that it counts, and shows only what the person may see."""

import datetime
import re
from decimal import Decimal
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import Invoice
from billing.services import issue_invoice
from inventory_project.base.clock import end_of_day, start_of_day, today
from sales.models import Order
from stock.models import Inventory
from tests.back_office import Desk, url
from tests.factories.billing import InvoiceFactory, InvoiceItemFactory, issued_credit_note, issued_invoice
from tests.factories.sales import SalesReturnFactory, confirmed_order, default_tax_rate, place
from tests.factories.stock import InventoryFactory, PurchaseOrderFactory, StockCountFactory

pytestmark = pytest.mark.django_db

INDEX = "/admin/"


@pytest.fixture(autouse=True)
def no_remembered_numbers():
    cache.clear()


@pytest.fixture
def desk():
    return Desk()


def days_ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


def issued(days: int, due: int | None = None, **line: object) -> Invoice:
    """An invoice issued so many days ago and due so many days ago."""
    draft = InvoiceItemFactory(**line).invoice
    if due is not None:
        Invoice.objects.filter(pk=draft.pk).update(due_date=end_of_day(days_ago(due)))
    # By the clock of the business: late in the evening it is tomorrow there, and was not yet so 60 days ago.
    then = start_of_day(days_ago(days)) + datetime.timedelta(hours=12) if days else timezone.now()
    with mock.patch("django.utils.timezone.now", return_value=then):
        return issue_invoice(draft, by=draft.user)


def a_busy_day() -> None:
    """Something of everything that the page counts."""
    for _number in range(2):
        confirmed_order()
    Order.objects.filter(pk=confirmed_order().pk).update(requested_on=days_ago(3))
    for days_late in (61, 60, 30, 0):
        issued(max(days_late, 0), due=days_late)
    place()
    InvoiceFactory()
    PurchaseOrderFactory()
    PurchaseOrderFactory(status="ordered")
    StockCountFactory(status="counting")
    SalesReturnFactory()
    InventoryFactory(reorder_level=3)
    InventoryFactory()
    Inventory.objects.filter(pk=Inventory.objects.filter(quantity__gt=0).first().pk).update(reorder_level=100)


def rows_behind(desk: Desk, address: str) -> int:
    page = desk.client.get(address)
    assert page.status_code == 200, address
    return page.context["cl"].result_count


def test_each_count_is_that_of_the_list_behind_it(desk):
    a_busy_day()
    page = desk.client.get(INDEX).context
    figures = {figure.label: figure for figure in page["figures"]}
    for name in ("Orders to ship", "Low stock"):
        assert int(figures[name].value) == rows_behind(desk, figures[name].url) > 0
    for name in ("Orders to ship", "Low stock", "Unpaid invoices"):
        assert int(figures[name].note.split()[0]) == rows_behind(desk, figures[name].note_url) > 0
    assert len(page["to_do"]) >= 7
    for task in page["to_do"]:
        assert int(task.count) == rows_behind(desk, task.url) > 0, task.label


def test_money_is_that_of_the_lists_behind_it(desk):
    a_busy_day()
    page = desk.client.get(INDEX).context
    unpaid_figure = next(figure for figure in page["figures"] if figure.label == "Unpaid invoices")
    listed = desk.client.get(unpaid_figure.url).context["cl"].result_list
    assert unpaid_figure.value == f"{sum(row.balance for row in listed):,.2f}"
    assert page["owed"].total == sum(row.balance for row in listed)
    for age in page["owed"].ages:
        listed = desk.client.get(age.url).context["cl"].result_list
        assert age.amount == sum((row.balance for row in listed), Decimal(0)) > 0, age.label


def test_sales_are_those_of_the_report(desk):
    for days, quantity in ((7, 4), (6, 2), (0, 1)):
        issued(days, quantity=quantity, unit_price=Decimal("10"))
    page = desk.client.get(INDEX).context
    sold = page["trade"]
    assert (sold.week, sold.week_before) == (Decimal("30.00"), Decimal("40.00"))
    assert page["figures"][0].value == "30.00"
    assert page["figures"][0].note == "-25 % on the week before"
    for address, expected in ((page["figures"][0].url, "30.00"), (page["figures"][0].note_url, "40.00")):
        report = desk.client.get(address).context
        assert expected in str(report["sums"])
    assert len(sold.days) == len(sold.plot.bars) == 30


def test_a_credit_note_counts_against_the_sales(desk):
    issued_credit_note()
    assert desk.client.get(INDEX).context["trade"].week == 0


def test_the_bars_have_a_table_with_the_same_figures(desk):
    issued_invoice()
    text = desk.client.get(INDEX).content.decode()
    drawn = re.findall(r"<title>([^:]+): ([^<]+)</title>", text)
    table = text[text.index("Show as table") :]
    listed = re.findall(r'<th scope="row">([^<]+)</th><td class="num">([^<]+)</td>', table)
    assert len(drawn) == 30
    assert sorted(drawn) == sorted(listed[:30])
    assert 'role="img" aria-label="Net sales of the last 30 days, by day"' in text


def test_the_next_orders_come_first(desk):
    later, late, whenever = confirmed_order(), confirmed_order(), confirmed_order()
    Order.objects.filter(pk=later.pk).update(requested_on=days_ago(-9))
    Order.objects.filter(pk=late.pk).update(requested_on=days_ago(2))
    assert desk.client.get(INDEX).context["next_to_ship"] == [late, later, whenever]


def test_low_stock_is_shown_where_customers_wait(desk):
    order = confirmed_order()
    line = order.items.get()
    Inventory.objects.filter(product=line.product).update(reorder_level=10_000)
    InventoryFactory(reorder_level=5)
    rows = desk.client.get(INDEX).context["low_stock"]
    assert [(row.sku, row.demand) for row in rows] == [(line.product.sku, line.quantity)]
    assert rows[0].pk == Inventory.objects.get(product=line.product).pk


def test_what_happened_last_comes_first_and_each_document_once(desk):
    invoice, order = issued_invoice(), confirmed_order()
    happened = desk.client.get(INDEX).context["activity"]
    assert (happened[0].number, happened[0].what, happened[0].tone) == (order.order_number, "confirmed", "blue")
    assert invoice.invoice_number in [item.number for item in happened]
    assert len({item.number for item in happened}) == len(happened)
    assert all(desk.client.get(item.url).status_code == 200 for item in happened)
    cache.clear()
    mine = Desk("sales.view_order").client.get(INDEX).context["activity"]
    assert [item.number for item in mine] == [order.order_number]
    assert Desk("catalog.view_product").client.get(INDEX).context["activity"] == []


def test_no_money_without_the_permission():
    a_busy_day()
    desk = Desk("sales.*", "stock.*", "catalog.*")
    page = desk.client.get(INDEX)
    assert [figure.label for figure in page.context["figures"]] == ["Orders to ship", "Low stock"]
    assert not re.search(r">[\d,]+\.\d\d<", page.content.decode())


def test_only_what_one_may_do_is_to_be_done():
    a_busy_day()
    everything = {task.label for task in Desk("*").client.get(INDEX).context["to_do"]}
    mine = {task.label for task in Desk("sales.*").client.get(INDEX).context["to_do"]}
    assert mine < everything
    assert Desk("*.view_*").client.get(INDEX).context["to_do"] is None


def test_what_is_nobodys_is_not_counted():
    desk = Desk("catalog.view_product")
    page = desk.client.get(INDEX)
    assert page.status_code == 200
    assert page.context["figures"] == []
    assert page.context["next_to_ship"] is None


def test_a_new_installation_starts_with_a_checklist(desk):
    page = desk.client.get(INDEX)
    assert [step.is_done for step in page.context["steps"]] == [False, False, False, False]
    assert "figures" not in page.context
    default_tax_rate()
    cache.clear()
    page = desk.client.get(INDEX)
    assert [step.is_done for step in page.context["steps"]] == [False, True, False, False]
    confirmed_order()
    cache.clear()
    assert desk.client.get(INDEX).context["steps"] == []


def test_the_page_costs_little_and_next_to_nothing_again():
    a_busy_day()
    desk = Desk("*")
    desk.client.get(reverse("admin:password_change"))
    for most in (12, 3):
        with CaptureQueriesContext(connection) as queries:
            assert desk.client.get(INDEX).status_code == 200
        assert len(queries) <= most, "\n".join(query["sql"] for query in queries)


def test_the_page_costs_the_superuser_two_queries_again(desk):
    a_busy_day()
    desk.client.get(INDEX)
    with CaptureQueriesContext(connection) as queries:
        desk.client.get(INDEX)
    assert len(queries) == 2


def test_the_numbers_are_new_after_a_minute(desk, monkeypatch):
    def shown() -> str:
        return next(f.value for f in desk.client.get(INDEX).context["figures"] if f.label == "Orders to ship")

    confirmed_order()
    assert shown() == "1"
    confirmed_order()
    assert shown() == "1"
    later = timezone.now().timestamp() + 61
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: later)
    assert shown() == "2"


def test_two_people_with_other_rights_see_other_numbers(desk):
    confirmed_order()
    desk.client.get(INDEX)
    assert "figures" in Desk("catalog.view_product").client.get(INDEX).context
    assert not Desk("catalog.view_product").client.get(INDEX).context["figures"]


def test_the_list_of_the_remark_opens_too(desk):
    a_busy_day()
    text = desk.client.get(INDEX).content.decode()
    main = text[text.index('<div id="content-main">') :]
    for address in set(re.findall(r'href="(/admin/[^"]*)"', main)):
        assert desk.client.get(address.replace("&amp;", "&")).status_code == 200, address
    assert url(Order, "changelist", view="late") in main
