"""What a customer reads on an invoice and on a credit note."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from billing.documents import pdf, render_pdf
from billing.models import Invoice
from billing.services import create_credit_note, invoice_order, issue_credit_note, issue_invoice, pay_invoice
from billing.services import read_document as read
from billing.services.documents import paper_of
from catalog.models import TaxRate
from sales.models import CustomerAddress, Shipment
from tests.factories.catalog import ProductFactory
from tests.factories.stock import WarehouseFactory

from .papers import COMPANY, buyer, invoice_of, invoice_saying, line, pages

D = Decimal


@pytest.fixture(autouse=True)
def company(settings):
    settings.COMPANY = COMPANY


@pytest.fixture
def stock_order(ordered, customer, at):
    """An order by a customer's own number, delivered, and invoiced on 10 March."""
    at("2026-03-10T09:00:00+00:00")
    customer.tax_id = "DE811907980"
    customer.save()
    place = {"line1": "Quay 1", "city": "Kiel", "postal_code": "24103", "country": "DE"}
    CustomerAddress.objects.create(customer=customer, kind="billing", is_default=True, **place)
    order = ordered((3, "19.99", "19", "5"), (1200, "0.1234", "7"), shipping="9.90")
    order.customer_reference = "PO 4711"
    order.save()
    left = datetime.datetime(2026, 3, 9, 12, tzinfo=datetime.UTC)
    Shipment.objects.create(order=order, warehouse=WarehouseFactory(), status="shipped", shipped_at=left)
    return order


def test_it_says_all_that_an_invoice_must(stock_order, accountant):
    invoice = issue_invoice(invoice_order(stock_order, by=accountant), by=accountant)
    [text] = pages(read(invoice).content)
    for expected in (
        "Invoice INV-2026-000001",
        "Example Wholesale Ltd",
        "1 Harbour Road",
        "DE123456788",
        "HRB 12345",
        "Blue Anchor Ltd Quay 1 24103 Kiel",
        "DE811907980",
        "Date 10 Mar 2026",
        "Date of delivery 9 Mar 2026",
        "Due 9 Apr 2026",
        "Your reference PO 4711",
        f"Order {stock_order.order_number}",
        "Customer C-1",
        "Payable by 9 Apr 2026 (30 days from the date of the invoice)",
        "DE02 1203 0000 0000 2020 51",
        "BYLADEM1001",
        "Page 1 of 1",
        "Scan to pay",
    ):
        assert expected in text


def test_lines_and_sums(stock_order, accountant):
    invoice = issue_invoice(invoice_order(stock_order, by=accountant), by=accountant)
    first, second = stock_order.items.order_by("pk")
    [text] = pages(read(invoice).content)
    assert f"{first.product.name} {first.product.sku} 3 pcs 19.99 5 % 19 % 56.97" in text
    assert f"{second.product.name} {second.product.sku} 1,200 pcs 0.1234 7 % 148.08" in text
    assert "Subtotal 214.95 VAT 19 % 12.71 VAT 7 % 10.37 Amount due EUR 238.03" in text
    assert "VAT 19 % 66.87 12.71 79.58 VAT 7 % 148.08 10.37 158.45 Total 214.95 23.08 238.03" in text


def test_a_discount_has_a_column_only_where_there_is_one():
    [text] = pages(read(invoice_of(line(percent="19"))).content)
    assert "Discount" not in text


def test_long_ones_repeat_the_head_and_count_the_pages():
    invoice = invoice_of(*[line("1", percent="19", description=f"Item {n}") for n in range(1, 81)])
    first, *others = pages(read(invoice).content)
    assert len(others) == 2
    assert "Page 1 of 3" in first
    for number, text in enumerate(others, 2):
        assert f"Page {number} of 3" in text
        assert f"Example Wholesale Ltd Invoice {invoice.number}" in text
        assert "No. Description Quantity Unit price VAT Net EUR" in text
    assert "Item 80" in others[-1]


@pytest.mark.parametrize(
    ("category", "note"),
    [
        ("AE", "Reverse charge: the customer accounts for the VAT"),
        ("G", "Export outside the EU, exempt from VAT"),
        ("K", "Intra-community supply, exempt from VAT"),
        ("E", "Exempt from VAT"),
        ("O", "Not subject to VAT"),
    ],
)
def test_why_there_is_no_tax(category, note):
    [text] = pages(read(invoice_of(line(category=category))).content)
    assert note in text
    assert "VAT 0.00 Amount due EUR 100.00" in text


def test_the_reason_is_that_of_the_tax_rate_at_the_time():
    rate = TaxRate.objects.create(name="Medical", rate=0, category="E", exemption_reason="Exempt, § 4 No. 14 UStG")
    product = ProductFactory(tax_rate=rate)
    invoice = invoice_of(line(category="E", product=product))
    TaxRate.objects.update(exemption_reason="Changed")
    product.sku = "CHANGED"
    product.save()
    [text] = pages(read(invoice).content)
    assert "Exempt, § 4 No. 14 UStG" in text
    assert "hanged" not in text.lower()


def test_a_credit_note_names_its_invoice_and_its_reason(accountant):
    invoice = invoice_of(line(percent="19"))
    note = issue_credit_note(create_credit_note(invoice, reason="Damaged in transit", by=accountant), by=accountant)
    [text] = pages(read(note).content)
    assert f"Credit note {note.number} Reason: Damaged in transit" in text
    assert f"For invoice {invoice.number}" in text
    assert "Credit EUR 119.00" in text
    assert "Scan to pay" not in text
    assert "Account holder" not in text


def test_nothing_to_pay():
    [text] = pages(read(invoice_of(line("0", percent="19"))).content)
    assert "There is nothing to pay." in text
    assert "Scan to pay" not in text


HOSTILE = [
    "*bold* _it_ #panic() $x^2$ <tag> @ref \\ [x] `raw` // = - +",
    '#read("/etc/passwd")',
    "مرحبا بالعالم",
    "😀🚀 漢字",
    "\u202eright to left\u202c",
    "a\x0bb\x01c\u2028d",
    "W" * 300,
    '"quoted" {{ 7*7 }} ${7*7} <script>alert(1)</script>',
]


def test_what_people_write_is_not_markup():
    text = " ".join(pages(read(invoice_saying(*HOSTILE)).content))
    for shown in (HOSTILE[0], HOSTILE[1], HOSTILE[7], "a b c d"):
        assert shown in text
    assert text.replace("\u200b", "").replace(" ", "").count("W" * 300) == 1


def test_names_of_any_length_and_kind():
    customer = buyer(name="Verbrauchergenossenschaftszentralverwaltung " * 4, tax_id="FR" + "9" * 38)
    [text] = pages(read(invoice_of(line(), customer=customer)).content)
    assert "Amount due EUR 100.00" in text


def test_the_same_invoice_is_the_same_file_whatever_happens_later(accountant, monkeypatch):
    invoice = invoice_of(line(percent="19"))
    first = render_pdf(paper_of(invoice))
    pay_invoice(invoice, payment_method="cash", by=accountant)
    invoice.customer.name = "Renamed"
    invoice.customer.save()
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC))
    with translation.override("de"):
        assert render_pdf(paper_of(Invoice.objects.get(pk=invoice.pk))) == first


@pytest.mark.parametrize("content", [None, b"not a picture"])
def test_a_logo_that_is_missing_or_broken_is_left_out(tmp_path, content, caplog):
    logo = tmp_path / "logo.png"
    if content:
        logo.write_bytes(content)
    paper = paper_of(invoice_of(line()))
    assert render_pdf(paper, logo=str(logo)) == render_pdf(paper)
    assert "left out" in caplog.text


def test_the_logo_stands_in_the_place_of_the_name(tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10"/></svg>')
    paper = paper_of(invoice_of(line()))
    assert pages(render_pdf(paper, logo=str(logo)))[0].count(COMPANY["name"]) + 1 == pages(render_pdf(paper))[0].count(
        COMPANY["name"]
    )


def test_it_is_made_for_archives():
    assert b"pdfaid:part" in read(invoice_of(line())).content


def test_the_installation_adds_typefaces_for_scripts_that_are_lacking(settings, tmp_path, monkeypatch):
    settings.DOCUMENT_FONTS = str(tmp_path)
    asked = []
    monkeypatch.setattr(pdf.typst, "Fonts", lambda **given: asked.append(given))
    pdf._fonts.__wrapped__()
    [lato, added] = asked[0]["font_paths"]
    assert (lato.endswith("files"), added) == (True, str(tmp_path))
    assert asked[0]["include_system_fonts"] is False
