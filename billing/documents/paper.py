"""What is on an invoice or a credit note, put together from frozen columns only."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem
from inventory_project.base.clock import business_day
from inventory_project.base.money import ZERO

# What neither XML nor a line of print can hold: control characters, lone surrogates, what is no character.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def printable(text: object) -> str:
    """One line of text as it can be printed."""
    return UNPRINTABLE.sub(" ", str(text or "")).strip()


@dataclass(frozen=True)
class Party:
    """Seller or buyer."""

    name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_id: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    iban: str = ""
    bic: str = ""

    @classmethod
    def read(cls, frozen: Mapping[str, object]) -> "Party":
        """From the JSON of an address or of the company; what it does not know is empty."""
        return cls(**{name: printable(frozen.get(name)) for name in cls.__dataclass_fields__})

    @property
    def address(self) -> list[str]:
        """The lines below the name."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return [line for line in (self.line1, self.line2, town, self.region, self.country) if line]


@dataclass(frozen=True)
class PaperLine:
    """One line, as charged or as credited."""

    position: int
    sku: str
    description: str
    quantity: int
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    tax: Decimal
    tax_percent: Decimal
    tax_category: str


@dataclass(frozen=True)
class TaxRow:
    """All that is taxed alike, and why it is not taxed."""

    percent: Decimal
    category: str
    net: Decimal
    tax: Decimal
    reason: str


@dataclass(frozen=True)
class Corrected:
    """The invoice that a credit note corrects, and why."""

    number: str
    issued_on: datetime.date
    reason: str


@dataclass(frozen=True)
class Paper:
    """An invoice or, with `corrects`, a credit note."""

    number: str
    issued_at: datetime.datetime
    due_on: datetime.date | None
    seller: Party
    buyer: Party
    currency: str
    lines: tuple[PaperLine, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    particulars: Mapping[str, object] = field(default_factory=dict)
    corrects: Corrected | None = None
    is_draft: bool = False

    @property
    def issued_on(self) -> datetime.date:
        return business_day(self.issued_at)

    @property
    def delivered_on(self) -> datetime.date | None:
        day = self.particulars.get("delivered_on")
        return datetime.date.fromisoformat(day) if day else None

    @property
    def tax_rows(self) -> list[TaxRow]:
        """The tax summary, the highest rate first."""
        reasons = self.particulars.get("exemptions") or {}
        rates = sorted({(line.tax_percent, line.tax_category) for line in self.lines}, key=lambda r: (-r[0], r[1]))
        return [self._tax_row(percent, category, reasons.get(category, "")) for percent, category in rates]

    def _tax_row(self, percent: Decimal, category: str, reason: str) -> TaxRow:
        lines = [line for line in self.lines if (line.tax_percent, line.tax_category) == (percent, category)]
        net = sum((line.net for line in lines), ZERO)
        return TaxRow(percent, category, net, sum((line.tax for line in lines), ZERO), printable(reason))

    def particular(self, name: str) -> str:
        """One of the particulars frozen at issue, or ''."""
        return printable(self.particulars.get(name))


def paper_of_invoice(invoice: Invoice, items: Iterable[InvoiceItem]) -> Paper:
    """What is on an invoice. What has been paid since is not: paper says what was due when it was issued."""
    return Paper(
        number=invoice.invoice_number,
        issued_at=invoice.issued_date,
        due_on=business_day(invoice.due_date),
        lines=tuple(_charged(n, item, invoice) for n, item in enumerate(items, 1)),
        net=invoice.subtotal_amount,
        tax=invoice.tax_amount,
        total=invoice.total_amount,
        is_draft=invoice.series_number is None,
        **_of_both(invoice),
    )


def paper_of_credit_note(note: CreditNote, items: Iterable[CreditNoteItem]) -> Paper:
    """What is on a credit note. Seller, buyer and particulars are those of the invoice that it corrects."""
    invoice = note.invoice
    return Paper(
        number=note.credit_note_number,
        issued_at=note.issued_at,
        due_on=None,
        lines=tuple(_credited(n, item, invoice) for n, item in enumerate(items, 1)),
        net=note.subtotal_amount,
        tax=note.tax_amount,
        total=note.total_amount,
        corrects=Corrected(invoice.invoice_number, business_day(invoice.issued_date), printable(note.reason)),
        is_draft=note.series_number is None,
        **_of_both(invoice),
    )


def _of_both(invoice: Invoice) -> dict[str, object]:
    return {
        "seller": Party.read(invoice.seller),
        "buyer": Party.read(invoice.billing_address),
        "currency": str(invoice.particulars.get("currency", "")),
        "particulars": invoice.particulars,
    }


def _charged(position: int, item: InvoiceItem, invoice: Invoice) -> PaperLine:
    return PaperLine(
        position=position,
        sku=printable((invoice.particulars.get("skus") or {}).get(str(item.pk))),
        description=printable(item.description),
        quantity=item.quantity,
        unit=item.unit,
        unit_price=item.unit_price,
        discount_percent=item.discount_percent,
        net=item.subtotal,
        tax=item.tax_amount,
        tax_percent=item.tax_percent,
        tax_category=item.tax_category,
    )


def _credited(position: int, item: CreditNoteItem, invoice: Invoice) -> PaperLine:
    charged = item.invoice_item
    return PaperLine(
        position=position,
        sku=printable((invoice.particulars.get("skus") or {}).get(str(charged.pk))),
        description=printable(charged.description),
        quantity=item.quantity,
        unit=charged.unit,
        unit_price=item.unit_price,
        discount_percent=charged.discount_percent,
        net=item.subtotal,
        tax=item.tax_amount,
        tax_percent=item.tax_percent,
        tax_category=charged.tax_category,
    )
