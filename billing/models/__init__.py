from .credit_note import CreditNote, CreditNoteItem, CreditNoteStatus
from .invoice import UNPAID, Invoice, InvoiceItem, InvoiceItemKind, InvoiceStatus
from .payment import Payment, PaymentMethod, PaymentStatus

__all__ = [
    "UNPAID",
    "CreditNote",
    "CreditNoteItem",
    "CreditNoteStatus",
    "Invoice",
    "InvoiceItem",
    "InvoiceItemKind",
    "InvoiceStatus",
    "Payment",
    "PaymentMethod",
    "PaymentStatus",
]
