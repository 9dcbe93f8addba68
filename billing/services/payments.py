"""Money that comes in, and payments that turn out to be none."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import CreditNote, Invoice, InvoiceStatus, Payment, PaymentMethod, PaymentStatus
from inventory_project.base.clock import business_day, start_of_day, today
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.money import ZERO
from inventory_project.base.numbering import next_numbers
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Customer
from sales.services.inputs import amount as exact_amount
from stock.services.checks import text


@service
def pay_invoice(
    invoice: Invoice,
    *,
    amount: Decimal | None = None,
    payment_method: str,
    reference: str = "",
    paid_date: datetime.datetime | None = None,
    notes: str = "",
    bank_entry: str = "",
    by,
) -> Payment:
    """Record money received for an invoice; without an amount, all that is still to be paid.

    Refuses more than the open balance. Asked to pay the rest of an invoice that is paid already, it changes nothing
    and returns the last payment.
    """
    fresh = lock(invoice)
    is_repeated = amount is None and fresh.status == InvoiceStatus.PAID
    recorded = fresh.payments.filter(status=PaymentStatus.RECORDED).order_by("-pk")
    if is_repeated and (last := recorded.first()):
        payment = last
    else:
        fresh.may("pay")
        sum_paid = fresh.balance if amount is None else positive(amount)
        _require_within(sum_paid, fresh.balance)
        [payment] = _record([(fresh, sum_paid)], payment_method, reference, paid_date, notes, bank_entry)
    refresh(invoice, fresh)
    return payment


@service
def pay_invoices(
    customer: Customer,
    amount: Decimal,
    *,
    payment_method: str,
    reference: str = "",
    paid_date: datetime.datetime | None = None,
    by,
) -> list[Payment]:
    """Spread money received from a customer over their open invoices, the one that is due first coming first.

    One payment per invoice, all with the same reference. Refuses more than is open in all.
    """
    left = positive(amount)
    open_invoices = lock_all(Invoice.objects.open().filter(customer=customer))
    _require_within(left, sum((invoice.balance for invoice in open_invoices), ZERO))
    shares = []
    for invoice in sorted(open_invoices, key=lambda each: (each.due_date, each.pk)):
        share = min(invoice.balance, left)
        if share:
            shares.append((invoice, share))
        left -= share
    return _record(shares, payment_method, reference, paid_date)


def positive(amount: Decimal) -> Decimal:
    """An amount of a cent or more."""
    amount = exact_amount(amount, "amount")
    if not amount:
        raise InvalidInput(_("The amount must be above 0."), code="out_of_range", field="amount")
    return amount


def _require_within(amount: Decimal, balance: Decimal) -> None:
    if amount > balance:
        raise RuleViolation(
            _(
                "%(amount)s is more than the open balance of %(balance)s. Nothing was recorded. Record at most "
                "%(balance)s."
            )
            % {"amount": amount, "balance": balance},
            code="above_balance",
            field="amount",
            details={"balance": str(balance)},
        )


def _record(
    shares: Sequence[tuple[Invoice, Decimal]],
    method: str,
    reference: str,
    paid_date: datetime.datetime | None,
    notes: str = "",
    bank_entry: str = "",
) -> list[Payment]:
    """Write the payments of locked invoices, and what that makes of these."""
    require_method(method, "payment_method")
    reference = text(Payment, "reference", reference, "reference")
    notes = text(Payment, "notes", notes, "notes")
    paid_date = not_in_future(paid_date, "paid_date")
    payments = [
        Payment(
            payment_number=number,
            invoice=invoice,
            amount=share,
            payment_method=method,
            reference=reference,
            paid_date=paid_date,
            notes=notes,
            bank_entry=bank_entry,
        )
        for (invoice, share), number in zip(shares, next_numbers(Payment, len(shares)), strict=True)
    ]
    for invoice, share in shares:
        invoice.amount_paid += share
        settle(invoice, paid_date)
    write_settled([invoice for invoice, _share in shares])
    return Payment.objects.bulk_create(payments)


def instant_of(day: datetime.date | None) -> datetime.datetime | None:
    """What happened today happened now; what happened earlier, on that day."""
    return None if day is None or day == today() else start_of_day(day)


def not_in_future(instant: datetime.datetime | None, field: str) -> datetime.datetime:
    """When money has moved: by the end of today, now if nobody says."""
    instant = instant or timezone.now()
    if business_day(instant) > today():
        raise InvalidInput(_("The day of the payment can't be in the future."), code="in_future", field=field)
    return instant


def require_method(method: str, field: str) -> None:
    """Refuse an unknown way of paying."""
    if method not in PaymentMethod.values:
        raise InvalidInput(
            _("The method must be one of: %(methods)s.") % {"methods": ", ".join(PaymentMethod.values)},
            code="invalid_choice",
            field=field,
        )


def settle(invoice: Invoice, instant: datetime.datetime) -> None:
    """Bring balance and status of an issued invoice in line with its amounts. Nothing is written yet."""
    invoice.balance = invoice.total_amount - invoice.amount_paid - invoice.amount_credited + invoice.amount_refunded
    if not invoice.balance:
        status, invoice.paid_date = InvoiceStatus.PAID, invoice.paid_date or instant
    else:
        late = invoice.due_date < timezone.now()
        if invoice.status == InvoiceStatus.PAID:
            status = InvoiceStatus.OVERDUE if late else InvoiceStatus.ISSUED
        else:
            status = invoice.status
        invoice.paid_date = None
    invoice.status = status


def write_settled(invoices: Sequence[Invoice]) -> None:
    """Write what `settle` has found out, in one statement."""
    Invoice.objects.bulk_update(invoices, ["status", "amount_paid", "amount_credited", "amount_refunded", "paid_date"])


@service
def void_payment(payment: Payment, reason: str, *, by) -> Payment:
    """Take a payment back that bounced or was recorded wrongly; its invoice is open again.

    What credit notes of the invoice were still to be refunded is set off against it instead. Refuses while more has
    been refunded than would remain paid.
    """
    invoice = lock(Invoice(pk=payment.invoice_id))
    fresh = lock(payment)
    if fresh.status != PaymentStatus.VOIDED:
        fresh.may("void")
        reason = text(Payment, "void_reason", reason, "reason", required=True)
        _require_not_refunded(invoice, fresh)
        fresh.advance(PaymentStatus.VOIDED, voided_at=timezone.now(), void_reason=reason)
        invoice.amount_paid -= fresh.amount
        _set_off_pending(invoice)
        settle(invoice, timezone.now())
        write_settled([invoice])
    refresh(payment, fresh)
    payment.invoice = invoice
    return payment


def _require_not_refunded(invoice: Invoice, payment: Payment) -> None:
    if invoice.amount_paid - payment.amount < invoice.amount_refunded:
        raise RuleViolation(
            _("%(refunded)s of what was paid for %(invoice)s has been refunded, so %(payment)s can't be voided.")
            % {"refunded": invoice.amount_refunded, "invoice": invoice, "payment": payment},
            code="already_refunded",
        )


def _set_off_pending(invoice: Invoice) -> None:
    """Nothing is refunded as long as something is to be paid: set the credit off against what is open again."""
    notes = lock_all(CreditNote.objects.to_refund().filter(invoice=invoice))
    open_amount = invoice.total_amount - invoice.amount_paid - invoice.amount_credited + invoice.amount_refunded
    for note in notes:
        share = min(note.amount_to_refund, open_amount)
        note.set_off_amount += share
        invoice.amount_credited += share
        open_amount -= share
    if notes:
        CreditNote.objects.bulk_update(notes, ["set_off_amount"])
