"""The one place where money is computed. Pure functions over Decimal; nothing here reads the database.

Rules: a line's net amount is quantity x unit price less its discount, rounded half-up to the cent. Tax is computed
per rate on the sum of the net lines, half-up (EN 16931, BR-CO-17), and spread over the lines by largest remainder.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
UNIT = Decimal("0.0001")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Round half-up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def units(price: Decimal) -> Decimal:
    """Round half-up to four decimals, the scale of unit prices, unit costs and stock values."""
    return price.quantize(UNIT, ROUND_HALF_UP)


def line_net(quantity: int, unit_price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """Net amount of a line, in cents. `discount_percent` is 0 to 100."""
    return cents(quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share `total` (cents) out in proportion to `weights` (0 or more), exactly: the shares add up to it.

    Each share is cut to the cent; the cents left over go to the largest remainders, the first among equals. Reckoned
    in whole numbers: a quotient of Decimals is cut at 28 digits, where equal remainders can come out different.
    """
    scale = 10 ** max((0, *(-weight.as_tuple().exponent for weight in weights)))
    parts = [int(weight * scale) for weight in weights]
    whole = sum(parts)
    if not whole:
        if total:
            raise ValueError("nothing to spread an amount over")
        return [ZERO] * len(weights)
    pennies = int(abs(total) / CENT)
    shares, remainders = zip(*(divmod(pennies * part, whole) for part in parts), strict=True)
    missing = pennies - sum(shares)
    larger = set(sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:missing])
    sign = -1 if total < 0 else 1
    return [sign * (share + (i in larger)) * CENT for i, share in enumerate(shares)]


@dataclass(frozen=True)
class TaxedLine:
    """What the tax of a line depends on: its net amount, and its rate (percent and category)."""

    net: Decimal
    percent: Decimal
    category: str = "S"


@dataclass(frozen=True)
class TaxGroup:
    """One row of a tax summary: all that is taxed alike."""

    percent: Decimal
    category: str
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Totals:
    """The sums of a document; `taxes[i]` is the tax of the i-th line."""

    net: Decimal
    tax: Decimal
    taxes: tuple[Decimal, ...]
    groups: tuple[TaxGroup, ...]

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def totals(lines: Iterable[TaxedLine]) -> Totals:
    """Sum up a document's lines and compute its tax."""
    lines = list(lines)
    by_rate: dict[Hashable, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_rate[line.percent, line.category].append(index)
    taxes = [ZERO] * len(lines)
    groups = []
    for (percent, category), members in sorted(by_rate.items()):
        net = sum((lines[i].net for i in members), ZERO)
        tax = cents(net * percent / HUNDRED)
        groups.append(TaxGroup(percent, category, net, tax))
        for index, share in zip(members, spread(tax, [lines[i].net for i in members]), strict=True):
            taxes[index] = share
    return Totals(sum((line.net for line in lines), ZERO), sum(taxes, ZERO), tuple(taxes), tuple(groups))
