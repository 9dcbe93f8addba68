"""E-invoices pass the official rules of EN 16931, whatever is sold to whom; where they can't, the refusal says why."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from billing.services import (
    CreditLine,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    read_e_invoice,
)
from inventory_project.base.errors import InvalidTransition, RuleViolation
from sales.models import CustomerAddress, Shipment
from tests.factories.catalog import ProductFactory
from tests.factories.stock import WarehouseFactory

from .en16931 import problems, texts
from .papers import COMPANY, buyer, invoice_of, invoice_saying, line

SUBTOTAL = "cac:TaxTotal/cac:TaxSubtotal"
CATEGORY = f"{SUBTOTAL}/cac:TaxCategory"
TOTAL = "cac:LegalMonetaryTotal"
VAT_NUMBERS = "*/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"


@pytest.fixture(autouse=True)
def company(settings):
    settings.COMPANY = COMPANY


def sound(row) -> bytes:
    """The e-invoice, to which the rules have no objection."""
    xml = read_e_invoice(row).content
    assert problems(xml) == []
    return xml


def test_the_rules_are_really_run():
    xml = read_e_invoice(invoice_of(line(percent="19"))).content
    wrong = xml.replace(b">119.00</cbc:TaxInclusiveAmount>", b">118.00</cbc:TaxInclusiveAmount>")
    assert any("BR-CO-15" in problem for problem in problems(wrong))
    assert problems(xml.replace(b"cbc:IssueDate", b"cbc:IssuedDate"))


def test_an_invoice_with_all_there_is(ordered, customer, accountant, at):
    at("2026-03-10T09:00:00+00:00")
    customer.tax_id = "DE 811 907 980"
    customer.save()
    place = {"line1": "Quay 1", "city": "Kiel", "postal_code": "24103", "country": "DE"}
    CustomerAddress.objects.create(customer=customer, kind="billing", is_default=True, **place)
    order = ordered((3, "19.99", "19", "5"), (1200, "0.1234", "7"), shipping="9.90")
    order.customer_reference = "PO 4711"
    order.shipping_address = {"country": "AT"}
    order.save()
    left = datetime.datetime(2026, 3, 9, 12, tzinfo=datetime.UTC)
    Shipment.objects.create(order=order, warehouse=WarehouseFactory(), status="shipped", shipped_at=left)
    xml = sound(issue_invoice(invoice_order(order, by=accountant), by=accountant))
    for path, expected in {
        "cbc:ID": ["INV-2026-000001"],
        "cbc:IssueDate": ["2026-03-10"],
        "cbc:DueDate": ["2026-04-09"],
        "cbc:InvoiceTypeCode": ["380"],
        "cac:OrderReference/*": ["PO 4711", order.order_number],
        "cac:Delivery/cbc:ActualDeliveryDate": ["2026-03-09"],
        "cac:Delivery//cbc:IdentificationCode": ["AT"],
        VAT_NUMBERS: ["DE123456788", "DE811907980"],
        "cac:PaymentMeans/*": ["58", "INV-2026-000001", "\n      "],
        "cac:PaymentMeans//cbc:ID": ["DE02120300000000202051", "BYLADEM1001"],
        f"{SUBTOTAL}/cbc:TaxAmount": ["12.71", "10.37"],
        f"{TOTAL}/*": ["214.95", "214.95", "238.03", "238.03"],
        "cac:InvoiceLine/cbc:LineExtensionAmount": ["56.97", "148.08", "9.90"],
        "cac:InvoiceLine/cac:AllowanceCharge/cbc:Amount": ["3.00"],
        "cac:InvoiceLine/cac:Item/cac:SellersItemIdentification/cbc:ID": [
            item.product.sku for item in order.items.order_by("pk")
        ],
    }.items():
        assert texts(xml, path) == expected, path


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("Z", []),
        ("E", []),
        ("AE", ["VATEX-EU-AE"]),
        ("G", ["VATEX-EU-G"]),
        ("K", ["VATEX-EU-IC"]),
        ("O", ["VATEX-EU-O"]),
    ],
)
def test_every_treatment_as_invoice_and_as_credit_note(category, code, accountant):
    invoice = invoice_of(line("10.1234", category=category, quantity=3, discount_percent=Decimal("2.5")))
    note = create_credit_note(invoice, reason="Damaged", by=accountant)
    for row in (invoice, issue_credit_note(note, by=accountant)):
        xml = sound(row)
        assert texts(xml, f"{CATEGORY}/cbc:ID") == [category]
        assert texts(xml, f"{CATEGORY}/cbc:TaxExemptionReasonCode") == code
        assert bool(texts(xml, f"{CATEGORY}/cbc:TaxExemptionReason")) == (category != "Z")
        assert bool(texts(xml, VAT_NUMBERS)) == (category != "O")
        assert texts(xml, "cac:TaxTotal/cbc:TaxAmount") == ["0.00"]


def test_several_rates_on_one_invoice():
    rows = [
        line("0.05", percent="19", quantity=7),
        line("3.33", percent="7"),
        line("2", category="E"),
        line("1", category="Z"),
    ]
    xml = sound(invoice_of(*rows))
    assert texts(xml, f"{CATEGORY}/cbc:ID") == ["S", "S", "E", "Z"]
    assert texts(xml, f"{CATEGORY}/cbc:Percent") == ["19", "7", "0", "0"]


def test_an_order_invoiced_in_parts_and_credited_in_parts(ordered, customer, ship, accountant):
    CustomerAddress.objects.create(
        customer=customer, kind="billing", is_default=True, line1="Quay", city="K", country="DE"
    )
    order = ordered((3, "0.3333", "19", "12.5"), (7, "1.1150", "7"), shipped=[1, 2], shipping="4.99")
    invoices = [issue_invoice(invoice_order(order, by=accountant), by=accountant)]
    for units in ([1, 2], [1, 3]):
        ship(order, *units)
        invoices.append(issue_invoice(invoice_order(order, by=accountant), by=accountant))
    for invoice in invoices:
        sound(invoice)
    first = invoices[0].items.order_by("pk").last()
    part = create_credit_note(invoices[0], [CreditLine(first, 1)], reason="Bent", by=accountant)
    xml = sound(issue_credit_note(part, by=accountant))
    assert texts(xml, "cac:BillingReference//cbc:ID") == [invoices[0].number]
    sound(issue_credit_note(create_credit_note(invoices[0], reason="All", by=accountant), by=accountant))


def test_a_credit_note_is_one(accountant):
    note = create_credit_note(invoice_of(line(percent="19")), reason="Damaged", by=accountant)
    xml = sound(issue_credit_note(note, by=accountant))
    assert xml.startswith(b"<?xml") and b"<CreditNote " in xml
    assert texts(xml, "cbc:CreditNoteTypeCode") == ["381"]
    assert texts(xml, "cbc:Note") == ["Damaged"]
    assert texts(xml, f"{TOTAL}/cbc:PayableAmount") == ["119.00"]
    assert texts(xml, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["1"]


def test_nothing_to_pay():
    assert texts(sound(invoice_of(line("0", percent="19"))), f"{TOTAL}/cbc:PayableAmount") == ["0.00"]


def test_what_people_write_stands_there_as_written():
    text = "<b>&amp;</b> ]]> \x0b\x01 مرحبا 😀 \u202e"
    xml = sound(invoice_saying(text))
    assert texts(xml, "cac:InvoiceLine/cac:Item/cbc:Name") == ["<b>&amp;</b> ]]>   مرحبا 😀 \u202e"]


def test_units_that_are_no_codes_count_as_pieces():
    product = ProductFactory(unit="kg!")
    assert b'unitCode="C62"' in sound(invoice_of(line(percent="19", product=product)))


def test_a_tax_number_that_is_no_vat_number(settings):
    settings.COMPANY = COMPANY | {"tax_id": "22/815/0815 4", "registration": ""}
    customer = buyer(tax_id="no number yet")
    xml = sound(invoice_of(line(percent="19"), customer=customer))
    assert texts(xml, VAT_NUMBERS) == ["22/815/0815 4"]
    assert texts(xml, "*/cac:Party/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["LOC"]


def test_it_is_always_the_same():
    invoice = invoice_of(line(category="AE"))
    with translation.override("de"):
        first = read_e_invoice(invoice)
    assert read_e_invoice(invoice) == first
    assert first.name == f"{invoice.number}.xml"


@pytest.mark.parametrize(
    ("company", "customer", "category", "gap"),
    [
        ({"tax_id": ""}, {}, "S", "the company's VAT ID, with its country"),
        ({"tax_id": "4711"}, {}, "K", "the company's VAT ID, with its country"),
        ({"country": ""}, {}, "S", "the company's country"),
        ({}, {"country": "XX"}, "S", "the customer's country"),
        ({}, {"tax_id": "4711"}, "K", "the customer's VAT ID, with its country"),
        ({}, {"tax_id": ""}, "AE", "the customer's tax ID"),
        ({"tax_id": "", "registration": ""}, {}, "O", "the company's tax ID or entry in the register"),
    ],
)
def test_what_is_missing_is_named(company, customer, category, gap, settings):
    settings.COMPANY = COMPANY | company
    with pytest.raises(RuleViolation) as refusal:
        read_e_invoice(invoice_of(line(category=category), customer=buyer(**customer)))
    assert refusal.value.code == "e_invoice_incomplete"
    assert refusal.value.details == {"gaps": [gap]}
    assert gap in str(refusal.value)


def test_outside_the_scope_of_vat_stands_alone():
    with pytest.raises(RuleViolation, match="a document of its own"):
        read_e_invoice(invoice_of(line(percent="19"), line(category="O")))


def test_a_draft_has_none():
    with pytest.raises(InvalidTransition, match="has not been issued"):
        read_e_invoice(invoice_of(line(), issue=False))
