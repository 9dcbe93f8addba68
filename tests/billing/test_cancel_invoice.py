import pytest

from billing.services import (
    CreditLine,
    cancel_credit_note,
    cancel_invoice,
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
    void_payment,
)


def test_what_it_held_of_the_order_can_be_invoiced_again(ordered, accountant):
    order = ordered((3, "10.00"))
    invoice = issue_invoice(invoice_order(order, by=accountant), by=accountant)
    cancel_invoice(invoice, "Wrong address", by=accountant)
    assert (invoice.status, invoice.cancel_reason) == ("cancelled", "Wrong address")
    assert invoice.cancelled_at
    assert invoice.invoice_number.startswith("INV-")
    assert order.items.get().quantity_invoiced == 0
    assert invoice_order(order, by=accountant).items.get().quantity == 3


def test_a_draft_keeps_its_draft_number(ordered, accountant):
    invoice = cancel_invoice(invoice_order(ordered((1, "1")), by=accountant), by=accountant)
    assert invoice.invoice_number == f"DRAFT-{invoice.pk}"
    assert invoice.series_number is None


def test_an_overdue_one_can_be_cancelled(charged, accountant, at):
    at("2020-01-01T09:00:00+00:00")
    invoice = charged("10")
    at("2020-06-01T09:00:00+00:00")
    assert cancel_invoice(invoice, by=accountant).status == "cancelled"


def test_cancelling_again_changes_nothing(charged, accountant):
    invoice = cancel_invoice(charged("10"), "first", by=accountant)
    stamp = invoice.cancelled_at
    assert cancel_invoice(invoice, "second", by=accountant).cancel_reason == "first"
    assert invoice.cancelled_at == stamp


def test_not_once_something_is_paid(charged, accountant, refused):
    invoice = charged("10")
    payment = pay_invoice(invoice, amount=1, payment_method="cash", by=accountant)
    with refused("paid_or_credited") as refusal:
        cancel_invoice(invoice, by=accountant)
    assert "1.00 is paid" in str(refusal.value)
    void_payment(payment, "bounced", by=accountant)
    assert cancel_invoice(invoice, by=accountant).status == "cancelled"


def test_not_once_it_is_paid_in_full(charged, accountant, refused):
    invoice = charged("10")
    pay_invoice(invoice, payment_method="cash", by=accountant)
    with refused("invalid_state"):
        cancel_invoice(invoice, by=accountant)


def test_not_once_something_is_credited(issued, accountant, refused):
    invoice = issued((2, "10.00"))
    note = create_credit_note(invoice, reason="Damaged", by=accountant)
    with refused("paid_or_credited"):
        cancel_invoice(invoice, by=accountant)
    cancel_credit_note(note, by=accountant)
    line = invoice.items.get()
    issue_credit_note(create_credit_note(invoice, [CreditLine(line, 1)], "Damaged", by=accountant), by=accountant)
    with refused("paid_or_credited"):
        cancel_invoice(invoice, by=accountant)


@pytest.mark.parametrize("reason", ["x" * 301, "a\x00b"])
def test_a_reason_that_cannot_be_kept_is_refused(charged, accountant, refused, reason):
    invoice = charged("10")
    with refused("invalid"):
        cancel_invoice(invoice, reason, by=accountant)
