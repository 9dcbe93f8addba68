"""What customers owe on invoices, as their credit limit counts it."""

from django.db.models import OuterRef, Subquery, Sum

from billing.models import Invoice, InvoiceStatus


def open_invoices() -> Subquery:
    """What is still to be paid on invoices of the customer of the outer query, drafts included."""
    statuses = (InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.OVERDUE)
    invoices = Invoice.objects.filter(customer=OuterRef("pk"), status__in=statuses)
    return Subquery(invoices.order_by().values("customer").annotate(sum=Sum("balance")).values("sum"))
