"""The reports at their doors: pages, API and CSV say the same, to those who may know it."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.default_roles import ROLES
from accounts.permissions import expand, known_permissions
from inventory_project.base.clock import today
from inventory_project.reports.catalogue import REPORTS
from inventory_project.reports.charts import plot
from inventory_project.reports.report import EXPORT, Chart
from inventory_project.reports.sheet import as_csv, safe
from tests.api_client import clerk_client, root_client
from tests.back_office import Desk
from tests.factories.billing import issued_invoice
from tests.factories.sales import CustomerFactory
from tests.integrity.company import Company

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("name", sorted(REPORTS))


def page(desk: Desk, name: str, **query):
    return desk.client.get(f"/admin/reports/{name}/", query)


def parameters(name: str) -> dict[str, object]:
    """What a report must be told."""
    return {"customer": CustomerFactory().pk} if name == "customer-statement" else {}


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@EVERY
def test_without_data_it_says_so(name):
    answer = page(Desk(), name)
    assert answer.status_code == 200
    assert str(REPORTS[name].empty) in answer.content.decode()
    assert "errornote" not in answer.content.decode()


def test_all_doors_show_the_same():
    company = Company.found()
    desk, client = Desk(user=company.by), root_client()
    for name, report in REPORTS.items():
        query = {"customer": company.customer.pk} if name == "customer-statement" else {}
        shown = page(desk, name, **query)
        assert shown.status_code == 200
        told = client.get(f"/api/v1/reports/{name}/", {**query, "limit": 1000})
        assert told.status_code == 200, told.content
        file = table(desk.client.get(f"/admin/reports/{name}/csv/", query).content.decode())
        rows = told.json()["results"]
        assert len(rows) == len(shown.context["rows"]) == len(file) - 1 > 0, name
        for column, position in zip(report.columns, range(len(report.columns)), strict=True):
            if column.is_summed:
                expected = Decimal(told.json()["sums"][column.name])
                assert sum(Decimal(row[column.name]) for row in rows) == expected
                assert sum(Decimal(line[position]) for line in file[1:]) == expected
        assert table(client.get(f"/api/v1/reports/{name}/csv/", query).content.decode()) == file


def test_pages_obey_the_content_security_policy_and_name_their_cells():
    company = Company.found()
    desk = Desk(user=company.by)
    for name in REPORTS:
        text = page(desk, name).content.decode()
        assert "style=" not in text
        assert "onclick" not in text
    text = page(desk, "sales-by-product").content.decode()
    assert "<svg viewBox" in text
    assert 'href="#table"' in text
    assert 'data-label="Net"' in text
    assert f"/admin/catalog/product/{company.box.pk}/change/" in text


@EVERY
def test_each_permission_is_needed(name):
    report = REPORTS[name]
    for missing in report.permissions:
        others = [permission for permission in report.permissions if permission != missing]
        assert page(Desk(*others, "catalog.view_supplier"), name).status_code == 403
        answer = clerk_client(*others, "catalog.view_supplier").get(f"/api/v1/reports/{name}/")
        assert (answer.status_code, answer.json()["permission"]) == (403, missing)
    assert page(Desk(*report.permissions), name).status_code == 200
    answer = clerk_client(*report.permissions).get(f"/api/v1/reports/{name}/", parameters(name))
    assert answer.status_code == 200, answer.content


def test_files_need_their_own_permission():
    may_see = REPORTS["sales-by-day"].permissions
    for permissions, status in ((may_see, 403), ((*may_see, EXPORT), 200), ((EXPORT,), 403)):
        desk = Desk(*permissions)
        assert desk.client.get("/admin/reports/sales-by-day/csv/").status_code == status
        assert clerk_client(*permissions).get("/api/v1/reports/sales-by-day/csv/").status_code == status
    issued_invoice()
    assert "Download CSV" not in page(Desk(*may_see), "sales-by-day").content.decode()
    assert "Download CSV" in page(Desk(*may_see, EXPORT), "sales-by-day").content.decode()


def test_who_may_export_by_default():
    assert EXPORT in known_permissions()
    holders = {role for role, (_description, permissions) in ROLES.items() if EXPORT in expand(permissions)}
    assert holders == {"Administrator", "Accountant"}


def test_costs_stay_with_those_who_may_see_them():
    seen = Desk("billing.view_invoice", "billing.view_creditnote", "catalog.view_product", "stock.view_inventory")
    text = seen.client.get("/admin/reports/").content.decode()
    assert "Sales by product" in text
    assert "Margin" not in text
    assert "Stock value" not in text


def test_the_menu_leads_to_the_reports():
    desk = Desk(*REPORTS["sales-by-day"].permissions)
    assert 'href="/admin/reports/"' in desk.client.get("/admin/").content.decode()
    other = Desk("catalog.view_supplier")
    assert 'href="/admin/reports/"' not in other.client.get("/admin/").content.decode()
    assert other.client.get("/admin/reports/").status_code == 403


BAD_DAYS = [
    ({"since": "2026-02-30"}, "since"),
    ({"since": "yesterday"}, "since"),
    ({"since": "0001-01-01"}, "since"),
    ({"since": "2026-02-02", "until": "2026-02-01"}, "until"),
    ({"since": "1990-01-01", "until": "2026-02-01"}, "since"),
]


@pytest.mark.parametrize(("query", "field"), BAD_DAYS)
def test_bad_days_are_refused_in_words(query, field):
    answer = page(Desk(), "sales-by-day", **query)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert "errornote" in answer.content.decode()
    assert Desk().client.get("/admin/reports/sales-by-day/csv/", query).status_code == 400
    told = root_client().get("/api/v1/reports/sales-by-day/", query)
    assert told.status_code == 400
    assert told.json()["errors"][0]["parameter"] == field


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"sinse": "2026-01-01"}])
def test_wrong_parameters_are_refused(query):
    assert root_client().get("/api/v1/reports/sales-by-day/", query).status_code == 400


@pytest.mark.parametrize("customer", ["", "999999", "9" * 30, "x", "²", "\x00"])
def test_a_statement_needs_a_customer(customer):
    query = {"customer": customer} if customer else {}
    assert root_client().get("/api/v1/reports/customer-statement/", query).status_code == 400
    assert page(Desk(), "customer-statement", **query).status_code == 200


def test_an_unknown_report_is_not_found():
    assert page(Desk(), "sales-by-moon").status_code == 404
    assert root_client().get("/api/v1/reports/sales-by-moon/").status_code == 404


def test_the_limit_leaves_the_sums_alone():
    for _ in range(3):
        issued_invoice()
    told = root_client().get("/api/v1/reports/sales-by-customer/", {"limit": 1}).json()
    assert (len(told["results"]), told["more"], told["sums"]["net"]) == (1, 2, "300.00")
    assert told["until"] == today().isoformat()


def test_a_statement_begins_and_ends_with_a_balance():
    invoice = issued_invoice()
    told = root_client().get("/api/v1/reports/customer-statement/", {"customer": invoice.customer_id}).json()
    rows = [(row["what"], row["number"], row["amount"], row["balance"]) for row in told["results"]]
    assert rows == [
        ("Opening balance", "", None, "0.00"),
        ("Invoice", invoice.invoice_number, "119.00", "119.00"),
        ("Closing balance", "", None, "119.00"),
    ]
    assert str(invoice.customer) in page(Desk(), "customer-statement", customer=invoice.customer_id).content.decode()


@pytest.mark.parametrize("name", ["=1+1", "+49", "-1", "@SUM(A1)", " =1"])
def test_no_cell_is_a_formula(name):
    assert safe(name) == f"'{name}"
    rows = [{"code": "C", "name": name, "id": 1, "quantity": -2, "net": Decimal("-3.50")}]
    assert table(as_csv(REPORTS["sales-by-customer"], rows))[1] == ["C", f"'{name}", "-2", "-3.50"]


def test_markup_is_shown_as_it_is():
    issued_invoice(invoice__customer__name="<script>alert(1)</script>")
    text = page(Desk(), "sales-by-customer").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_long_time_is_drawn_by_month():
    first = datetime.date(2025, 1, 1)
    rows = [{"day": first + datetime.timedelta(days=index), "net": Decimal(index - 50)} for index in range(365)]
    drawn = plot(Chart("day", "net", over_time=True), rows)
    assert len(drawn.bars) == 12
    assert [bar.is_negative for bar in drawn.bars[:3]] == [True, True, False]
    assert plot(Chart("day", "net", over_time=True), []) is None


def test_pages_cost_the_same_for_little_and_for_much():
    desk = Desk()

    def queries(name: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            page(desk, name)
        return len(found)

    issued_invoice()
    few = {name: queries(name) for name in REPORTS}
    for _ in range(4):
        issued_invoice()
    assert {name: queries(name) for name in REPORTS} == few
    assert max(few.values()) <= 9


def test_the_root_of_the_api_leads_to_the_reports_that_one_may_see():
    client = root_client()
    here = client.get("/api/v1/").json()["reports"]
    assert here.endswith("/api/v1/reports/")
    listed = client.get(here).json()
    assert [report["name"] for report in listed] == list(REPORTS)
    assert client.get(listed[0]["url"]).status_code == 200
    clerk = clerk_client("billing.view_invoice", "billing.view_creditnote")
    assert {report["name"] for report in clerk.get(here).json()} < set(REPORTS)
    assert root_client().get("/api/v1/reports/receivables/").json()["customer"] is None


def test_a_customer_s_page_leads_to_statement_and_receivables():
    invoice, other = issued_invoice(), issued_invoice()
    customer, desk = invoice.customer, Desk()
    text = desk.client.get(f"/admin/sales/customer/{customer.pk}/change/").content.decode()
    for name in ("customer-statement", "receivables"):
        assert f"/admin/reports/{name}/?customer={customer.pk}" in text
        shown = page(desk, name, customer=customer.pk)
        assert shown.status_code == 200
        assert invoice.invoice_number in shown.content.decode() or name == "receivables"
    owed = root_client().get(f"/api/v1/reports/receivables/?customer={customer.pk}").json()
    assert (owed["customer"], [row["id"] for row in owed["results"]]) == (customer.pk, [customer.pk])
    assert len(root_client().get("/api/v1/reports/receivables/").json()["results"]) == 2
    assert other.customer.name not in page(desk, "receivables", customer=customer.pk).content.decode()
