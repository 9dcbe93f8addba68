import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from billing.models import Invoice
from billing.services import mark_overdue_invoices, pay_invoice


@pytest.fixture
def old(charged, at):
    """An invoice that was due on 31 January 2026, seen in June."""

    def make(total="10"):
        at("2026-01-01T09:00:00+00:00")
        invoice = charged(total)
        at("2026-06-01T09:00:00+00:00")
        return invoice

    return make


def status(invoice):
    return Invoice.objects.get(pk=invoice.pk).status


def test_it_marks_what_is_open_and_past_its_due_date(old, charged, accountant):
    late, settled, fresh = old(), old(), charged("10")
    pay_invoice(settled, payment_method="cash", by=accountant)
    assert mark_overdue_invoices() == 1
    assert (status(late), status(settled), status(fresh)) == ("overdue", "paid", "issued")


def test_a_second_run_finds_nothing(old):
    old()
    assert mark_overdue_invoices() == 1
    assert mark_overdue_invoices() == 0


def test_the_due_second_itself_is_in_time(charged, at):
    at("2026-01-01T09:00:00+00:00")
    invoice = charged("10")
    assert mark_overdue_invoices(now=invoice.due_date) == 0
    assert mark_overdue_invoices(now=invoice.due_date + datetime.timedelta(seconds=1)) == 1


def test_it_bumps_the_version(old):
    invoice = old()
    mark_overdue_invoices()
    assert Invoice.objects.get(pk=invoice.pk).updated_at > invoice.updated_at


def test_overdue_shows_before_the_command_has_run(old):
    invoice = old()
    assert invoice.is_overdue
    assert list(Invoice.objects.overdue()) == [invoice]


def test_many_are_marked_in_batches(old, monkeypatch):
    monkeypatch.setattr("billing.services.issuing.BATCH", 2)
    invoices = [old() for _ in range(5)]
    assert mark_overdue_invoices() == 5
    assert {status(invoice) for invoice in invoices} == {"overdue"}


def test_the_number_of_statements_does_not_depend_on_the_number_of_invoices(old, django_assert_max_num_queries):
    for _ in range(4):
        old()
    with django_assert_max_num_queries(7):
        mark_overdue_invoices()


def test_the_command_says_how_many(old):
    old()
    out = StringIO()
    call_command("mark_overdue", stdout=out)
    assert out.getvalue().strip() == "Invoices marked overdue: 1"
