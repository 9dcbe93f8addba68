from decimal import Decimal

import pytest

from billing.services import InvoiceLine, create_invoice
from catalog.models import PriceList, PriceListItem, TaxRate
from sales.models import Customer, CustomerAddress, TaxTreatment
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory

D = Decimal


@pytest.fixture
def make(customer, accountant):
    return lambda *lines, **more: create_invoice(customer=customer, lines=lines, by=accountant, **more)


def test_a_product_brings_name_unit_price_and_tax(make, standard_rate):
    reduced = TaxRate.objects.create(name="Reduced", rate=D("7"))
    product = ProductFactory(name="Chart", price=D("12.50"), unit="KGM", tax_rate=reduced)
    invoice = make(InvoiceLine(2, product))
    line = invoice.items.get()
    assert (line.description, line.unit, line.unit_price) == ("Chart", "KGM", D("12.5000"))
    assert (line.tax_percent, line.tax_category) == (D("7"), "S")
    assert (invoice.subtotal_amount, invoice.tax_amount, invoice.balance) == (D("25.00"), D("1.75"), D("26.75"))


def test_the_customer_s_price_list_holds(make, customer, standard_rate):
    product = ProductFactory()
    customer.price_list = PriceList.objects.create(name="Trade")
    customer.save()
    PriceListItem.objects.create(price_list=customer.price_list, product=product, minimum_quantity=5, price=D("8"))
    invoice = make(InvoiceLine(5, product), InvoiceLine(4, product))
    assert list(invoice.items.order_by("pk").values_list("unit_price", flat=True)) == [D("8"), D("10")]


def test_a_free_line_is_taxed_at_the_default_rate(make, standard_rate):
    invoice = make(InvoiceLine(description="Repair", unit_price=D("100")))
    line = invoice.items.get()
    assert (line.product, line.tax_percent, line.tax_category, line.unit) == (None, D("19"), "S", "C62")
    assert invoice.total_amount == D("119.00")


@pytest.mark.parametrize(("treatment", "category"), [(TaxTreatment.REVERSE_CHARGE, "AE"), (TaxTreatment.EXPORT, "G")])
def test_customers_abroad_are_invoiced_without_tax(make, customer, standard_rate, treatment, category):
    customer.tax_treatment, customer.tax_id = treatment, "FR123"
    customer.save()
    invoice = make(InvoiceLine(1, ProductFactory()), InvoiceLine(description="Repair", unit_price=D("1")))
    assert set(invoice.items.values_list("tax_percent", "tax_category")) == {(D("0"), category)}
    assert invoice.tax_amount == 0


def test_a_rate_that_is_given_counts(make):
    lines = [
        InvoiceLine(description="a", unit_price=D("100"), tax_percent=D("5.5")),
        InvoiceLine(description="b", unit_price=D("100"), tax_category="Z"),
        InvoiceLine(description="c", unit_price=D("100"), tax_category="E"),
    ]
    invoice = make(*lines)
    found = list(invoice.items.order_by("pk").values_list("tax_percent", "tax_category"))
    assert found == [(D("5.5"), "S"), (D("0"), "Z"), (D("0"), "E")]
    assert invoice.tax_amount == D("5.50")


def test_it_belongs_to_whoever_acts_unless_said_otherwise(make, accountant, customer):
    other = UserFactory()
    assert make().user == accountant
    assert make(user=other).user == other


def test_somebody_must_be_behind_it(customer, refused):
    with refused("required"):
        create_invoice(customer=customer, by=None)


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (InvoiceLine(unit_price=D("1")), "required", "items/0/description"),
        (InvoiceLine(description="Advice"), "required", "items/0/unit_price"),
        (InvoiceLine(0, description="Advice", unit_price=D("1")), "invalid", "items/0/quantity"),
        (InvoiceLine(-1, description="Advice", unit_price=D("1")), "invalid", "items/0/quantity"),
        (InvoiceLine(description="Advice", unit_price=D("-1")), "out_of_range", "items/0/unit_price"),
        (InvoiceLine(description="Advice", unit_price=D("NaN")), "invalid", "items/0/unit_price"),
        (InvoiceLine(description="Advice", unit_price=D("0.00001")), "too_precise", "items/0/unit_price"),
        (
            InvoiceLine(description="Advice", unit_price=D("1"), discount_percent=D("100.001")),
            "out_of_range",
            "items/0/discount_percent",
        ),
        (
            InvoiceLine(description="Advice", unit_price=D("1"), tax_percent=D("5"), tax_category="AE"),
            "invalid",
            "items/0/tax_percent",
        ),
        (InvoiceLine(description="Advice", unit_price=D("1"), tax_category="X"), "invalid", "items/0/tax_category"),
        (InvoiceLine(2**31 - 1, description="Advice", unit_price=D("99999999999")), "out_of_range", "items"),
    ],
)
def test_lines_that_cannot_be_right(make, standard_rate, refused, line, code, field):
    with refused(code) as refusal:
        make(line)
    assert refusal.value.field == field


def test_without_a_default_rate_a_free_line_needs_its_own(make, refused):
    with refused("no_default_tax_rate"):
        make(InvoiceLine(description="Repair", unit_price=D("100")))


def test_it_does_not_go_to_somebody_else(make, refused):
    stranger = Customer.objects.create(code="C-2", name="Other")
    address = CustomerAddress.objects.create(
        customer=stranger, kind="billing", line1="1 Quay", city="Kiel", country="DE"
    )
    with refused("other_customer") as refusal:
        make(billing_to=address)
    assert refusal.value.field == "billing_to"


@pytest.mark.parametrize("notes", ["nul \x00", "half a character \ud800", "x" * 10_001])
def test_notes_that_cannot_be_kept_are_refused(make, refused, notes):
    with refused("invalid"):
        make(notes=notes)
