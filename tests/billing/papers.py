"""Customers of every kind, their invoices, and what can be read in a PDF."""

from decimal import Decimal
from io import BytesIO
from itertools import count

from pypdf import PdfReader

from billing.models import Invoice, InvoiceItem
from billing.services import InvoiceLine, create_invoice, issue_invoice
from sales.models import Customer, CustomerAddress
from tests.factories.accounts import UserFactory

CODES = count(1042)
COMPANY = {
    "name": "Example Wholesale Ltd",
    "line1": "1 Harbour Road",
    "line2": "",
    "city": "Hamburg",
    "region": "",
    "postal_code": "20457",
    "country": "DE",
    "tax_id": "DE123456788",
    "registration": "HRB 12345",
    "email": "accounts@example.com",
    "phone": "+49 40 123456",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
}


def buyer(**fields) -> Customer:
    """A customer in Paris; `country` and `tax_id` make another of them."""
    country = fields.pop("country", "FR")
    usual = {"code": f"C-{next(CODES)}", "name": "Ancre Bleue SA", "tax_id": "FR40303265045"}
    customer = Customer.objects.create(**usual | fields)
    place = {"line1": "Rue 1", "postal_code": "75001", "city": "Paris", "country": country}
    CustomerAddress.objects.create(customer=customer, kind="billing", is_default=True, **place)
    return customer


def line(price: str = "100", *, percent: str = "0", category: str = "S", quantity: int = 1, **fields) -> InvoiceLine:
    return InvoiceLine(
        quantity=quantity,
        unit_price=Decimal(price),
        tax_percent=Decimal(percent),
        tax_category=category,
        **{"description": "Advice"} | fields,
    )


def invoice_of(*lines: InvoiceLine, customer: Customer | None = None, issue: bool = True) -> Invoice:
    """An invoice with these lines, issued."""
    user = UserFactory()
    invoice = create_invoice(customer=customer or buyer(), lines=lines, by=user)
    return issue_invoice(invoice, by=user) if issue else invoice


def invoice_saying(*texts: str) -> Invoice:
    """An issued invoice whose lines say this: what is refused today can stand in older records."""
    invoice = invoice_of(*[line("1", percent="19") for _text in texts], issue=False)
    for item, text in zip(invoice.items.order_by("pk"), texts, strict=True):
        InvoiceItem.objects.filter(pk=item.pk).update(description=text)
    return issue_invoice(invoice, by=invoice.user)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, on one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]
