"""What customers need not pay, or get back: never more than was charged, never more than was paid."""

from .office import account, figures


def net(office, quantity: int = 10, price: str = "10.00") -> dict:
    """An issued invoice of one line without tax."""
    return office.charge({"description": "Net", "quantity": quantity, "unit_price": price, "tax_category": "Z"})


def test_more_than_was_charged_is_never_credited(office):
    invoice = net(office)
    [line] = invoice["items"]
    body = {"reason": "Damaged", "items": [{"invoice_item": line["id"], "quantity": 11}]}
    told = office.refuses("over_credited", f"invoices/{invoice['id']}/credit", body, "11 > 10")
    assert told["lines"] == [{"invoice_item": line["id"], "asked": 11, "left": 10}]
    body["items"] = [{"invoice_item": line["id"], "quantity": 6}] * 2  # named twice, it counts together
    office.refuses("over_credited", f"invoices/{invoice['id']}/credit", body, "12 > 10")


def test_the_same_line_is_credited_until_nothing_is_left(office):
    invoice = net(office)
    [line] = invoice["items"]
    office.credit(invoice, (line, 7))
    office.refuses(
        "over_credited",
        f"invoices/{invoice['id']}/credit",
        {"reason": "Again", "items": [{"invoice_item": line["id"], "quantity": 7}]},
        "7 > 3",
    )
    office.credit(invoice)
    assert account(office.now(invoice, "invoices")) == ("paid", "0.00", "100.00", "0.00", "0.00")
    office.refuses("nothing_to_credit", f"invoices/{invoice['id']}/credit", {"reason": "Again"})


def test_two_drafts_hold_what_they_credit(office):
    invoice = net(office)
    [line] = invoice["items"]
    path = f"invoices/{invoice['id']}/credit"
    first = office.add(path, {"reason": "A", "items": [{"invoice_item": line["id"], "quantity": 6}]})
    office.refuses(
        "over_credited", path, {"reason": "B", "items": [{"invoice_item": line["id"], "quantity": 5}]}, "5 > 4"
    )
    office.do(f"credit-notes/{first['id']}/cancel")
    second = office.add(path, {"reason": "B"})
    assert second["total_amount"] == "100.00"
    office.refuses("invalid_state", f"credit-notes/{first['id']}/issue")
    assert office.do(f"credit-notes/{second['id']}/issue")["status"] == "issued"


def test_a_credit_note_after_a_partial_payment(office):
    """60 of 100 are paid; 70 are credited: 40 are set off, 30 go back."""
    invoice = net(office)
    office.pay(invoice, "60.00")
    note = office.credit(invoice, (invoice["items"][0], 7))
    assert (note["set_off_amount"], note["amount_to_refund"]) == ("40.00", "30.00")
    assert account(office.now(invoice, "invoices")) == ("paid", "60.00", "40.00", "0.00", "0.00")
    office.refuses("above_refund", f"credit-notes/{note['id']}/refund", {"refund_method": "cash", "amount": "30.01"})
    office.refund(note)
    assert account(office.now(invoice, "invoices")) == ("paid", "60.00", "70.00", "30.00", "0.00")
    office.refuses("invalid_state", f"invoices/{invoice['id']}/pay", {"payment_method": "cash", "amount": "0.01"})


def test_a_refund_in_parts_keeps_each_part(office, at):
    invoice = net(office)
    office.pay(invoice)
    note = office.credit(invoice, (invoice["items"][0], 3))
    at("2026-12-01T10:00:00+00:00")
    office.refund(note, "10.00", refund_method="cash", reference="Till 4")
    at("2026-12-24T10:00:00+00:00")
    office.refund(note, "19.99", reference="Transfer 9", refunded_at="2026-12-23T08:00:00Z")
    told = office.refuses(
        "above_refund", f"credit-notes/{note['id']}/refund", {"refund_method": "cash", "amount": "0.02"}, "0.01"
    )
    assert told["left"] == "0.01"
    last = office.refund(note)
    assert (last["refunded_amount"], last["amount_to_refund"]) == ("30.00", "0.00")
    assert [(part["amount"], part["method"], part["reference"], part["refunded_at"]) for part in last["refunds"]] == [
        ("10.00", "cash", "Till 4", "2026-12-01T10:00:00Z"),
        ("19.99", "bank_transfer", "Transfer 9", "2026-12-23T08:00:00Z"),
        ("0.01", "bank_transfer", "", "2026-12-24T10:00:00Z"),
    ]
    assert (last["refund_method"], last["refunded_at"]) == ("bank_transfer", "2026-12-24T10:00:00Z")
    again = office.refund(note)
    assert again == last
    assert account(office.now(invoice, "invoices")) == ("paid", "100.00", "30.00", "30.00", "0.00")


def test_nothing_is_refunded_of_a_draft_or_of_what_was_set_off(office):
    invoice = net(office)
    draft = office.add(f"invoices/{invoice['id']}/credit", {"reason": "Late"})
    office.refuses("invalid_state", f"credit-notes/{draft['id']}/refund", {"refund_method": "cash"})
    office.do(f"credit-notes/{draft['id']}/issue")
    office.refuses("above_refund", f"credit-notes/{draft['id']}/refund", {"refund_method": "cash"}, "0")


def test_a_credit_note_of_nothing_stays_a_draft(office):
    invoice = office.charge(
        {"description": "Net", "unit_price": "10.00", "tax_category": "Z"},
        {"description": "Gift", "unit_price": "0.00", "tax_category": "Z"},
    )
    gift = invoice["items"][1]
    body = {"reason": "Broken", "items": [{"invoice_item": gift["id"], "quantity": 1}]}
    draft = office.add(f"invoices/{invoice['id']}/credit", body)
    office.refuses("nothing_to_credit", f"credit-notes/{draft['id']}/issue", {}, "0")
    office.do(f"credit-notes/{draft['id']}/cancel")


def test_the_delivery_is_credited_like_any_line(office):
    order = office.order((office.product("10"), 2), shipping_amount="4.90")
    office.ship(order)
    invoice = office.bill(order)
    assert figures(invoice) == ("24.90", "4.73", "29.63")  # 4.731
    delivery = next(line for line in invoice["items"] if line["kind"] == "shipping")
    note = office.credit(invoice, (delivery, 1))
    assert figures(note) == ("4.90", "0.93", "5.83")
    rest = office.credit(invoice)
    assert figures(rest) == ("20.00", "3.80", "23.80")


def test_drafts_and_cancelled_invoices_are_not_credited(office):
    line = {"description": "Advice", "unit_price": "10.00"}
    draft = office.add("invoices", {"customer": office.customer.pk, "items": [line]})
    office.refuses("invalid_state", f"invoices/{draft['id']}/credit", {"reason": "Late"}, "draft")
    office.do(f"invoices/{draft['id']}/cancel")
    office.refuses("invalid_state", f"invoices/{draft['id']}/credit", {"reason": "Late"}, "cancelled")


def test_a_credited_invoice_is_not_cancelled(office):
    invoice = net(office)
    draft = office.add(f"invoices/{invoice['id']}/credit", {"reason": "Late"})
    office.refuses("paid_or_credited", f"invoices/{invoice['id']}/cancel", {}, "Cancel the credit note first")
    office.do(f"credit-notes/{draft['id']}/cancel")
    part = office.credit(invoice, (invoice["items"][0], 1))
    assert part["set_off_amount"] == "10.00"
    office.refuses("paid_or_credited", f"invoices/{invoice['id']}/cancel", {}, "10.00 credited", "credit note")
