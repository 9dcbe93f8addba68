"""The arithmetic of money against an independent oracle: exact fractions, no Decimal, no code of ours."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory_project.base.money import TaxedLine, cents, line_net, spread, totals, units

EXAMPLES = settings(max_examples=2_000, deadline=None)

amounts = st.decimals("0", "9999999999.99", places=2)
prices = st.decimals("0", "99999999.9999", places=4)
percents = st.decimals("0", "100", places=3)
quantities = st.integers(1, 1_000_000)
rates = st.sampled_from([("0", "Z"), ("0", "AE"), ("7", "S"), ("19", "S"), ("5.5", "S"), ("33.333", "S")])


def half_up(value: Fraction, places: int = 2) -> Fraction:
    """Of two neighbours equally near, the greater one. For values of 0 and above."""
    scale = 10**places
    return Fraction(floor(value * scale + Fraction(1, 2)), scale)


def largest_remainder(total: Fraction, weights: list[Fraction]) -> list[Fraction]:
    """Hamilton's method in whole cents; among equal remainders the first."""
    whole = sum(weights)
    exact = [total * 100 * weight / whole for weight in weights]
    shares = [floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: int(total * 100) - sum(shares)]:
        shares[i] += 1
    return [Fraction(share, 100) for share in shares]


@EXAMPLES
@given(prices)
def test_amounts_are_rounded_half_up(price):
    assert Fraction(cents(price)) == half_up(Fraction(price))
    assert cents(price).as_tuple().exponent == -2


@EXAMPLES
@given(st.decimals("0", "99999999", places=9))
def test_unit_prices_are_rounded_half_up(price):
    assert Fraction(units(price)) == half_up(Fraction(price), 4)


@EXAMPLES
@given(quantities, prices, percents)
def test_a_line_is_quantity_times_price_less_discount(quantity, price, discount):
    exact = quantity * Fraction(price) * (100 - Fraction(discount)) / 100
    assert Fraction(line_net(quantity, price, discount)) == half_up(exact)


@EXAMPLES
@given(amounts, st.lists(amounts, min_size=1, max_size=12).filter(any))
def test_an_amount_is_spread_by_largest_remainder(total, weights):
    shares = spread(total, weights)
    assert sum(shares) == total
    assert [Fraction(share) for share in shares] == largest_remainder(
        Fraction(total), [Fraction(weight) for weight in weights]
    )


@EXAMPLES
@given(st.lists(st.tuples(amounts, rates), max_size=12))
def test_tax_is_that_of_each_rate_on_its_sum_and_spread_exactly(lines):
    lines = [TaxedLine(net, Decimal(percent), category) for net, (percent, category) in lines]
    sums = totals(lines)
    groups = defaultdict(list)
    for index, line in enumerate(lines):
        groups[Fraction(line.percent), line.category].append(index)
    taxes = [Fraction(0)] * len(lines)
    for (percent, _category), members in groups.items():
        nets = [Fraction(lines[i].net) for i in members]
        tax = half_up(sum(nets) * percent / 100)
        shares = largest_remainder(tax, nets) if any(nets) else [Fraction(0)] * len(nets)
        for index, share in zip(members, shares, strict=True):
            taxes[index] = share
    assert [Fraction(tax) for tax in sums.taxes] == taxes
    assert Fraction(sums.net) == sum(Fraction(line.net) for line in lines)
    assert Fraction(sums.tax) == sum(taxes)
    assert sums.total == sums.net + sums.tax
    assert {(Fraction(g.percent), g.category) for g in sums.groups} == groups.keys()
    assert sum((g.tax for g in sums.groups), Decimal(0)) == sums.tax


def test_half_a_cent_goes_up():
    assert line_net(1, Decimal("0.005")) == Decimal("0.01")
    assert line_net(3, Decimal("0.335")) == Decimal("1.01")
    assert line_net(2, Decimal("10"), Decimal("33.333")) == Decimal("13.33")


def test_a_rounding_cent_falls_on_the_largest_remainder():
    assert spread(Decimal("10.00"), [Decimal(1)] * 3) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert spread(Decimal("0.01"), [Decimal("1"), Decimal("2")]) == [Decimal("0.00"), Decimal("0.01")]


def test_equal_remainders_are_equal_however_large_the_shares():
    """A third of a cent, thrice: a division that is cut at 28 digits takes them for different."""
    weights = [Decimal(10_000_000), Decimal(1), Decimal(1)]
    assert spread(Decimal("3333334.00"), weights) == [Decimal("3333333.34"), Decimal("0.33"), Decimal("0.33")]


def test_tax_is_taken_on_the_sum_not_line_by_line():
    lines = [TaxedLine(Decimal("0.02"), Decimal("19"))] * 3
    assert totals(lines).tax == Decimal("0.01")
    assert totals(lines).taxes == (Decimal("0.01"), Decimal("0.00"), Decimal("0.00"))


def test_the_same_rate_in_two_categories_is_two_groups():
    zero = Decimal("0")
    sums = totals([TaxedLine(Decimal("5.00"), zero, "Z"), TaxedLine(Decimal("7.00"), zero, "AE")])
    assert [(group.category, group.net, group.tax) for group in sums.groups] == [
        ("AE", Decimal("7.00"), Decimal("0.00")),
        ("Z", Decimal("5.00"), Decimal("0.00")),
    ]


def test_no_lines_come_to_nothing():
    sums = totals([])
    assert (sums.net, sums.tax, sums.total, sums.taxes, sums.groups) == (0, 0, 0, (), ())


def test_an_amount_is_not_spread_over_nothing():
    assert spread(Decimal("0.00"), [Decimal("0"), Decimal("0")]) == [Decimal("0.00")] * 2
    with pytest.raises(ValueError, match="nothing to spread"):
        spread(Decimal("0.01"), [Decimal("0.00")])
