"""What customers get of an invoice or a credit note: the PDF, and the same as a structured e-invoice.

Pure: from the columns that are frozen at issue to bytes. The same document always gives the same bytes.
"""

from .paper import Paper, paper_of_credit_note, paper_of_invoice
from .pdf import render_pdf
from .ubl import render_ubl
from .ubl_gaps import find_gaps

__all__ = ["Paper", "find_gaps", "paper_of_credit_note", "paper_of_invoice", "render_pdf", "render_ubl"]
