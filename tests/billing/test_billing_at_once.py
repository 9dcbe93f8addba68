"""What eight people do in the same instant has its effect once; the others are told why."""

import random
from decimal import Decimal

import pytest

from billing.models import CreditNote, Invoice, Payment
from billing.services import (
    CreditLine,
    cancel_invoice,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    pay_invoices,
    refund_credit_note,
    void_payment,
)
from inventory_project.base.errors import RuleViolation

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

D = Decimal


def codes(wrong):
    assert all(isinstance(problem, RuleViolation) for problem in wrong), wrong
    return {problem.code for problem in wrong}


def test_an_order_is_invoiced_once(ordered, accountant, at_once):
    order = ordered((5, "10.00"))
    wrong = at_once(lambda client: invoice_order(order, by=accountant))
    assert (len(wrong), codes(wrong)) == (7, {"nothing_to_invoice"})
    assert Invoice.objects.get().items.get().quantity == 5


def test_an_invoice_is_paid_once(charged, accountant, at_once):
    invoice = charged("10")
    wrong = at_once(
        lambda client: pay_invoice(
            Invoice.objects.get(pk=invoice.pk), amount=D("10"), payment_method="card", by=accountant
        )
    )
    assert (len(wrong), codes(wrong)) == (7, {"invalid_state"})
    assert Payment.objects.get().amount == 10


def test_units_are_credited_once(issued, accountant, at_once):
    invoice = issued((5, "10.00"))
    line = invoice.items.get()
    wrong = at_once(lambda client: create_credit_note(invoice, [CreditLine(line, 3)], "Damaged", by=accountant))
    assert (len(wrong), codes(wrong)) == (7, {"over_credited"})
    assert CreditNote.objects.get().items.get().quantity == 3


def test_money_is_refunded_once(issued, accountant, at_once):
    invoice = issued((5, "10.00", "0"))
    pay_invoice(invoice, payment_method="card", by=accountant)
    note = issue_credit_note(create_credit_note(invoice, reason="Damaged", by=accountant), by=accountant)
    wrong = at_once(
        lambda client: refund_credit_note(CreditNote.objects.get(pk=note.pk), "card", amount=D("50"), by=accountant)
    )
    assert (len(wrong), codes(wrong)) == (7, {"above_refund"})
    assert Invoice.objects.get(pk=invoice.pk).amount_refunded == 50


def test_everything_at_once_neither_hangs_nor_breaks_a_rule(ordered, customer, accountant, at_once):
    orders = [ordered((9, "3.33"), (4, "10.00", "7"), shipping="2.00") for _ in range(3)]

    def some_invoice(chance):
        return chance.choice([*Invoice.objects.all(), None])

    def work(client):
        chance = random.Random(client)
        for _ in range(25):
            act = chance.choice(ACTS)
            try:
                act(chance, some_invoice(chance))
            except RuleViolation:
                continue

    def credit(chance, invoice):
        line = invoice and invoice.items.first()
        if line:
            issue_credit_note(
                create_credit_note(invoice, [CreditLine(line, 1)], "Damaged", by=accountant), by=accountant
            )

    def void(chance, invoice):
        payment = invoice and invoice.payments.filter(status="recorded").first()
        if payment:
            void_payment(payment, "Check bounced", by=accountant)

    ACTS = [
        lambda chance, invoice: invoice_order(chance.choice(orders), by=accountant),
        lambda chance, invoice: invoice and issue_invoice(invoice, by=accountant),
        lambda chance, invoice: invoice and cancel_invoice(invoice, by=accountant),
        lambda chance, invoice: invoice and pay_invoice(invoice, amount=1, payment_method="cash", by=accountant),
        lambda chance, invoice: pay_invoices(customer, D("7.77"), payment_method="cash", by=accountant),
        credit,
        void,
    ]
    assert at_once(work) == []
    assert Payment.objects.exists() and CreditNote.objects.exists()
    for invoice in Invoice.objects.all():
        assert invoice.amount_paid == sum(p.amount for p in invoice.payments.filter(status="recorded"))
        notes = invoice.credit_notes.filter(status="issued")
        assert invoice.amount_credited == sum(note.set_off_amount + note.refunded_amount for note in notes)
    for order in orders:
        for line in order.items.all():
            live = line.invoice_items.exclude(invoice__status="cancelled")
            assert line.quantity_invoiced == sum(item.quantity for item in live) <= line.quantity
    numbers = list(
        Invoice.objects.filter(series_number__isnull=False)
        .order_by("series_number")
        .values_list("series_number", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))
