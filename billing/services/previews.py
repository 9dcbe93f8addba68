"""What a draft would look like once issued, marked as a draft on every page."""

from django.conf import settings
from django.utils import timezone

from billing.documents import render_pdf
from billing.models import CreditNote, Invoice
from sales.services.customers import read_customer

from .documents import GivenOut, paper_of
from .issuing import due_date, freeze


def preview_invoice(invoice: Invoice) -> GivenOut:
    """An invoice as it would be if it were issued now; nothing is written."""
    draft = Invoice.objects.get(pk=invoice.pk)
    customer = read_customer(draft.customer_id)
    for name, value in freeze(draft, customer).items():
        setattr(draft, name, value)
    draft.issued_date = timezone.now()
    draft.due_date = due_date(draft, draft.issued_date, customer.payment_terms_days)
    return _preview(draft)


def preview_credit_note(note: CreditNote) -> GivenOut:
    """A credit note as it would be if it were issued now; nothing is written."""
    draft = CreditNote.objects.select_related("invoice").get(pk=note.pk)
    draft.issued_at = timezone.now()
    return _preview(draft)


def _preview(draft: Invoice | CreditNote) -> GivenOut:
    content = render_pdf(paper_of(draft), logo=settings.COMPANY_LOGO)
    return GivenOut(f"{draft.number}.pdf", content, "")
