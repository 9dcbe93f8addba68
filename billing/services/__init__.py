from .credit_note_amounts import recalculate_credit_note
from .credit_notes import (
    CreditLine,
    cancel_credit_note,
    create_credit_note,
    issue_credit_note,
    refund_credit_note,
)
from .documents import GivenOut, documents_later, read_document, read_documents, read_e_invoice
from .invoice_amounts import recalculate_invoice
from .invoices import InvoiceLine, create_invoice, delete_invoice, invoice_order
from .issuing import cancel_invoice, issue_invoice, mark_overdue_invoices
from .payments import instant_of, pay_invoice, pay_invoices, void_payment
from .previews import preview_credit_note, preview_invoice
from .sending import remind_of_invoice, send_invoice, why_not_sent
from .transfers import TransfersRefused, record_transfers

__all__ = [
    "CreditLine",
    "GivenOut",
    "InvoiceLine",
    "TransfersRefused",
    "cancel_credit_note",
    "cancel_invoice",
    "create_credit_note",
    "create_invoice",
    "delete_invoice",
    "documents_later",
    "instant_of",
    "invoice_order",
    "issue_credit_note",
    "issue_invoice",
    "mark_overdue_invoices",
    "pay_invoice",
    "pay_invoices",
    "preview_credit_note",
    "preview_invoice",
    "read_document",
    "read_documents",
    "read_e_invoice",
    "recalculate_credit_note",
    "recalculate_invoice",
    "record_transfers",
    "refund_credit_note",
    "remind_of_invoice",
    "send_invoice",
    "void_payment",
    "why_not_sent",
]
