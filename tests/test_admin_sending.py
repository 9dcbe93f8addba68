"""Invoices are mailed to customers from the back office, and customers who are late are reminded."""

import datetime
from unittest import mock

import pytest
from django.core import mail
from django.utils import timezone

from billing.models import Invoice
from billing.services import issue_invoice, pay_invoice
from billing.services.sending import mail_invoices
from sales.models import Customer
from tests.back_office import Desk, said
from tests.factories.billing import InvoiceFactory, InvoiceItemFactory, issued_invoice
from tests.factories.sales import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="Blue Anchor Ltd", email="books@anchor.example")


def invoice_of(customer: Customer, days_ago: int = 0) -> Invoice:
    """An invoice of 119.00 that was issued so many days ago, due 30 days later."""
    draft = InvoiceItemFactory(invoice=InvoiceFactory(customer=customer)).invoice
    then = timezone.now() - datetime.timedelta(days=days_ago)
    with mock.patch("django.utils.timezone.now", return_value=then):
        return issue_invoice(draft, by=draft.user)


def sent_at(invoice: Invoice) -> datetime.datetime | None:
    return Invoice.objects.values_list("sent_at", flat=True).get(pk=invoice.pk)


def test_the_customer_gets_the_invoice(desk, customer, documents, django_capture_on_commit_callbacks):
    invoice = invoice_of(customer)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.press(invoice, "send")
    assert "on its way to books@anchor.example" in said(answer)
    [letter] = mail.outbox
    assert (letter.to, invoice.number in letter.subject) == (["books@anchor.example"], True)
    assert "119.00" in letter.body
    names = [name for name, _content, _type in letter.attachments]
    assert names[0] == f"{invoice.number}.pdf"
    assert letter.attachments[0][1].startswith(b"%PDF")
    assert sent_at(invoice) is not None


def test_nothing_is_mailed_before_it_is_certain(desk, customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        desk.press(invoice_of(customer), "send")
    assert mail.outbox == []
    assert waiting


@pytest.mark.parametrize("why", ["no address", "no mail", "draft"])
def test_it_says_why_it_can_not_be_sent(why, desk, customer, settings):
    invoice = InvoiceItemFactory(invoice=InvoiceFactory(customer=customer)).invoice
    if why != "draft":
        issue_invoice(invoice, by=desk.user)
    if why == "no address":
        Customer.objects.update(email="")
    settings.SENDS_MAIL = why != "no mail"
    answer = desk.press(invoice, "send")
    expected = {"no address": "has no email address", "no mail": "MAIL_HOST", "draft": "not sent"}[why]
    assert expected in said(answer)
    assert (mail.outbox, sent_at(invoice)) == ([], None)


def test_paid_ones_can_be_sent_and_drafts_can_not(desk, customer):
    invoice = invoice_of(customer)
    pay_invoice(invoice, amount=invoice.balance, payment_method="cash", by=desk.user)
    assert "send" in desk.buttons(invoice)
    assert "send" not in desk.buttons(InvoiceFactory(customer=customer))


def test_one_reminder_names_all_that_is_overdue(desk, customer, documents, django_capture_on_commit_callbacks):
    late, later, young = invoice_of(customer, 70), invoice_of(customer, 60), invoice_of(customer)
    with django_capture_on_commit_callbacks(execute=True):
        desk.press_all([late, later], "send_reminders", sure="1")
    [letter] = mail.outbox
    assert late.number in letter.body
    assert later.number in letter.body
    assert young.number not in letter.body
    assert f"{later.number}.pdf" in [name for name, _content, _type in letter.attachments]
    assert None not in (sent_at(late), sent_at(later))
    assert sent_at(young) is None


def test_nobody_is_reminded_twice_a_day(desk, customer, documents, django_capture_on_commit_callbacks):
    late = invoice_of(customer, 70)
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            desk.press_all([late], "send_reminders", sure="1")
    assert len(mail.outbox) == 1
    Invoice.objects.update(sent_at=timezone.now() - datetime.timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        desk.press_all([late], "send_reminders", sure="1")
    assert len(mail.outbox) == 2


def test_who_owes_nothing_yet_is_not_reminded(desk, customer, django_capture_on_commit_callbacks):
    young = invoice_of(customer)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.press_all([young], "send_reminders", sure="1")
    assert "is not overdue" in str(answer.context["form"].non_field_errors()) + said(answer)
    assert (mail.outbox, sent_at(young)) == ([], None)


def test_what_was_paid_meanwhile_is_left_out(desk, customer, documents):
    late, later = invoice_of(customer, 70), invoice_of(customer, 60)
    pay_invoice(late, amount=late.balance, payment_method="cash", by=desk.user)
    mail_invoices.func(customer.pk, [late.pk, later.pk], True)
    assert late.number not in mail.outbox[0].body
    pay_invoice(later, amount=later.balance, payment_method="cash", by=desk.user)
    mail_invoices.func(customer.pk, [late.pk, later.pk], True)
    assert len(mail.outbox) == 1


def test_only_who_may_issue_may_send(customer):
    clerk = Desk("billing.view_invoice")
    assert "send" not in clerk.buttons(invoice_of(customer))
    assert clerk.press(issued_invoice(), "send").status_code == 403
