"""An invoice or a credit note that has been issued stays as the customer has it.

Issued is what bears a number of the gapless series: that number is given at issue and kept for ever, also by an
invoice that is cancelled later. A draft, and a draft that was cancelled, is not frozen.
"""

from django.utils.translation import gettext_noop as _

from inventory_project.base.triggers import Trigger

LATER = ("status", "updated_at", "updated_by_id", "notes")  # the notes are ours and on no paper
MONEY = ("amount_paid", "amount_credited", "amount_refunded", "balance", "paid_date")
CANCELLATION = ("cancelled_at", "cancel_reason")
PAPER = ("document", "document_sha256")
SENT = ("sent_at",)
# A payment that is voided leaves an open balance, against which what is still to be refunded is set off.
REFUND = ("set_off_amount", "refund_method", "refunded_amount", "refunded_at", "refund_reference", "refunds")


def _frozen(table: str, free: tuple[str, ...], changed: str, deleted: str) -> list[Trigger]:
    issued = "OLD.series_number IS NOT NULL"
    return [
        Trigger(f"{table}_frozen_once_issued", table, "UPDATE", changed, issued, free),
        Trigger(f"{table}_kept_once_issued", table, "DELETE", deleted, issued),
    ]


def _frozen_lines(table: str, parent: str, message: str) -> list[Trigger]:
    def of_issued(row: str) -> str:
        return f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {row}.{parent}_id AND p.series_number IS NOT NULL)"

    return [
        Trigger(f"{table}_not_added_once_issued", table, "INSERT", message, of_issued("NEW")),
        Trigger(f"{table}_frozen_once_issued", table, "UPDATE", message, f"{of_issued('OLD')} OR {of_issued('NEW')}"),
        Trigger(f"{table}_kept_once_issued", table, "DELETE", message, of_issued("OLD")),
    ]


TRIGGERS = [
    *_frozen(
        "invoice",
        (*LATER, *MONEY, *CANCELLATION, *PAPER, *SENT),
        _("An issued invoice can't be changed; cancel it or credit it."),
        _("An issued invoice can't be deleted; cancel it or credit it."),
    ),
    *_frozen_lines("invoice_item", "invoice", _("The lines of an issued invoice can't be changed.")),
    *_frozen(
        "credit_note",
        (*LATER, *REFUND, *PAPER),
        _("An issued credit note can't be changed."),
        _("An issued credit note can't be deleted."),
    ),
    *_frozen_lines("credit_note_item", "credit_note", _("The lines of an issued credit note can't be changed.")),
]
