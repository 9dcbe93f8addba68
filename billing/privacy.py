"""What billing knows of a customer who is to be anonymised.

An issued invoice or credit note is not touched: it has to be kept as it is. Only the copies in the history go.
"""

from django.db.models import CharField, FileField, JSONField, Model, QuerySet, TextField

from billing.models import CreditNote, CreditNoteStatus, Invoice, InvoiceStatus, Payment
from inventory_project.base.privacy import Part
from sales.models import Customer


def obligations(customer: Customer) -> list[QuerySet]:
    """Invoices that are not paid, credit notes that are not paid out, and drafts of both."""
    open_invoices = (InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.OVERDUE)
    notes = CreditNote.objects.filter(invoice__customer=customer)
    return [
        Invoice.objects.filter(customer=customer, status__in=open_invoices),
        notes.filter(status=CreditNoteStatus.DRAFT),
        notes.to_refund(),
    ]


def personal(customer: Customer) -> list[Part]:
    """Payments and drafts that were given up, to be blanked; of what was issued, the copies in the history."""
    ids = [customer.pk]
    invoices = Invoice.objects.filter(customer=customer)
    notes = CreditNote.objects.filter(invoice__customer=customer)
    of_invoices = {"owner": "invoice_id", "owner_ids": list(invoices.values_list("pk", flat=True))}
    return [
        Part(
            invoices.filter(series_number=None),
            {**_empty("notes", "cancel_reason"), "particulars": {}},
            ("billing_address",),
            owner="customer_id",
            owner_ids=ids,
        ),
        Part(invoices.filter(series_number__isnull=False), forget=_wording(Invoice)),
        Part(notes.filter(series_number=None), _empty("reason", "notes"), **of_invoices),
        Part(notes.filter(series_number__isnull=False), forget=_wording(CreditNote)),
        Part(
            Payment.objects.filter(invoice__customer=customer),
            _empty("reference", "notes", "void_reason", "bank_entry"),
            **of_invoices,
        ),
    ]


def _empty(*names: str) -> dict[str, object]:
    return dict.fromkeys(names, "")


def _wording(model: type[Model]) -> list[str]:
    """Every field of a document that can say who the customer is: all but its number and what is chosen from a list."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField)
        and not isinstance(field, FileField)
        and not field.choices
        and field.name not in (model.NUMBER, "document_sha256")
    ]
