"""Money that comes in: to the cent, in parts, over several invoices, too much, for nothing, and back again."""

import pytest

from .office import account


def test_a_transfer_pays_what_is_due_first_to_the_cent(office, at):
    """100.00 over 33.33 (due last), 33.34 and 50.00 (due first): the third stays open with 16.67."""
    at("2026-03-01T09:00:00+00:00")
    invoices = [
        office.owed(amount, due_date=f"2026-{month}-01T00:00:00Z")
        for amount, month in (("33.33", "06"), ("33.34", "05"), ("50.00", "04"))
    ]
    paid = office.do(f"customers/{office.customer.pk}/pay", {"amount": "100.00", "payment_method": "bank_transfer"})
    assert [(each["invoice"], each["amount"]) for each in paid["payments"]] == [
        (invoices[2]["id"], "50.00"),
        (invoices[1]["id"], "33.34"),
        (invoices[0]["id"], "16.66"),
    ]
    left = [office.now(invoice, "invoices") for invoice in invoices]
    assert [(each["status"], each["balance"]) for each in left] == [
        ("issued", "16.67"),
        ("paid", "0.00"),
        ("paid", "0.00"),
    ]
    office.refuses(
        "above_balance",
        f"customers/{office.customer.pk}/pay",
        {"amount": "16.68", "payment_method": "cash"},
        "16.67",
    )
    last = office.do(f"customers/{office.customer.pk}/pay", {"amount": "16.67", "payment_method": "cash"})
    assert [each["amount"] for each in last["payments"]] == ["16.67"]


def test_three_payments_of_a_third_leave_a_cent(office):
    invoice = office.owed("100.00")
    for _ in range(3):
        office.pay(invoice, "33.33")
    assert account(office.now(invoice, "invoices")) == ("issued", "99.99", "0.00", "0.00", "0.01")
    told = office.refuses(
        "above_balance",
        "payments",
        {"invoice": invoice["id"], "amount": "0.02", "payment_method": "cash"},
        "0.02",
        "0.01",
    )
    assert told["balance"] == "0.01"
    office.pay(invoice)
    assert account(office.now(invoice, "invoices")) == ("paid", "100.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "NaN", "1e3", "999999999999999.00", ""])
def test_amounts_that_are_none(office, amount):
    invoice = office.owed("100.00")
    before = office.now(invoice, "invoices")
    body = {"invoice": invoice["id"], "amount": amount, "payment_method": "cash"}
    answer = office.client.post("/api/v1/payments/", body)
    assert answer.status_code == 400, answer.json()
    assert office.now(invoice, "invoices") == before


def test_drafts_and_cancelled_invoices_take_no_money(office):
    line = {"description": "Advice", "unit_price": "10.00"}
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [line]})
    body = {"amount": "1.00", "payment_method": "cash"}
    office.refuses("invalid_state", f"invoices/{draft['id']}/pay", body, "draft")
    cancelled = office.owed("10.00")
    office.do(f"invoices/{cancelled['id']}/cancel", {"reason": "Wrong customer"})
    office.refuses("invalid_state", f"invoices/{cancelled['id']}/pay", body, "cancelled")
    office.refuses("invalid_state", "payments", {"invoice": cancelled["id"]} | body, "cancelled")
    office.refuses("above_balance", f"customers/{office.customer.pk}/pay", body, "0")


def test_a_paid_invoice_takes_no_more(office):
    invoice = office.owed("10.00")
    office.pay(invoice)
    office.refuses("invalid_state", f"invoices/{invoice['id']}/pay", {"amount": "0.01", "payment_method": "cash"})


def test_a_payment_that_bounces_opens_the_invoice_again(office):
    invoice = office.owed("10.00")
    first, second = office.pay(invoice, "4.00"), office.pay(invoice, "6.00")
    office.refuses("required", f"payments/{second['id']}/void")
    assert office.do(f"payments/{second['id']}/void", {"reason": "Bounced"})["status"] == "voided"
    assert account(office.now(invoice, "invoices")) == ("issued", "4.00", "0.00", "0.00", "6.00")
    assert office.do(f"payments/{second['id']}/void", {"reason": "Again"})["void_reason"] == "Bounced"
    office.do(f"payments/{first['id']}/void", {"reason": "Bounced"})
    assert account(office.now(invoice, "invoices")) == ("issued", "0.00", "0.00", "0.00", "10.00")
    assert office.do(f"invoices/{invoice['id']}/cancel")["status"] == "cancelled"


def test_voiding_after_a_credit_note_sets_off_what_was_to_be_refunded(office):
    """100 paid, 30 credited and to be refunded. The payment bounces: nothing to refund, 70 to pay."""
    invoice = office.charge({"description": "Net", "quantity": 10, "unit_price": "10.00", "tax_category": "Z"})
    payment = office.pay(invoice)
    note = office.credit(invoice, (invoice["items"][0], 3))
    assert (note["set_off_amount"], note["amount_to_refund"]) == ("0.00", "30.00")
    office.do(f"payments/{payment['id']}/void", {"reason": "Bounced"})
    assert account(office.now(invoice, "invoices")) == ("issued", "0.00", "30.00", "0.00", "70.00")
    note = office.now(note, "credit-notes")
    assert (note["set_off_amount"], note["amount_to_refund"]) == ("30.00", "0.00")
    office.refuses("above_refund", f"credit-notes/{note['id']}/refund", {"refund_method": "cash"})


def test_a_refunded_payment_cannot_bounce(office):
    invoice = office.charge({"description": "Net", "quantity": 10, "unit_price": "10.00", "tax_category": "Z"})
    payment = office.pay(invoice)
    note = office.credit(invoice, (invoice["items"][0], 3))
    office.refund(note, "0.01")
    office.refuses("already_refunded", f"payments/{payment['id']}/void", {"reason": "Bounced"}, "0.01")


def test_voiding_one_of_two_payments_sets_off_only_what_is_open(office):
    """60 + 40 paid, 30 credited: if the 40 bounce, the 30 are set off and 10 are open."""
    invoice = office.charge({"description": "Net", "quantity": 10, "unit_price": "10.00", "tax_category": "Z"})
    office.pay(invoice, "60.00")
    bounced = office.pay(invoice, "40.00")
    note = office.credit(invoice, (invoice["items"][0], 3))
    office.refund(note, "10.00")
    office.do(f"payments/{bounced['id']}/void", {"reason": "Bounced"})
    # 100 - 60 - (20 set off + 10 refunded) + 10 refunded = 20
    assert account(office.now(invoice, "invoices")) == ("issued", "60.00", "30.00", "10.00", "20.00")
    assert office.now(note, "credit-notes")["amount_to_refund"] == "0.00"


def test_money_of_tomorrow_is_not_here_yet(office, at):
    at("2026-03-01T09:00:00+00:00")
    invoice = office.owed("10.00")
    body = {"amount": "1.00", "payment_method": "cash", "paid_date": "2026-03-02T09:00:00Z"}
    office.refuses("in_future", f"invoices/{invoice['id']}/pay", body, "future")
    office.refuses("invalid_choice", f"invoices/{invoice['id']}/pay", {"amount": "1.00", "payment_method": "gold"})
