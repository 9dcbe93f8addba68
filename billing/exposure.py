"""What customers owe on invoices, as their credit limit counts it."""

from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from billing.models import Invoice, InvoiceStatus
from sales.models import Customer


def open_invoices() -> Subquery:
    """What is still to be paid on invoices of the customer of the outer query, drafts included."""
    statuses = (InvoiceStatus.DRAFT, InvoiceStatus.ISSUED, InvoiceStatus.OVERDUE)
    invoices = Invoice.objects.filter(customer=OuterRef("pk"), status__in=statuses)
    return Subquery(invoices.order_by().values("customer").annotate(sum=Sum("balance")).values("sum"))


def to_pay(customer: Customer) -> dict[int, Decimal]:
    """What is still to be paid on each invoice of one customer."""
    return dict(Invoice.objects.open().filter(customer=customer).values_list("pk", "balance"))


def drafts(customer: Customer) -> dict[int, Decimal]:
    """What the drafts of one customer's invoices come to, those of 0 left out."""
    invoices = Invoice.objects.filter(customer=customer, status=InvoiceStatus.DRAFT, balance__gt=0)
    return dict(invoices.values_list("pk", "balance"))
