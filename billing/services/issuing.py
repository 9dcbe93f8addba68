"""What turns a draft into a demand for payment, and what ends it: issue, mark overdue, cancel."""

import datetime
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.models import CreditNoteStatus, Invoice, InvoiceStatus
from inventory_project.base.actor import acting_as
from inventory_project.base.clock import business_day, end_of_day
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.services import refresh, service
from sales.models import Customer
from sales.services.customers import read_customer
from stock.services.checks import text

from .documents import make_after_commit
from .invoice_amounts import recalculate_invoice
from .invoices import give_back, lock_invoice, require_own_address
from .particulars import read_particulars
from .series import take_number

ISSUED = (InvoiceStatus.ISSUED, InvoiceStatus.OVERDUE, InvoiceStatus.PAID)
BATCH = 5_000


@service
def issue_invoice(invoice: Invoice, *, by) -> Invoice:
    """Give a draft its legal number and its date, and freeze it with seller and address. One of 0 is paid at once.

    Of an invoice without an order, tax that nobody chose is looked up once more: the customer may have moved.

    Refuses an invoice without lines, and a due date before the day of issue.
    """
    fresh = lock_invoice(invoice)
    if fresh.status not in ISSUED:
        fresh.may("issue")
        recalculate_invoice(fresh)
        if not fresh.items.exists():
            raise RuleViolation(_("%(invoice)s has no lines.") % {"invoice": fresh}, code="no_lines", field="items")
        _issue(fresh)
    refresh(invoice, fresh)
    return invoice


def _issue(invoice: Invoice) -> None:
    customer = read_customer(invoice.customer_id)
    frozen = freeze(invoice, customer)
    number = take_number(Invoice)
    paid = invoice.total_amount == 0
    # One UPDATE: from the next one on, the database refuses to change what is frozen.
    invoice.advance(
        InvoiceStatus.PAID if paid else InvoiceStatus.ISSUED,
        invoice_number=number.number,
        series_year=number.year,
        series_number=number.place,
        issued_date=number.issued,
        due_date=due_date(invoice, number.issued, customer.payment_terms_days),
        paid_date=number.issued if paid else None,
        **frozen,
    )
    make_after_commit(invoice)


def freeze(invoice: Invoice, customer: Customer) -> dict[str, Mapping[str, object]]:
    """All that the invoice's document says and that may change elsewhere later: seller, address, particulars."""
    return {
        "seller": dict(settings.COMPANY),
        "billing_address": _billing_address(invoice, customer),
        "particulars": read_particulars(invoice, customer),
    }


def _billing_address(invoice: Invoice, customer: Customer) -> Mapping[str, str]:
    """The address chosen for the invoice, else the one agreed with the order, else the customer's default."""
    require_own_address(customer, invoice.billing_to)
    address = {"name": customer.name}
    if invoice.billing_to:
        address = invoice.billing_to.frozen()
    elif invoice.order_id and invoice.order.billing_address:
        address = invoice.order.billing_address
    elif customer.default_billing:
        address = customer.default_billing.frozen()
    return {**address, "tax_id": customer.tax_id}


def due_date(invoice: Invoice, issued: datetime.datetime, terms: int) -> datetime.datetime:
    """The end of the day that was typed, or on which the customer's terms end."""
    first = business_day(issued)
    if invoice.due_date is None:
        return end_of_day(first + datetime.timedelta(days=terms))
    day = business_day(invoice.due_date)
    if day < first:
        raise InvalidInput(
            _("%(invoice)s would be due on %(day)s, before it is issued.")
            % {"invoice": invoice, "day": date_format(day, "DATE_FORMAT")},
            code="due_before_issue",
            field="due_date",
        )
    return end_of_day(day)


@service
def cancel_invoice(invoice: Invoice, reason: str = "", *, by) -> Invoice:
    """Call an invoice off, also one of 0; what it held of an order can be invoiced again. A legal number stays used.

    Refuses an invoice of which something is paid or credited.
    """
    fresh = lock_invoice(invoice)
    if fresh.status != InvoiceStatus.CANCELLED:
        fresh.may("cancel")
        _require_untouched(fresh)
        fresh.advance(
            InvoiceStatus.CANCELLED,
            paid_date=None,
            cancelled_at=timezone.now(),
            cancel_reason=text(Invoice, "cancel_reason", reason, "reason"),
        )
        if fresh.order_id:
            give_back(fresh.order_id)
    refresh(invoice, fresh)
    return invoice


def _require_untouched(invoice: Invoice) -> None:
    if invoice.amount_paid or invoice.amount_credited:
        raise RuleViolation(
            _(
                "Of %(invoice)s, %(paid)s is paid and %(credited)s credited, so it can't be cancelled. Void the "
                "payment, or create a credit note."
            )
            % {"invoice": invoice, "paid": invoice.amount_paid, "credited": invoice.amount_credited},
            code="paid_or_credited",
        )
    note = invoice.credit_notes.exclude(status=CreditNoteStatus.CANCELLED).first()
    if note:
        raise RuleViolation(
            _("%(note)s credits %(invoice)s. Cancel the credit note first.") % {"note": note, "invoice": invoice},
            code="paid_or_credited",
        )


def mark_overdue_invoices(now: datetime.datetime | None = None, *, by=None) -> int:
    """Mark what is issued, open and past its due date; return how many. Those that are being paid wait for next time.

    In batches with a transaction each: a lock is never held for long, and what is done stays done.
    """
    now = now or timezone.now()
    marked = 0
    with acting_as(by):
        while batch := _mark_some(now):
            marked += batch
    return marked


@transaction.atomic
def _mark_some(now: datetime.datetime) -> int:
    due = Invoice.objects.open().filter(status=InvoiceStatus.ISSUED, due_date__lt=now)
    locked = due.select_for_update(skip_locked=True).order_by("pk")[:BATCH]
    return Invoice.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(status=InvoiceStatus.OVERDUE)
