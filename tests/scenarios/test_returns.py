"""Goods that come back: never more than went, whole or damaged, before and after they were charged."""

from .office import account, figures


def test_more_than_was_shipped_does_not_come_back(office):
    """Of 10 ordered, 4 have left."""
    order = office.order((office.product(), 10))
    [line] = order["items"]
    body = {"items": [{"order_item": line["id"], "quantity": 1}], "reason": "Too many"}
    office.refuses("nothing_shipped", f"orders/{order['id']}/return", body)
    office.ship(order, 4)
    body["items"][0]["quantity"] = 5
    office.refuses("more_than_returnable", f"orders/{order['id']}/return", body)


def test_what_is_announced_or_has_come_back_does_not_come_back_again(office):
    order = office.order((office.product(), 10))
    [line] = order["items"]
    office.ship(order, 4)
    office.take_back(order, 3)
    body = {"items": [{"order_item": line["id"], "quantity": 2}], "reason": "Too many"}
    office.refuses("more_than_returnable", f"orders/{order['id']}/return", body)
    body["items"][0]["quantity"] = 1
    announced = office.add(f"orders/{order['id']}/return", body)
    office.refuses("more_than_returnable", f"orders/{order['id']}/return", body)
    office.do(f"sales-returns/{announced['id']}/reject")
    again = office.add(f"orders/{order['id']}/return", body)
    office.refuses("invalid_state", f"sales-returns/{again['id']}/receive")
    office.do(f"sales-returns/{again['id']}/cancel")


def test_a_return_of_a_partial_shipment_and_then_the_rest(office):
    """Of 10, 4 leave and 2 come back; the other 6 leave as well. 10 less 2 are with the customer."""
    product = office.product(stock=20)
    order = office.order((product, 10))
    office.ship(order, 4)
    assert office.on_hand(product) == (16, 6)
    office.take_back(order, 2)
    assert office.on_hand(product) == (18, 6)
    done = office.ship(order, 6)
    assert done["status"] == "shipped"
    assert office.on_hand(product) == (12, 0)
    [line] = done["items"]
    assert (line["quantity_shipped"], line["quantity_returned"]) == (10, 2)


def test_damaged_goods_are_credited_but_not_put_back(office):
    product = office.product("10", stock=5)
    order = office.order((product, 5))
    office.ship(order)
    invoice = office.bill(order)
    body = {"items": [{"order_item": order["items"][0]["id"], "quantity": 2, "condition": "damaged"}], "reason": "Wet"}
    back = office.add(f"orders/{order['id']}/return", body)
    office.do(f"sales-returns/{back['id']}/approve")
    office.do(f"sales-returns/{back['id']}/receive")
    assert office.on_hand(product) == (0, 0)
    note = office.credit(invoice, reason="Wet", sales_return=back["id"])
    assert figures(note) == ("20.00", "3.80", "23.80")
    assert office.now(back, "sales-returns")["status"] == "closed"


def test_only_what_was_received_is_credited_of_a_return(office):
    """3 were announced, 2 have arrived."""
    order = office.order((office.product("10"), 5))
    office.ship(order)
    invoice = office.bill(order)
    [line] = invoice["items"]
    body = {"items": [{"order_item": order["items"][0]["id"], "quantity": 3}], "reason": "Too many"}
    back = office.add(f"orders/{order['id']}/return", body)
    credit = f"invoices/{invoice['id']}/credit"
    told = {"reason": "Too many", "sales_return": back["id"]}
    office.refuses("invalid_state", credit, told, "requested")
    office.do(f"sales-returns/{back['id']}/approve")
    office.do(f"sales-returns/{back['id']}/receive", {"items": [{"item": back["items"][0]["id"], "quantity": 2}]})
    office.refuses("not_received", credit, told | {"items": [{"invoice_item": line["id"], "quantity": 3}]}, "3 > 2")
    note = office.credit(invoice, sales_return=back["id"])
    assert figures(note) == ("20.00", "3.80", "23.80")
    office.refuses("nothing_to_credit", credit, told)


def test_a_return_before_the_invoice_is_credited_after_it(office):
    order = office.order((office.product("10"), 5))
    office.ship(order)
    back = office.take_back(order, 5)
    invoice = office.bill(order)
    office.pay(invoice)
    note = office.credit(invoice, sales_return=back["id"])
    assert (note["total_amount"], note["amount_to_refund"]) == ("59.50", "59.50")
    office.refund(note)
    assert account(office.now(invoice, "invoices")) == ("paid", "59.50", "59.50", "59.50", "0.00")


def test_a_return_over_two_invoices_is_credited_on_each(office):
    """4 are on the first invoice and 6 on the second; 5 come back: 4 are credited of the first, 1 of the second."""
    order = office.order((office.product("10"), 10))
    office.ship(order, 4)
    first = office.bill(order)
    office.ship(order, 6)
    second = office.bill(order)
    back = office.take_back(order, 5)
    one = office.credit(first, sales_return=back["id"])
    two = office.credit(second, sales_return=back["id"])
    assert (one["total_amount"], two["total_amount"]) == ("47.60", "11.90")
    office.refuses(
        "nothing_to_credit", f"invoices/{second['id']}/credit", {"reason": "Again", "sales_return": back["id"]}
    )


def test_the_return_of_another_order_is_not_credited(office):
    orders = [office.order((office.product(), 1)) for _ in range(2)]
    for order in orders:
        office.ship(order)
    back = office.take_back(orders[0], 1)
    invoice = office.bill(orders[1])
    office.refuses(
        "other_order", f"invoices/{invoice['id']}/credit", {"reason": "Too many", "sales_return": back["id"]}
    )
