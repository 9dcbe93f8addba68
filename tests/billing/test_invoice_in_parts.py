"""However an order is cut into invoices, together they come to the order, to the cent."""

import random
from decimal import Decimal

import pytest

from billing.models import InvoiceItem
from billing.services import cancel_invoice, invoice_order, recalculate_invoice
from inventory_project.base.money import HUNDRED, cents
from inventory_project.base.services import save_lines

D = Decimal


def by_rate(invoice):
    """Net and tax of each rate."""
    groups = {}
    for item in invoice.items.all():
        net, tax = groups.get(item.tax_percent, (D(0), D(0)))
        groups[item.tax_percent] = net + item.subtotal, tax + item.tax_amount
    return groups


def keeps_to_the_rate(invoice):
    return all(tax == cents(net * rate / HUNDRED) for rate, (net, tax) in by_rate(invoice).items())


def in_parts(order, ship, accountant, *parts):
    invoices = []
    for units in parts:
        ship(order, *units)
        invoices.append(invoice_order(order, by=accountant))
    return invoices


def test_thirds(ordered, ship, accountant):
    order = ordered((3, "33.33"), shipped=[0])
    parts = in_parts(order, ship, accountant, [1], [1], [1])
    assert order.tax_amount == D("19.00")
    assert [part.tax_amount for part in parts] == [D("6.33"), D("6.33"), D("6.34")]
    assert sum(part.total_amount for part in parts) == order.total_amount


def test_net_amounts_are_rounded_once_over_all_parts(ordered, ship, accountant):
    order = ordered((3, "0.3333"), shipped=[0])
    parts = in_parts(order, ship, accountant, [1], [1], [1])
    assert [part.subtotal_amount for part in parts] == [D("0.33"), D("0.33"), D("0.34")]


def test_no_part_takes_more_than_is_left(ordered, ship, accountant):
    order = ordered((4, "0.005"), shipped=[0])
    parts = in_parts(order, ship, accountant, [1], [1], [1], [1])
    assert [part.subtotal_amount for part in parts] == [D("0.01"), D("0.01"), D("0.00"), D("0.00")]
    assert sum(part.total_amount for part in parts) == order.total_amount


def test_tax_cents_are_never_negative(ordered, ship, accountant):
    order = ordered((10, "0.03"), shipped=[0])
    parts = in_parts(order, ship, accountant, *[[1]] * 10)
    assert order.tax_amount == D("0.06")
    assert [part.tax_amount for part in parts] == [D("0.01")] * 6 + [D("0.00")] * 4


def test_every_part_but_the_last_keeps_to_the_rate(ordered, ship, accountant):
    order = ordered(*[(1, "10.03")] * 7, shipped=[0] * 7)
    units = [[1 if i == j else 0 for i in range(7)] for j in range(7)]
    parts = in_parts(order, ship, accountant, *units)
    assert all(keeps_to_the_rate(part) for part in parts[:-1])
    assert sum(part.total_amount for part in parts) == order.total_amount


def test_each_line_is_met_when_all_lines_are_cut_alike(ordered, ship, accountant):
    order = ordered((3, "33.33"), (3, "7.77"), (3, "0.05"), shipped=[0, 0, 0])
    in_parts(order, ship, accountant, [1, 1, 1], [1, 1, 1], [1, 1, 1])
    for line in order.items.all():
        parts = line.invoice_items.all()
        assert sum(part.subtotal for part in parts) == line.subtotal
        assert sum(part.tax_amount for part in parts) == line.tax_amount


@pytest.mark.parametrize("seed", range(12))
def test_any_order_in_any_parts(ordered, ship, accountant, seed):
    chance = random.Random(seed)
    lines = [
        (
            chance.randint(1, 9),
            str(D(chance.randint(1, 99999)) / chance.choice([1, 100, 10000])),
            chance.choice(["19", "7", "0", "5.125"]),
            chance.choice(["0", "0", "3", "33.333"]),
        )
        for _ in range(chance.randint(1, 6))
    ]
    order = ordered(*lines, shipped=[0] * len(lines), shipping=chance.choice(["0", "4.99"]))
    left = [line[0] for line in lines]
    parts = []
    while any(left):
        units = [chance.randint(0, most) for most in left]
        if not any(units):
            continue
        left = [most - taken for most, taken in zip(left, units, strict=True)]
        parts += in_parts(order, ship, accountant, units)
        if chance.random() < 0.2:
            cancel_invoice(parts.pop(), by=accountant)
            parts.append(invoice_order(order, by=accountant))
    assert sum(part.tax_amount for part in parts) == order.tax_amount
    assert sum(part.total_amount for part in parts) == order.total_amount
    for line in order.items.all():
        live = InvoiceItem.objects.filter(order_item=line).exclude(invoice__status="cancelled")
        assert sum(part.subtotal for part in live) == line.subtotal
        assert line.quantity_invoiced == line.quantity


def test_recalculating_a_part_again_changes_nothing(ordered, ship, accountant):
    order = ordered((3, "33.33"), shipped=[0])
    parts = in_parts(order, ship, accountant, [1], [1], [1])
    for part in parts:
        before = list(part.items.values("subtotal", "tax_amount"))
        recalculate_invoice(part)
        assert list(part.items.values("subtotal", "tax_amount")) == before


def test_a_concession_on_one_part_is_not_charged_on_the_last(ordered, ship, accountant):
    order = ordered((2, "100.00"), shipped=[1])
    first = invoice_order(order, by=accountant)
    line = first.items.get()
    line.unit_price = D("80")
    save_lines(first, save=[line], recalculate=recalculate_invoice, by=accountant)
    ship(order, 1)
    second = invoice_order(order, by=accountant)
    assert (first.subtotal_amount, first.tax_amount) == (D("80.00"), D("15.20"))
    assert (second.subtotal_amount, second.tax_amount) == (D("100.00"), D("19.00"))
