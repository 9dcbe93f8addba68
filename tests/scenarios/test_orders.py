"""Orders that are shipped in parts, changed under way, called off too late, or wait for goods."""

from decimal import Decimal

from catalog.models import PriceList
from tests.factories.catalog import PriceListItemFactory

from .office import figures


def test_a_partly_shipped_order_is_closed_and_not_cancelled(office):
    product = office.product(stock=10)
    order = office.order((product, 10))
    office.ship(order, 4)
    office.refuses("partly_shipped", f"orders/{order['id']}/cancel", {}, "Close it instead")
    assert office.on_hand(product) == (6, 6)
    closed = office.do(f"orders/{order['id']}/close")
    assert closed["status"] == "shipped"
    assert office.on_hand(product) == (6, 0)
    invoice = office.bill(order)
    assert figures(invoice) == ("40.00", "7.60", "47.60")
    office.refuses("nothing_to_invoice", f"orders/{order['id']}/invoice", {"shipped_only": False})


def test_only_what_has_left_is_invoiced_then_the_rest(office):
    order = office.order((office.product("10"), 10), shipping_amount="5.00")
    office.refuses("nothing_to_invoice", f"orders/{order['id']}/invoice")
    office.ship(order, 4)
    assert figures(office.bill(order)) == ("45.00", "8.55", "53.55")
    office.refuses("nothing_to_invoice", f"orders/{order['id']}/invoice")
    office.ship(order, 6)
    assert figures(office.bill(order)) == ("60.00", "11.40", "71.40")
    assert figures(order) == ("100.00", "19.95", "124.95")


def test_all_of_it_is_invoiced_before_it_leaves(office):
    order = office.order((office.product("10"), 10))
    assert figures(office.bill(order, shipped_only=False)) == ("100.00", "19.00", "119.00")
    office.ship(order)
    office.refuses("nothing_to_invoice", f"orders/{order['id']}/invoice")


def test_a_line_stays_at_what_has_left_or_is_charged(office):
    """Of 10, 4 have left, and then 6 are on invoices."""
    product = office.product(stock=20)
    order = office.order((product, 10))
    [line] = order["items"]
    change = f"orders/{order['id']}/change"
    office.ship(order, 4)
    office.refuses("below_shipped", change, {"items": [{"item": line["id"], "quantity": 3}]})
    office.refuses("below_shipped", change, {"items": [{"item": line["id"], "quantity": 0}]})
    office.bill(order)
    office.ship(order, 2)
    office.bill(order)
    office.refuses("invoiced", change, {"items": [{"item": line["id"], "quantity": 10, "unit_price": "9"}]})
    office.refuses("below_shipped", change, {"items": [{"item": line["id"], "quantity": 5}]})
    changed = office.do(change, {"items": [{"item": line["id"], "quantity": 6}]})
    assert (changed["status"], changed["total_amount"]) == ("shipped", "71.40")
    assert office.on_hand(product) == (14, 0)


def test_a_line_that_is_charged_in_advance_stays_so_large(office):
    order = office.order((office.product(), 10))
    [line] = order["items"]
    office.bill(order, shipped_only=False)
    office.refuses("below_invoiced", f"orders/{order['id']}/change", {"items": [{"item": line["id"], "quantity": 9}]})


def test_an_order_with_an_invoice_is_not_called_off(office):
    """The invoice is called off first; then the order can be."""
    order = office.order((office.product(), 10))
    invoice = office.bill(order, shipped_only=False)
    office.refuses("invoiced", f"orders/{order['id']}/cancel", {})
    office.do(f"invoices/{invoice['id']}/cancel")
    assert office.do(f"orders/{order['id']}/cancel")["status"] == "cancelled"


def test_what_is_lacking_waits_for_the_next_delivery(office):
    """5 are there, 8 are wanted: 5 leave, 3 wait, and leave when goods have come."""
    product = office.product("10", stock=5)
    told = office.refuses(
        "insufficient_stock",
        "orders",
        {
            "customer": office.customer.pk,
            "warehouse": office.warehouse.pk,
            "items": [{"product": product.pk, "quantity": 8}],
            "confirm": True,
        },
    )
    assert [(line["asked"], line["available"]) for line in told["lines"]] == [(8, 5)]
    order = office.order((product, 8), allow_backorder=True)
    assert office.on_hand(product) == (5, 5)
    sent = office.ship(order)
    assert (sent["status"], sent["items"][0]["quantity_shipped"]) == ("confirmed", 5)
    office.refuses("nothing_to_ship", f"orders/{order['id']}/ship")
    item = {"product": product.pk, "warehouse": office.warehouse.pk, "quantity": 10, "reason": "Delivery"}
    office.do("inventory/adjust", {"items": [item]})
    office.do(f"orders/{order['id']}/reserve")
    assert office.on_hand(product) == (10, 3)
    assert office.ship(order)["status"] == "shipped"
    assert office.on_hand(product) == (7, 0)
    assert office.bill(order)["total_amount"] == "95.20"


def test_more_than_is_open_does_not_leave(office):
    order = office.order((office.product(), 3))
    [line] = order["items"]
    body = {"items": [{"order_item": line["id"], "quantity": 4}]}
    office.refuses("more_than_open", f"orders/{order['id']}/ship", body)
    office.ship(order, 3)
    again = {"items": [{"order_item": line["id"], "quantity": 1}]}
    told = office.refuses("invalid_state", f"orders/{order['id']}/ship", again, "shipped")
    assert told["current_status"] == "shipped"
    assert office.ship(order)["items"][0]["quantity_shipped"] == 3  # nothing named: a repetition


def test_quantity_breaks_and_the_days_on_which_they_hold(office, at):
    """From 10 units 9.00, from 100 units 8.00, from 1 to 30 June in the business's own time zone."""
    prices = PriceList.objects.create(name="June", valid_from="2026-06-01", valid_until="2026-06-30")
    product = office.product("10", stock=0)
    for units, price in ((10, "9"), (100, "8")):
        PriceListItemFactory(price_list=prices, product=product, minimum_quantity=units, price=Decimal(price))
    office.customer.price_list = prices
    office.customer.save()

    def price(instant: str, units: int) -> str:
        at(instant)
        return office.order((product, units), confirm=False)["items"][0]["unit_price"]

    inside = "2026-06-15T12:00:00+00:00"
    assert [price(inside, units) for units in (9, 10, 99, 100)] == ["10.0000", "9.0000", "9.0000", "8.0000"]
    assert price("2026-05-31T21:59:59+00:00", 100) == "10.0000"  # 23:59 on 31 May in Berlin
    assert price("2026-05-31T22:00:00+00:00", 100) == "8.0000"
    assert price("2026-06-30T21:59:59+00:00", 100) == "8.0000"
    assert price("2026-06-30T22:00:00+00:00", 100) == "10.0000"


def test_a_changed_quantity_reaches_another_break_until_it_is_agreed(office):
    prices = PriceList.objects.create(name="Always")
    product = office.product("10", stock=100)
    PriceListItemFactory(price_list=prices, product=product, minimum_quantity=10, price=Decimal("9"))
    office.customer.price_list = prices
    office.customer.save()
    order = office.order((product, 9), confirm=False)
    [line] = order["items"]
    change = f"orders/{order['id']}/change"
    assert office.do(change, {"items": [{"item": line["id"], "quantity": 10}]})["items"][0]["unit_price"] == "9.0000"
    office.do(f"orders/{order['id']}/confirm")
    kept = office.do(change, {"items": [{"item": line["id"], "quantity": 9}]})
    assert kept["items"][0]["unit_price"] == "9.0000"


def test_the_credit_limit_is_reached_exactly_and_no_cent_more(office):
    """10 at 10.00 with tax are 119.00."""
    office.customer.credit_limit = Decimal("118.99")
    office.customer.save()
    product = office.product("10")
    order = office.order((product, 10), confirm=False)
    told = office.refuses("credit_limit", f"orders/{order['id']}/confirm", {}, "119.00", "118.99")
    assert (told["limit"], told["owed"], told["total"]) == ("118.99", "0.00", "119.00")
    office.change(f"customers/{office.customer.pk}", {"credit_limit": "119.00"})
    office.do(f"orders/{order['id']}/confirm")
    penny = office.product("0.01")
    further = office.order((penny, 1), confirm=False)
    office.refuses("credit_limit", f"orders/{further['id']}/confirm")
    # Shipped, charged and paid in part it stays the same debt, less what was paid.
    office.ship(order)
    invoice = office.bill(order)
    office.refuses("credit_limit", f"orders/{further['id']}/confirm")
    office.pay(invoice, "0.01")
    assert office.do(f"orders/{further['id']}/confirm")["status"] == "confirmed"


def test_a_credit_note_makes_room_for_another_order(office):
    office.customer.credit_limit = Decimal("119.00")
    office.customer.save()
    product = office.product("10")
    order = office.order((product, 10))
    office.ship(order)
    invoice = office.bill(order)
    further = office.order((product, 1), confirm=False)
    office.refuses("credit_limit", f"orders/{further['id']}/confirm")
    office.credit(invoice, (invoice["items"][0], 1))
    assert office.do(f"orders/{further['id']}/confirm")["status"] == "confirmed"


def test_what_was_retired_meanwhile_is_not_confirmed(office):
    """A product, then the customer; made active again, both are."""
    product = office.product(stock=5, sku="SAW-1")
    order = office.order((product, 1), confirm=False)
    path = f"orders/{order['id']}/confirm"
    office.change(f"products/{product.pk}", {"is_active": False})
    told = office.refuses("inactive_product", path, {}, "SAW-1")
    assert told["pointer"] == "/items/0/product"
    office.change(f"products/{product.pk}", {"is_active": True})
    office.change(f"customers/{office.customer.pk}", {"is_active": False})
    office.refuses("inactive_customer", path, {}, "Blue Anchor")
    office.change(f"customers/{office.customer.pk}", {"is_active": True})
    assert office.do(path)["status"] == "confirmed"
