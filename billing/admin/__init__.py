"""The back office's pages of invoices, payments and credit notes."""

from . import credit_notes, facts, invoices, payments

__all__ = ["credit_notes", "facts", "invoices", "payments"]
