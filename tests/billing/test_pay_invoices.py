from decimal import Decimal

import pytest

from billing.models import Invoice
from billing.services import pay_invoices
from sales.models import Customer

D = Decimal


@pytest.fixture
def pay(customer, accountant):
    return lambda amount, **more: pay_invoices(
        customer, D(amount), payment_method="bank_transfer", reference="Transfer 7", by=accountant, **more
    )


@pytest.fixture
def three(charged, customer, at):
    """Invoices of 10, 20 and 30; the last one is due first."""
    made = []
    for day, total in (("03", "10"), ("02", "20"), ("01", "30")):
        at(f"2027-01-{day}T09:00:00+00:00")
        customer.payment_terms_days = int(day)
        customer.save()
        made.append(charged(total))
    at("2027-01-03T09:00:00+00:00")
    return made


def balances(invoices):
    return [Invoice.objects.get(pk=invoice.pk).balance for invoice in invoices]


def test_the_one_due_first_comes_first(three, pay):
    payments = pay("45")
    assert [(p.invoice_id, p.amount) for p in payments] == [(three[2].pk, D("30")), (three[1].pk, D("15"))]
    assert balances(three) == [10, 5, 0]
    assert {p.reference for p in payments} == {"Transfer 7"}
    assert len({p.payment_number for p in payments}) == 2
    assert [p.invoice.status for p in payments] == ["paid", "issued"]
    assert [p.invoice.balance for p in payments] == [0, 5]


def test_all_that_is_open(three, pay):
    assert len(pay("60")) == 3
    assert set(Invoice.objects.values_list("status", flat=True)) == {"paid"}


def test_more_than_is_open_in_all_is_refused(three, pay, refused):
    with refused("above_balance") as refusal:
        pay("60.01")
    assert refusal.value.details == {"balance": "60.00"}


def test_other_customers_are_left_alone(three, charged, pay, refused):
    stranger = charged("100", Customer.objects.create(code="C-2", name="Other"))
    pay("60")
    with refused("above_balance"):
        pay("1")
    assert balances([stranger]) == [100]


def test_nothing_is_no_amount(three, pay, refused):
    with refused("out_of_range"):
        pay("0")
