"""Money to the cent: figures worked out by hand, and by fractions that never round before they must."""

from fractions import Fraction
from math import floor

import pytest

from .office import figures, total


def half_up(amount: Fraction) -> Fraction:
    """To the cent; half a cent goes up."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)


def expected(lines: list[tuple]) -> tuple[str, str, str]:
    """Net, tax and total of lines of (quantity, price, discount, tax): net by line, tax by rate on the sum."""
    net: dict[str, Fraction] = {}
    for quantity, price, discount, tax in lines:
        line = half_up(quantity * Fraction(price) * (100 - Fraction(discount)) / 100)
        net[tax] = net.get(tax, Fraction(0)) + line
    tax = sum(half_up(amount * Fraction(percent) / 100) for percent, amount in net.items())
    whole = sum(net.values())
    return tuple(f"{float(amount):.2f}" for amount in (whole, tax, whole + tax))


BASKETS = {
    "three times 33.33": [(1, "33.33", "0", "19")] * 3,
    "a third at 33.333 % off": [(1, "100.00", "33.333", "19")],
    "three at 0.333": [(3, "0.333", "0", "19")],
    "three at a third of a unit": [(3, "0.3333", "0", "19")],
    "half a cent goes up": [(1, "0.005", "0", "19")],
    "just below half a cent goes down": [(1, "0.0049", "0", "19")],
    "half a cent of tax goes up": [(1, "0.50", "0", "19"), (1, "2.00", "0", "19"), (1, "0.00", "0", "19")],
    "a hundred lines of one cent": [(1, "0.01", "0", "19")] * 100,
    "forty lines of one cent at a small rate": [(1, "0.01", "0", "5")] * 40,
    "all for nothing": [(7, "19.99", "100", "19")],
    "nearly all for nothing": [(7, "19.99", "99.999", "19")],
    "two rates": [(3, "9.99", "0", "19"), (7, "0.77", "5", "7"), (1, "1.00", "0", "7")],
    "three rates, one of them 0": [(1, "10.05", "0", "19"), (1, "10.05", "0", "7"), (1, "10.05", "0", "0")],
    "a rate with decimals": [(11, "1.11", "0", "8.875"), (13, "1.13", "2.5", "8.875")],
    "large and small together": [(99_999, "9999.9999", "0", "19"), (1, "0.01", "0", "19")],
}


@pytest.mark.parametrize("name", BASKETS)
def test_the_order_and_its_invoice_come_to_the_same_exact_figures(office, name):
    basket = BASKETS[name]
    products = {tax: office.product(tax=tax, stock=0) for tax in {line[3] for line in basket}}
    for product in products.values():
        office.do(
            "inventory/adjust",
            {
                "items": [
                    {
                        "product": product.pk,
                        "warehouse": office.warehouse.pk,
                        "quantity": sum(line[0] for line in basket),
                        "reason": "Found",
                    }
                ]
            },
        )
    lines = [
        {"product": products[tax].pk, "quantity": quantity, "unit_price": price, "discount_percent": discount}
        for quantity, price, discount, tax in basket
    ]
    order = office.order(*lines)
    assert figures(order) == expected(basket)
    assert str(total(order["items"], "tax_amount")) == order["tax_amount"]
    office.ship(order)
    invoice = office.bill(order)
    assert figures(invoice) == expected(basket)
    assert str(total(invoice["items"], "tax_amount")) == invoice["tax_amount"]


def test_by_hand_tax_is_of_the_sum_and_not_of_each_line(office):
    """Per line it would be 3 x round(6.3327) = 18.99; of the sum it is round(18.9981) = 19.00."""
    product = office.product("33.33")
    assert figures(office.order((product, 1), (product, 1), (product, 1))) == ("99.99", "19.00", "118.99")


def test_by_hand_a_hundred_cents_are_taxed_together(office):
    """Per line the tax of 0.01 would be 0.00; together it is 0.19."""
    product = office.product("0.01")
    order = office.order(*[(product, 1)] * 100)
    assert figures(order) == ("1.00", "0.19", "1.19")
    assert {item["tax_amount"] for item in order["items"]} == {"0.00", "0.01"}


def test_by_hand_half_cents_and_odd_discounts(office):
    """66.667 is 66.67; 3 x 0.333 = 0.999 is 1.00; 0.005 is 0.01; 3 x 0.0049 = 0.0147 is 0.01."""
    product = office.product("0")
    lines = [(1, "100", "33.333"), (3, "0.333", "0"), (1, "0.005", "0"), (3, "0.0049", "0")]
    order = office.order(
        *(
            {"product": product.pk, "quantity": quantity, "unit_price": price, "discount_percent": discount}
            for quantity, price, discount in lines
        )
    )
    assert [item["subtotal"] for item in order["items"]] == ["66.67", "1.00", "0.01", "0.01"]
    assert figures(order) == ("67.69", "12.86", "80.55")  # 12.8611


def test_two_partial_invoices_add_up_to_the_order(office):
    """7 at 0.333 are 2.33 (2.331), tax 0.44. Alone, 3 are 1.00 (0.999) with 0.19 and 4 are 1.33 (1.332) with 0.25."""
    order = office.order((office.product("0.333"), 7))
    assert figures(order) == ("2.33", "0.44", "2.77")
    office.ship(order, 3)
    first = office.bill(order)
    office.ship(order, 4)
    second = office.bill(order)
    assert figures(first) == ("1.00", "0.19", "1.19")
    assert figures(second) == ("1.33", "0.25", "1.58")


def test_seven_invoices_of_one_unit_add_up_to_the_order(office):
    """1 at 0.333 is 0.33: seven times that is 2.31, so the last one takes the two cents that are left of 2.33."""
    order = office.order((office.product("0.333"), 7))
    parts = []
    for _ in range(7):
        office.ship(order, 1)
        parts.append(office.bill(order))
    assert [part["subtotal_amount"] for part in parts] == ["0.33"] * 6 + ["0.35"]
    assert [str(total(parts, name)) for name in ("subtotal_amount", "tax_amount", "total_amount")] == [
        "2.33",
        "0.44",
        "2.77",
    ]
    office.refuses("nothing_to_invoice", f"orders/{order['id']}/invoice")


def test_credit_notes_of_one_unit_add_up_to_the_invoice(office):
    """10.00 with tax 1.90 in thirds: 3.33, 3.33, and the last one takes 3.34 and whatever tax is left."""
    invoice = office.charge(
        {"description": "Set", "quantity": 3, "unit_price": "3.3333", "tax_percent": "19", "tax_category": "S"}
    )
    assert figures(invoice) == ("10.00", "1.90", "11.90")
    [line] = invoice["items"]
    notes = [office.credit(invoice, (line, 1)) for _ in range(3)]
    assert [note["subtotal_amount"] for note in notes] == ["3.33", "3.33", "3.34"]
    assert str(total(notes, "total_amount")) == "11.90"
    assert office.now(invoice, "invoices")["balance"] == "0.00"
