"""Corrections of issued invoices in the customer's favour."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import CreditNote, CreditNoteItem, CreditNoteStatus, Invoice, InvoiceItem
from inventory_project.base.errors import InvalidInput, InvalidTransition, RuleViolation
from inventory_project.base.services import lock, refresh, service
from sales.models import SalesReturn, SalesReturnStatus
from sales.services import close_sales_return
from stock.services.checks import text, whole

from .credit_note_amounts import left_to_credit, lock_charged, recalculate_credit_note, to_credit_of
from .documents import make_after_commit
from .issuing import ISSUED
from .parts import Left
from .payments import not_in_future, positive, require_method, settle, write_settled
from .series import take_number

REFUND = ("refund_method", "refund_reference", "refunded_at", "refunded_amount", "refunds")
CREDITABLE = (SalesReturnStatus.RECEIVED, SalesReturnStatus.CLOSED)


@dataclass(frozen=True)
class CreditLine:
    """Units of one line of the invoice."""

    invoice_item: InvoiceItem
    quantity: int


@service
def create_credit_note(
    invoice: Invoice,
    lines: Iterable[CreditLine] | None = None,
    reason: str = "",
    sales_return: SalesReturn | None = None,
    *,
    notes: str = "",
    by,
) -> CreditNote:
    """Draft a credit note. Without lines: of all that is left to credit or, for a sales return, of what came back.

    Refuses more than was invoiced and is on no other credit note, and of a return more than was received.
    """
    fresh = lock(invoice)
    _require_issued(fresh)
    if sales_return:
        sales_return = lock(sales_return)
        _require_creditable_return(fresh, sales_return)
    reason = reason or (sales_return.reason if sales_return else "")
    reason = text(CreditNote, "reason", reason, "reason", required=True)
    notes = text(CreditNote, "notes", notes, "notes")
    wanted = _everything(fresh, sales_return) if lines is None else _given(fresh, list(lines))
    if not wanted:
        raise RuleViolation(
            _("Nothing of %(invoice)s is left to credit.") % {"invoice": fresh}, code="nothing_to_credit"
        )
    note = CreditNote.objects.create(invoice=fresh, sales_return=sales_return, reason=reason, notes=notes)
    CreditNoteItem.objects.bulk_create(
        CreditNoteItem(credit_note=note, invoice_item_id=pk, quantity=quantity) for pk, quantity in wanted.items()
    )
    recalculate_credit_note(note)
    return note


def _require_issued(invoice: Invoice) -> None:
    if invoice.status not in ISSUED:
        raise InvalidTransition(
            _("%(invoice)s is %(status)s; only an issued invoice can be credited.")
            % {"invoice": invoice, "status": invoice.get_status_display().lower()},
            current_status=invoice.status,
            allowed_actions=invoice.allowed_actions,
        )


def _require_creditable_return(invoice: Invoice, sales_return: SalesReturn) -> None:
    if sales_return.order_id != invoice.order_id:
        raise InvalidInput(
            _("%(return)s is of another order than %(invoice)s.") % {"return": sales_return, "invoice": invoice},
            code="other_order",
            field="sales_return",
        )
    if sales_return.status not in CREDITABLE:
        raise InvalidTransition(
            _("%(return)s is %(status)s; goods are credited once they have been received.")
            % {"return": sales_return, "status": sales_return.get_status_display().lower()},
            current_status=sales_return.status,
            allowed_actions=sales_return.allowed_actions,
        )


def _given(invoice: Invoice, lines: Sequence[CreditLine]) -> dict[int, int]:
    """Units by line of the invoice; a line named twice counts together."""
    wanted: Counter[int] = Counter()
    for index, line in enumerate(lines):
        if line.invoice_item.invoice_id != invoice.pk:
            raise InvalidInput(
                _("This line is not of %(invoice)s.") % {"invoice": invoice},
                code="other_invoice",
                field=f"items/{index}/invoice_item",
            )
        wanted[line.invoice_item.pk] += whole(line.quantity, f"items/{index}/quantity")
    return dict(sorted(wanted.items()))


def _everything(invoice: Invoice, sales_return: SalesReturn | None) -> dict[int, int]:
    charged = lock_charged(invoice.items.values_list("pk", flat=True))
    left = left_to_credit(charged)
    if sales_return is None:
        return {pk: rest.quantity for pk, rest in left.items() if rest.quantity > 0}
    return _came_back(charged, left, to_credit_of(sales_return))


def _came_back(charged: dict[int, InvoiceItem], left: dict[int, Left], received: Counter[int]) -> dict[int, int]:
    """The units received, on the first lines of the invoice that charged them."""
    wanted = {}
    for pk, line in charged.items():
        quantity = min(left[pk].quantity, received[line.order_item_id])
        if quantity > 0:
            wanted[pk] = quantity
            received[line.order_item_id] -= quantity
    return wanted


@service
def issue_credit_note(note: CreditNote, *, by) -> CreditNote:
    """Give a draft its legal number and freeze it; what its invoice still asks for is set off, the rest to be refunded.

    Closes the sales return that it credits. Refuses a credit note of 0.
    """
    invoice = lock(Invoice(pk=note.invoice_id))
    fresh = lock(note)
    if fresh.status != CreditNoteStatus.ISSUED:
        fresh.may("issue")
        _require_issued(invoice)
        if fresh.sales_return:
            lock(fresh.sales_return)  # before its lines, as whoever drafts a note of it does
        recalculate_credit_note(fresh)
        if not fresh.total_amount:
            raise RuleViolation(_("A credit note of 0 can't be issued."), code="nothing_to_credit", field="items")
        if fresh.sales_return:
            close_sales_return(fresh.sales_return, by=by)
        _issue(fresh, invoice)
    refresh(note, fresh)
    note.invoice = invoice
    return note


def _issue(note: CreditNote, invoice: Invoice) -> None:
    set_off = min(note.total_amount, invoice.balance)
    invoice.amount_credited += set_off
    settle(invoice, timezone.now())
    write_settled([invoice])
    number = take_number(CreditNote, not_before=invoice.issued_date)
    note.advance(
        CreditNoteStatus.ISSUED,
        credit_note_number=number.number,
        series_year=number.year,
        series_number=number.place,
        issued_at=number.issued,
        set_off_amount=set_off,
    )
    make_after_commit(note)


@service
def refund_credit_note(
    note: CreditNote,
    refund_method: str,
    reference: str = "",
    amount: Decimal | None = None,
    *,
    refunded_at: datetime.datetime | None = None,
    by,
) -> CreditNote:
    """Record money given back; without an amount, all that is still to be refunded.

    Refuses more than that. Asked for the rest of a note that has been refunded already, it changes nothing.
    """
    invoice = lock(Invoice(pk=note.invoice_id))
    fresh = lock(note)
    fresh.may("refund")
    left = fresh.amount_to_refund
    if left or amount is not None or not fresh.refunded_amount:
        require_method(refund_method, "refund_method")
        refunded_at = not_in_future(refunded_at, "refunded_at")
        sum_refunded = left if amount is None else positive(amount)
        _require_refundable(fresh, sum_refunded)
        invoice.amount_credited += sum_refunded
        invoice.amount_refunded += sum_refunded
        settle(invoice, timezone.now())
        write_settled([invoice])
        reference = text(CreditNote, "refund_reference", reference, "reference")
        fresh.add_refund(sum_refunded, refund_method, reference, refunded_at)
        fresh.save(update_fields=[*REFUND, "updated_at", "updated_by"])
    refresh(note, fresh)
    note.invoice = invoice
    return note


def _require_refundable(note: CreditNote, amount: Decimal) -> None:
    left = note.amount_to_refund
    if amount > left or not left:
        raise RuleViolation(
            _("Of %(note)s only %(left)s is left to refund. Nothing was recorded.") % {"note": note, "left": left},
            code="above_refund",
            field="amount",
            details={"left": str(left)},
        )


@service
def cancel_credit_note(note: CreditNote, *, by) -> CreditNote:
    """Call a draft off; what it held can be credited again."""
    fresh = lock(note)
    if fresh.status != CreditNoteStatus.CANCELLED:
        fresh.may("cancel")
        fresh.advance(CreditNoteStatus.CANCELLED, cancelled_at=timezone.now())
    refresh(note, fresh)
    return note
