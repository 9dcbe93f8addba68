"""Before anybody is in, and on the way in: nothing is told by time, limits are not got round, links lead nowhere else,
and what is sent makes no lines of its own in logs, files or lists."""

import io
import logging
from logging.config import DictConfigurator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.test import Client

from accounts.models import User
from catalog.models import Product
from inventory_project.base.spreadsheets import as_written, safe
from inventory_project.monitoring.logs import logging_settings
from sales.models import Order
from tests.api_client import address, root_client
from tests.back_office import Desk, errors_of, url
from tests.factories.accounts import PASSWORD, StaffFactory
from tests.factories.billing import issued_invoice
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.sales import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def counters(tmp_path, settings):
    """Tries are counted from nothing."""
    settings.COUNTERS_FILE = str(tmp_path / "counters")


# --- what time tells ------------------------------------------------------------------------------------------------


def test_a_sign_in_costs_the_same_whoever_there_is(counters, monkeypatch):
    """Digests are what takes time: one for each try, also for names that nobody has, or that are closed."""
    made = []
    hasher = get_hasher().__class__
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *args, **kwargs: made.append(1) or encode(*args, **kwargs))
    for name, fields in {"open": {}, "closed": {"is_active": False}, "outside": {"is_staff": False}}.items():
        StaffFactory(username=name, **fields)
    StaffFactory(username="without").set_unusable_password()
    user = User.objects.get(username="without")
    user.set_unusable_password()
    user.save()
    costs = {}
    for name in ("open", "closed", "outside", "without", "nobody"):
        made.clear()
        assert Client().post("/admin/login/", {"username": name, "password": "wrong"}).status_code == 200
        costs[name] = len(made)
    assert set(costs.values()) == {1}, costs
    assert PBKDF2PasswordHasher.iterations >= 1_000_000


def test_a_sign_in_says_the_same_whoever_there_is(counters):
    StaffFactory(username="closed", is_active=False)
    StaffFactory(username="outside", is_staff=False)
    told = {
        errors_of(Client().post("/admin/login/", {"username": name, "password": password}))
        for name in ("closed", "outside", "nobody")
        for password in ("wrong", PASSWORD)
    }
    assert len(told) == 1


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_network_is_one_address(counters, settings, monkeypatch):
    """Whoever has one IPv6 address has 18 trillions of them."""
    StaffFactory(username="ada")
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "sign_in", "100/d")
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "address", "3/d")

    def tries(last: str, password: str = "wrong") -> int:
        sent = {"username": "ada", "password": password}
        return Client().post("/admin/login/", sent, REMOTE_ADDR=f"2001:db8:1:2:{last}").status_code

    assert [tries(f"{number}::{number}") for number in range(5)][:4] == [200] * 4
    assert tries("ffff::9", PASSWORD) == 429
    answer = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="2001:db8:1:3::1")
    assert answer.status_code == 302
    codes = [Client().get("/api/v1/", REMOTE_ADDR=f"2001:db8:1:2::{number}").status_code for number in range(4)]
    assert codes == [401, 401, 401, 429]


@pytest.mark.parametrize("written", ["ADA", "Ada", "\uff41da", "ada ", "\uff21\uff24\uff21"])
def test_another_way_to_write_a_name_gives_no_further_tries(counters, written):
    StaffFactory(username="ada")
    for _time in range(5):
        last = Client().post("/admin/login/", {"username": "ada", "password": "wrong"})
    assert last.status_code == 429
    assert Client().post("/admin/login/", {"username": written, "password": PASSWORD}).status_code == 429


# --- where links lead -----------------------------------------------------------------------------------------------

ELSEWHERE = ["//elsewhere.example", "/\\elsewhere.example", "///elsewhere.example/%2f..", "//elsewhere.example/admin"]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_address_leads_to_another_host(path):
    desk = Desk()
    for before in ("", "/admin", "/api/v1", "/admin/sales/order"):
        for method in ("get", "post"):
            answer = getattr(desk.client, method)(f"{before}{path}")
            assert not answer.headers.get("Location", "").startswith(("//", "/\\", "http")), (before, path)
    for page in ("/admin/sales/order/add/", "/admin/", "/admin/password_change/", "/admin/search/", "/admin/logout/"):
        for name in ("next", "_changelist_filters", "return", "url", "back", "then"):
            answer = desk.client.get(page, {name: path})
            assert "elsewhere" not in answer.headers.get("Location", "")


# --- what is sent ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "text"])
def test_nobody_writes_lines_into_the_log(form, caplog):
    configured = logging_settings(form=form, level="DEBUG")
    maker, stream = DictConfigurator(configured), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(maker.configure_formatter(configured["formatters"][form]))
    for name in configured["handlers"]["stream"]["filters"]:
        handler.addFilter(maker.configure_filter(configured["filters"][name]))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, "inventory.requests"):
            for path in (
                "/admin/x%0aFORGED",
                "/FORGED%0d%0aFORGED",
                "/api/v1/%1b%5b2JFORGED",
                "/admin/%e2%80%a8FORGED",
            ):
                Client().get(path)
            Client().post("/admin/login/", {"username": "x\nFORGED", "password": "x"})
            Client().get("/api/v1/products/", HTTP_AUTHORIZATION="Bearer x\nFORGED", HTTP_X_REQUEST_ID="a\nFORGED")
    finally:
        root.removeHandler(handler)
    lines = stream.getvalue().splitlines()
    assert any("FORGED" in line for line in lines)
    assert [line for line in lines if line.startswith("FORGED") or "\x1b" in line] == []


UNSHOWN = ["\n", "\r\n", "\t", "\x0b", "\x1b[2J", "\x85", "\u2028", "\u202d", "\u202e", "\ufffe"]


@pytest.mark.parametrize("sign", UNSHOWN, ids=[ascii(sign) for sign in UNSHOWN])
def test_a_name_is_one_line_of_what_can_be_seen(sign):
    product, customer, user = ProductFactory(), CustomerFactory(), StaffFactory()
    text = f"Paid{sign}in full"
    for row, field in ((product, "name"), (product, "sku"), (customer, "name"), (user, "first_name")):
        answer = root_client().patch(address(row), {field: text})
        assert answer.status_code == 400, field
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
    answer = Desk().edit(product, name=text)
    assert "can't be shown" in errors_of(answer)
    desk = Desk().client
    page = desk.post("/admin/import/products/", {"cells": f'sku,name,category\nNEW,"{text}",x', "apply": "1"})
    assert not Product.objects.filter(sku="NEW").exists(), page
    assert root_client().patch(address(OrderFactory()), {"notes": "one\nand two"}).status_code == 200


FORMULAS = ["=1+1", "+1", "-1", "@x", "a;=1", "\uff1d1", "x;\u200b=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_rows_that_an_import_refuses_come_back_without_formulas(formula):
    """A list from somebody else is refused, opened in a spreadsheet, corrected and read again."""
    CategoryFactory(name="Tools")
    cells = f'sku,name,category,price\nX1,"{formula}",Nowhere,1'
    answer = Desk().client.post("/admin/import/products/", {"cells": cells, "refused": "1"})
    assert f",{safe(formula)}," in answer.text.replace('"', "")
    again = answer.text.replace("Nowhere", "Tools").lstrip("\ufeff")
    without_reasons = "\n".join(line.rsplit(",", 1)[0] for line in again.splitlines())
    Desk().client.post("/admin/import/products/", {"cells": without_reasons, "apply": "1"})
    assert [product.name for product in Product.objects.filter(sku="X1")] in ([formula], [])
    assert as_written(safe(formula)) == formula


def test_a_record_is_not_saved_as_a_new_one_by_who_may_not_add():
    order = OrderFactory()
    desk = Desk("sales.view_order", "sales.change_order", "sales.view_orderitem")
    data = desk.entries(desk.open(Order, "change", order.pk)) | {"_saveasnew": "1"}
    assert desk.client.post(url(Order, "change", order.pk), data).status_code in (302, 403)
    assert Order.objects.count() == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "31.12.9999", "00000101"])
def test_a_bank_statement_of_no_time_is_refused(day):
    invoice = issued_invoice()
    cells = f"Date,Amount,Reference\n{day},{invoice.balance},{invoice.invoice_number}"
    entries = {"cells": cells, "apply": "1", "record-2": "on", "invoice-2": invoice.pk}
    answer = Desk().client.post("/admin/import/bank-statement/", entries)
    assert answer.status_code == 200
    assert "no day" in answer.text
    invoice.refresh_from_db()
    assert invoice.balance == invoice.total_amount
