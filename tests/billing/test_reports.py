"""Figures about money: each agrees with the others, with the documents and with the ledger, to the cent."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from billing.models import CreditNote, Invoice
from billing.queries.margin import cost_of_goods, margin
from billing.queries.receivables import receivables
from billing.queries.sales import COUNTED, By, sales, sums
from billing.queries.span import Span
from billing.queries.statement import statement
from billing.queries.tax import tax
from billing.services import (
    InvoiceLine,
    cancel_invoice,
    create_credit_note,
    create_invoice,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    refund_credit_note,
    void_payment,
)
from inventory_project.base.clock import today
from inventory_project.base.money import ZERO
from stock.models import Inventory, MovementKind, StockMovement
from stock.queries.figures import from_parts
from stock.queries.worth import stock_worth
from tests.factories.accounts import UserFactory
from tests.factories.billing import issued_credit_note, issued_invoice
from tests.factories.sales import CustomerFactory
from tests.integrity.company import Company

pytestmark = pytest.mark.django_db


def this_year() -> Span:
    return Span(today() - datetime.timedelta(days=365), today())


def days(number: int) -> datetime.date:
    return today() + datetime.timedelta(days=number)


def total_of(rows, column: str) -> Decimal:
    """Added up from the rows themselves, in Python: databases may add decimals as they like."""
    return sum(rows.values_list(column, flat=True), ZERO)


def invoices():
    return Invoice.objects.filter(status__in=COUNTED)


def notes():
    return CreditNote.objects.filter(status="issued")


def test_sales_are_the_same_however_they_are_cut():
    Company.found()
    due = total_of(invoices(), "subtotal_amount") - total_of(notes(), "subtotal_amount")
    assert due > 0
    for by in By:
        assert sum((row.net for row in sales(by, this_year())), ZERO) == due, by
    units = {by: sum(row.quantity for row in sales(by, this_year())) for by in By}
    assert len(set(units.values())) == 1


def test_tax_is_that_of_the_documents():
    Company.found()
    rows = tax(this_year())
    assert sum(row.tax for row in rows) == total_of(invoices(), "tax_amount") - total_of(notes(), "tax_amount")
    assert sum(row.net for row in rows) == sum(row.net for row in sales(By.DAY, this_year()))
    assert {row.percent for row in rows} >= {Decimal(7), Decimal(19)}
    assert {row.month for row in rows} == {today().replace(day=1)}


def test_costs_are_those_of_the_ledger():
    Company.found()
    moved = StockMovement.objects.filter(kind__in=[MovementKind.SHIPMENT, MovementKind.CUSTOMER_RETURN])
    value = -sum(moved.values_list("value", flat=True))
    assert value > 0
    for by in (By.ORDER, By.PRODUCT, By.CUSTOMER):
        assert from_parts(sum(cost_of_goods(by, this_year()).values())) == value
        rows = margin(by, this_year())
        assert sum(row.cost for row in rows) == value
        assert sum(row.revenue for row in rows) == sum(row.net for row in sales(By.DAY, this_year()))


@pytest.mark.parametrize("by", [By.ORDER, By.PRODUCT, By.CUSTOMER])
def test_the_ledger_is_read_once_and_no_line_is_looked_up_by_itself(by):
    Company.found()
    with CaptureQueriesContext(connection) as queries:
        cost_of_goods(by, this_year())
    assert len(queries) <= 2
    for query in queries:
        assert "(SELECT" not in query["sql"]


def test_what_documents_come_to_is_what_their_lines_come_to():
    Company.found()
    for by in By:
        lines, documents = sums(by, this_year()), sums(by, this_year(), units=False)
        assert {group: of.parts for group, of in lines.items()} == {group: of.parts for group, of in documents.items()}


def test_the_margin_of_a_product():
    company = Company.found()
    [row] = [row for row in margin(By.PRODUCT, this_year()) if row.key == company.phone.pk]
    assert (row.revenue, row.cost, row.margin, row.percent) == (0, 180, -180, None)
    [box] = [row for row in margin(By.PRODUCT, this_year()) if row.key == company.box.pk]
    assert box.percent == (100 * (box.revenue - box.cost) / box.revenue).quantize(Decimal("0.1"))


def test_a_cancelled_invoice_is_not_sold():
    cancel_invoice(issued_invoice(), by=None)
    assert sales(By.DAY, this_year()) == []
    assert tax(this_year()) == []


def test_what_lies_outside_of_the_days_does_not_count():
    issued_invoice()
    assert sum(row.net for row in sales(By.CUSTOMER, Span(today(), today()))) == 100
    assert sales(By.CUSTOMER, Span(days(-9), days(-1))) == []
    assert sales(By.CUSTOMER, Span(days(1), days(9))) == []


def test_lines_without_a_product_have_a_row_of_their_own():
    issued_invoice()
    [row] = sales(By.PRODUCT, this_year())
    assert (row.key, str(row.name), row.quantity) == (None, "Lines without a product", 2)


def test_receivables_are_the_balances():
    Company.found()
    balances = total_of(Invoice.objects.open(), "balance")
    assert balances > 0
    assert sum(owed.total for owed in receivables(today())) == balances


@pytest.mark.parametrize(
    ("late", "age"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (3000, 4)]
)
def test_an_invoice_grows_old(late, age):
    invoice = issued_invoice()
    [owed] = receivables(invoice.due_date.date() + datetime.timedelta(days=late))
    assert [index for index, amount in enumerate(owed.by_age) if amount] == [age]
    assert owed.total == Decimal("119.00")


def test_what_was_owed_before_today():
    assert receivables(days(-1)) == []
    issued_invoice()
    assert receivables(days(-1)) == []


def test_what_is_paid_credited_or_cancelled_is_not_owed():
    paid, credited, cancelled, part = (issued_invoice() for _ in range(4))
    pay_invoice(paid, payment_method="cash", by=None)
    issued_credit_note(credited)
    cancel_invoice(cancelled, by=None)
    pay_invoice(part, amount=Decimal("18.99"), payment_method="cash", by=None)
    [owed] = receivables(today())
    assert (owed.customer, owed.total) == (part.customer_id, Decimal("100.01"))


def test_a_statement_runs_from_its_opening_to_what_is_open():
    customer, user = CustomerFactory(), UserFactory()
    line = [InvoiceLine(1, description="Hours", unit_price=Decimal(100), tax_percent=Decimal(19))]
    first, second, third = (
        issue_invoice(create_invoice(customer=customer, lines=line, by=user), by=None) for _ in range(3)
    )
    void_payment(pay_invoice(first, amount=Decimal(19), payment_method="card", by=None), "bounced", by=None)
    pay_invoice(first, payment_method="cash", by=None)
    note = issue_credit_note(create_credit_note(first, reason="Damaged", by=None), by=None)
    refund_credit_note(note, "cash", by=None)
    cancel_invoice(second, by=None)
    found = statement(customer, this_year())
    assert found.opening == 0
    kinds = [entry.kind.value for entry in found.entries]
    expected = ["invoice"] * 3 + ["payment", "voided", "payment", "credit", "refund", "cancelled"]
    assert sorted(kinds) == sorted(expected)
    assert found.closing == third.total_amount == found.entries[-1].balance
    later = statement(customer, Span(days(1), days(9)))
    assert (later.opening, later.entries, later.closing) == (third.total_amount, [], third.total_amount)


def test_statements_add_up_to_the_receivables_less_what_is_to_be_refunded():
    company = Company.found()
    open_now = total_of(Invoice.objects.open(), "balance")
    to_refund = sum((note.amount_to_refund for note in notes()), ZERO)
    assert statement(company.customer, this_year()).closing == open_now - to_refund


def test_the_stock_is_worth_what_the_balances_say():
    Company.found()
    rows = stock_worth()
    assert sum(row.value for row in rows) == sum(Inventory.objects.values_list("stock_value", flat=True))
    assert sum(row.quantity for row in rows) == Inventory.objects.aggregate(units=Sum("quantity"))["units"]


QUESTIONS = [
    (lambda: sales(By.DAY, this_year()), 2),
    (lambda: sales(By.PRODUCT, this_year()), 3),
    (lambda: tax(this_year()), 2),
    (lambda: margin(By.ORDER, this_year()), 5),
    (lambda: margin(By.PRODUCT, this_year()), 4),
    (lambda: margin(By.CUSTOMER, this_year()), 5),
    (lambda: receivables(today()), 1),
    (lambda: statement(Invoice.objects.select_related("customer")[0].customer, this_year()), 13),
    (stock_worth, 1),
]


def test_answers_cost_the_same_for_little_and_for_much(django_assert_num_queries):
    Company.found()
    for ask, queries in QUESTIONS:
        with django_assert_num_queries(queries):
            ask()
    for _ in range(5):
        issued_invoice()
    for ask, queries in QUESTIONS:
        with django_assert_num_queries(queries):
            ask()


def test_no_cent_is_lost_in_many_rows():
    """0.1 added up ten times is not 1 in binary fractions."""
    customer, user = CustomerFactory(), UserFactory()
    for _ in range(3):
        line = InvoiceLine(1, description="Cents", unit_price=Decimal("0.10"), tax_category="Z")
        invoice = create_invoice(customer=customer, lines=[line] * 10, by=user)
        issue_invoice(invoice, by=None)
    [row] = sales(By.CUSTOMER, this_year())
    assert str(row.net) == "3.00"
    assert str(receivables(today())[0].total) == "3.00"
