import datetime
from decimal import Decimal

import pytest

from billing.models import Invoice
from billing.services import InvoiceLine, cancel_invoice, create_invoice, invoice_order, issue_invoice
from inventory_project.base.clock import business_day
from sales.models import CustomerAddress

D = Decimal
UTC = datetime.UTC


@pytest.fixture
def draft(customer, accountant):
    def make(price="100", **header):
        line = InvoiceLine(description="Advice", unit_price=D(price), tax_percent=D("19"))
        return create_invoice(customer=customer, lines=[line], by=accountant, **header)

    return make


@pytest.fixture
def address(customer):
    def make(**fields):
        usual = {"kind": "billing", "line1": "1 Quay", "city": "Kiel", "postal_code": "24103", "country": "DE"}
        return CustomerAddress.objects.create(customer=customer, **{**usual, **fields})

    return make


def test_it_gets_number_date_and_due_date(draft, customer, accountant, at):
    now = at("2026-03-10T09:00:00+00:00")
    customer.payment_terms_days = 14
    customer.save()
    invoice = issue_invoice(draft(), by=accountant)
    assert invoice.status == "issued"
    assert invoice.invoice_number == "INV-2026-000001"
    assert (invoice.series_year, invoice.series_number) == (2026, 1)
    assert invoice.issued_date == now
    assert invoice.due_date == datetime.datetime(2026, 3, 24, 22, 59, 59, tzinfo=UTC)  # the end of the day in Berlin
    assert (invoice.balance, invoice.paid_date) == (D("119.00"), None)
    assert Invoice.objects.get(pk=invoice.pk).invoice_number == "INV-2026-000001"


def test_due_dates_mind_daylight_saving(draft, accountant, at):
    at("2026-03-10T09:00:00+00:00")
    invoice = issue_invoice(draft(), by=accountant)
    assert invoice.due_date == datetime.datetime(2026, 4, 9, 21, 59, 59, tzinfo=UTC)


def test_due_at_once_is_due_by_the_end_of_the_day(draft, customer, accountant, at):
    at("2026-07-10T09:00:00+00:00")
    customer.payment_terms_days = 0
    customer.save()
    invoice = issue_invoice(draft(), by=accountant)
    assert invoice.due_date == datetime.datetime(2026, 7, 10, 21, 59, 59, tzinfo=UTC)
    assert not invoice.is_overdue


def test_a_due_date_that_was_typed_counts_to_the_end_of_its_day(draft, accountant, at):
    at("2026-07-10T09:00:00+00:00")
    typed = datetime.datetime(2026, 7, 31, 8, tzinfo=UTC)
    invoice = issue_invoice(draft(due_date=typed), by=accountant)
    assert invoice.due_date == datetime.datetime(2026, 7, 31, 21, 59, 59, tzinfo=UTC)


def test_it_is_not_due_before_it_is_issued(draft, accountant, at, refused):
    at("2026-07-10T09:00:00+00:00")
    invoice = draft(due_date=datetime.datetime(2026, 7, 9, 8, tzinfo=UTC))
    with refused("due_before_issue"):
        issue_invoice(invoice, by=accountant)
    assert invoice.invoice_number == f"DRAFT-{invoice.pk}"


def test_numbers_run_within_the_business_year(draft, accountant, at):
    at("2026-12-31T22:30:00+00:00")
    assert issue_invoice(draft(), by=accountant).invoice_number == "INV-2026-000001"
    assert issue_invoice(draft(), by=accountant).invoice_number == "INV-2026-000002"
    at("2026-12-31T23:30:00+00:00")  # half past midnight in Berlin
    assert issue_invoice(draft(), by=accountant).invoice_number == "INV-2027-000001"


def test_a_clock_that_was_set_back_does_not_turn_dates_around(draft, accountant, at):
    later = at("2027-01-01T08:00:00+00:00")
    issue_invoice(draft(), by=accountant)
    at("2026-12-30T08:00:00+00:00")
    invoice = issue_invoice(draft(), by=accountant)
    assert invoice.invoice_number == "INV-2027-000002"
    assert invoice.issued_date == later


def test_a_refused_issue_leaves_no_gap(draft, customer, accountant, refused):
    empty = create_invoice(customer=customer, by=accountant)
    with refused("no_lines"):
        issue_invoice(empty, by=accountant)
    assert issue_invoice(draft(), by=accountant).series_number == 1


def test_the_number_of_a_cancelled_one_stays_used(draft, accountant):
    cancel_invoice(issue_invoice(draft(), by=accountant), by=accountant)
    assert issue_invoice(draft(), by=accountant).series_number == 2


def test_a_total_of_0_is_paid_at_once(draft, accountant):
    invoice = issue_invoice(draft("0"), by=accountant)
    assert (invoice.status, invoice.balance) == ("paid", 0)
    assert invoice.paid_date == invoice.issued_date


def test_seller_and_address_are_frozen(draft, customer, address, accountant, settings):
    customer.tax_id = "DE123"
    customer.save()
    settings.COMPANY = {"name": "Example Wholesale Ltd", "city": "Hamburg"}
    default = address(is_default=True, name="Accounts payable")
    invoice = issue_invoice(draft(), by=accountant)
    default.city = "Rostock"
    default.save()
    settings.COMPANY = {"name": "Renamed"}
    invoice = Invoice.objects.get(pk=invoice.pk)
    assert invoice.seller == {"name": "Example Wholesale Ltd", "city": "Hamburg"}
    expected = {"name": "Accounts payable", "line1": "1 Quay", "city": "Kiel", "country": "DE", "tax_id": "DE123"}
    assert invoice.billing_address.items() >= expected.items()


def test_the_address_of_the_invoice_comes_before_the_default(draft, customer, address, accountant):
    address(is_default=True)
    other = address(city="Bremen")
    invoice = issue_invoice(draft(billing_to=other), by=accountant)
    assert (invoice.billing_address["city"], invoice.billing_address["name"]) == ("Bremen", customer.name)


def test_the_address_agreed_with_the_order_comes_before_the_default(ordered, address, accountant):
    address(is_default=True)
    order = ordered((1, "1"))
    order.billing_address = {"name": "As ordered", "city": "Emden"}
    order.save()
    invoice = issue_invoice(invoice_order(order, by=accountant), by=accountant)
    assert invoice.billing_address == {"name": "As ordered", "city": "Emden", "tax_id": ""}


def test_a_customer_without_address_is_at_least_named(draft, customer, accountant):
    assert issue_invoice(draft(), by=accountant).billing_address["name"] == customer.name


def test_issuing_again_changes_nothing(draft, accountant):
    invoice = draft()
    first = issue_invoice(invoice, by=accountant)
    before = Invoice.objects.values().get(pk=invoice.pk)
    again = issue_invoice(Invoice.objects.get(pk=invoice.pk), by=accountant)
    assert again == first
    assert Invoice.objects.values().get(pk=invoice.pk) == before


def test_a_stale_copy_is_brought_up_to_date(draft, accountant):
    invoice = draft()
    stale = Invoice.objects.get(pk=invoice.pk)
    issue_invoice(invoice, by=accountant)
    assert issue_invoice(stale, by=accountant).invoice_number == invoice.invoice_number


def test_a_cancelled_draft_is_not_issued(draft, accountant, refused):
    invoice = cancel_invoice(draft(), by=accountant)
    with refused("invalid_state"):
        issue_invoice(invoice, by=accountant)


def test_lines_written_past_the_services_are_computed_at_last(draft, accountant):
    invoice = draft()
    invoice.items.update(quantity=3)
    assert issue_invoice(invoice, by=accountant).total_amount == D("357.00")


def test_the_day_of_issue_is_the_business_day(draft, accountant, at):
    at("2026-06-30T22:30:00+00:00")
    invoice = issue_invoice(draft(), by=accountant)
    assert business_day(invoice.issued_date) == datetime.date(2026, 7, 1)
