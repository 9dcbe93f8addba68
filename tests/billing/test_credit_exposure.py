from decimal import Decimal

from billing.services import InvoiceLine, cancel_invoice, create_invoice, invoice_order, issue_invoice, pay_invoice
from sales.models import Customer
from sales.services.customers import exposure_of

D = Decimal


def test_an_invoice_counts_from_its_draft_until_it_is_paid(customer, charged, accountant):
    line = InvoiceLine(description="Advice", unit_price=D("50"), tax_category="Z")
    draft = create_invoice(customer=customer, lines=[line], by=accountant)
    assert exposure_of(customer) == 50
    issue_invoice(draft, by=accountant)
    charged("0.10")
    assert exposure_of(customer) == D("50.10")
    pay_invoice(draft, amount=D("20.20"), payment_method="cash", by=accountant)
    assert exposure_of(customer) == D("29.90")
    pay_invoice(draft, payment_method="cash", by=accountant)
    assert exposure_of(customer) == D("0.10")


def test_a_cancelled_one_does_not_count(customer, charged, accountant):
    cancel_invoice(charged("10"), by=accountant)
    assert exposure_of(customer) == 0


def test_other_customers_do_not_count(customer, charged):
    charged("10", Customer.objects.create(code="C-2", name="Other"))
    assert exposure_of(customer) == 0


def test_invoicing_an_order_moves_what_it_counts(ordered, customer, accountant):
    order = ordered((2, "10.00"), (1, "5.00", "7"), shipping="5.00")
    assert exposure_of(customer) == order.total_amount
    invoice = invoice_order(order, by=accountant)
    assert exposure_of(customer) == order.total_amount
    issue_invoice(invoice, by=accountant)
    assert exposure_of(customer) == order.total_amount
