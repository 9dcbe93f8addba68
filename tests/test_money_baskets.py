"""Whole baskets against an independent oracle of exact fractions: nets, tax, total, and credits down to nothing."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from billing.services.parts import Left, Part, taxes_of_credit
from inventory_project.base.money import TaxedLine, line_net, totals
from tests.proof.figures import note
from tests.proof.sizes import SEED, SIZE
from tests.test_money import half_up, largest_remainder

BASKETS = settings(
    max_examples=SIZE.baskets // 10, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
RATES = [("0", "Z"), ("0", "AE"), ("7", "S"), ("19", "S"), ("5.5", "S"), ("33.333", "S")]

# In whole steps of the last digit: that is drawn much faster than decimals.
line = st.tuples(
    st.integers(1, 10_000),  # units
    st.integers(0, 99_999_999).map(lambda steps: Decimal(steps).scaleb(-4)),  # price
    st.one_of(st.just(Decimal(0)), st.integers(0, 100_000).map(lambda steps: Decimal(steps).scaleb(-3))),  # discount
    st.sampled_from(RATES),
)
baskets = st.lists(line, min_size=1, max_size=8)


def oracle(basket: list[tuple]) -> tuple[list[Fraction], list[Fraction]]:
    """Net amount and tax of each line, by the rules as they are written down."""
    nets = [half_up(units * Fraction(price) * (100 - Fraction(off)) / 100) for units, price, off, _rate in basket]
    groups = defaultdict(list)
    for index, (_units, _price, _off, rate) in enumerate(basket):
        groups[rate].append(index)
    taxes = [Fraction(0)] * len(basket)
    for (percent, _category), members in groups.items():
        weights = [nets[i] for i in members]
        if not any(weights):
            continue
        tax = half_up(sum(weights) * Fraction(percent) / 100)
        for index, share in zip(members, largest_remainder(tax, weights), strict=True):
            taxes[index] = share
    return nets, taxes


@seed(SEED)
@BASKETS
@given(baskets, st.integers(0, 2**32))
def test_a_basket_is_right_to_the_cent_and_credits_bring_it_to_nothing(basket, number):
    """Drawn so that one that fails is cut down to the smallest that does."""
    check(basket, Random(number))


@pytest.mark.django_db  # only to say in the report what ran it
def test_many_random_baskets():
    """Many more, made without that care."""
    chance = Random(SEED)
    for _basket in range(SIZE.baskets):
        check([random_line(chance) for _line in range(chance.randint(1, 8))], chance)
    note(
        "Random baskets against exact fractions, credited in random parts",
        f"{SIZE.baskets:,} baskets",
        "every net amount, tax and total right; crediting everything leaves exactly 0.00",
    )


def random_line(chance: Random) -> tuple:
    """As `line` draws them: small and large, with and without a discount."""
    price = Decimal(chance.randrange(10 ** chance.randint(1, 8))).scaleb(-4)
    off = Decimal(chance.choice((0, 0, chance.randint(1, 100_000)))).scaleb(-3)
    return chance.randint(1, 10 ** chance.randint(0, 4)), price, off, chance.choice(RATES)


def check(basket: list[tuple], chance: Random) -> None:
    """Net, tax and total are those of the oracle; credited in parts, exactly nothing is left."""
    nets, taxes = oracle(basket)
    mine = [line_net(units, price, off) for units, price, off, _rate in basket]
    rates = [(Decimal(percent), category) for _units, _price, _off, (percent, category) in basket]
    sums = totals([TaxedLine(net, *rate) for net, rate in zip(mine, rates, strict=True)])
    assert [Fraction(net) for net in mine] == nets
    assert [Fraction(tax) for tax in sums.taxes] == taxes
    assert Fraction(sums.total) == sum(nets) + sum(taxes)

    left = [Left(basket[i][0], mine[i], sums.taxes[i]) for i in range(len(basket))]
    credited = Decimal(0)
    while any(each.quantity for each in left):
        credited += credit(basket, rates, left, chance)
    assert credited == sums.total
    assert all((each.net, each.tax) == (0, 0) for each in left)


def credit(basket: list[tuple], rates: list[tuple], left: list[Left], chance: Random) -> Decimal:
    """Some units of some lines come back; gives what their credit note comes to."""
    open_lines = [i for i, each in enumerate(left) if each.quantity]
    chosen = sorted(chance.sample(open_lines, chance.randint(1, len(open_lines))))
    units = {i: left[i].quantity if chance.random() < 0.5 else chance.randint(1, left[i].quantity) for i in chosen}
    parts = []
    for i in chosen:
        _all, price, off, _rate = basket[i]
        net = left[i].net_of(units[i], line_net(units[i], price, off))
        parts.append(Part(net, rates[i], left[i].tax, left[i].is_last(units[i])))
    taxes = taxes_of_credit(parts)
    for i, part, tax in zip(chosen, parts, taxes, strict=True):
        assert part.net >= 0
        assert 0 <= tax <= left[i].tax
        left[i].subtract(units[i], part.net, tax)
    return sum((part.net for part in parts), Decimal(0)) + sum(taxes, Decimal(0))
