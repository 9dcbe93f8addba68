"""Invoices go to customers by mail; customers who have not paid in time are reminded."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Invoice
from billing.services.documents import GivenOut, read_document, read_e_invoice
from inventory_project.base.clock import business_day, business_zone, today
from inventory_project.base.errors import InvalidTransition, RuleViolation
from inventory_project.base.services import lock, lock_all, service
from sales.models import Customer

PDF, XML = "application/pdf", "application/xml"


@service
def send_invoice(invoice: Invoice, *, by) -> Invoice:
    """Mail the customer the PDF and, where there can be one, the e-invoice, in the background; any number of times.

    `sent_at` tells when it was last handed to the mail. Refuses drafts and cancelled invoices, a customer without an
    email address, and an installation that can't send mail.
    """
    fresh = lock(invoice)
    if not fresh.is_in_force:
        raise _refusal(fresh, _("%(invoice)s is %(status)s, so it is not sent."))
    _hand_over(fresh.customer, [fresh], is_reminder=False)
    return invoice


@service
def remind_of_invoice(invoice: Invoice, *, by) -> Invoice:
    """Remind the customer of all that is overdue, in one mail with the invoices, at most once a day.

    Whatever went to the customer today stays out of it; when that is all, nothing is sent again. Refuses an invoice
    that is not overdue, and what `send_invoice` refuses.
    """
    overdue = lock_all(Invoice.objects.overdue().filter(customer=invoice.customer_id))
    if invoice not in overdue:
        raise _refusal(invoice, _("%(invoice)s is not overdue."))
    waiting = [row for row in overdue if row.sent_at is None or business_day(row.sent_at) < today()]
    if waiting:
        _hand_over(invoice.customer, waiting, is_reminder=True)
    return invoice


def why_not_sent(customer: Customer) -> str:
    """What stands in the way of mail to the customer, '' if nothing does."""
    if not settings.SENDS_MAIL:
        return _("Mail is not set up (MAIL_HOST).")
    if not customer.email:
        return _("%(customer)s has no email address.") % {"customer": customer}
    return ""


def _refusal(invoice: Invoice, text: str) -> InvalidTransition:
    facts = {"invoice": invoice, "status": invoice.get_status_display()}
    return InvalidTransition(text % facts, current_status=invoice.status, allowed_actions=invoice.allowed_actions)


def _hand_over(customer: Customer, invoices: Iterable[Invoice], *, is_reminder: bool) -> None:
    if reason := why_not_sent(customer):
        raise RuleViolation(reason, code="no_mail")
    ids = [invoice.pk for invoice in invoices]
    Invoice.objects.filter(pk__in=ids).update(sent_at=timezone.now())
    transaction.on_commit(partial(mail_invoices.enqueue, customer.pk, ids, is_reminder))


@task()
def mail_invoices(customer_id: int, ids: list[int], is_reminder: bool) -> None:
    """Write to a customer. A reminder leaves out what has been paid meanwhile."""
    customer = Customer.objects.get(pk=customer_id)
    rows = Invoice.objects.filter(pk__in=ids).order_by("due_date", "pk")
    invoices = list(rows.overdue() if is_reminder else rows)
    if not invoices:
        return
    company = settings.COMPANY["name"]
    context = {
        "customer": customer,
        "invoices": invoices,
        "invoice": invoices[0],
        "company": company,
        "zone": business_zone(),
    }
    name = "reminder" if is_reminder else "invoice"
    subject = _("Reminder from %(company)s") if is_reminder else _("Invoice %(number)s from %(company)s")
    message = EmailMessage(
        subject % {"number": invoices[0].number, "company": company},
        render_to_string(f"billing/{name}_email.txt", context),
        to=[customer.email],
        reply_to=[settings.COMPANY["email"]] if settings.COMPANY["email"] else None,
    )
    for invoice in invoices:
        for file, media_type in _files(invoice):
            message.attach(file.name, file.content, media_type)
    message.send()


def _files(invoice: Invoice) -> Iterable[tuple[GivenOut, str]]:
    yield read_document(invoice), PDF
    try:
        yield read_e_invoice(invoice), XML
    except RuleViolation:  # it lacks what the standard asks for; the PDF is an invoice all the same
        return
