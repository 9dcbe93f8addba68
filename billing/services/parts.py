"""How a line's money is divided when it is invoiced, or credited, in parts. Pure arithmetic.

The parts add up to the whole exactly: each part is computed by the usual rule, none takes more than is left, and the
one with the last units takes all that is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory_project.base.money import HUNDRED, ZERO, cents, spread

type Rate = tuple[Decimal, str]


@dataclass
class Left:
    """What is left of a line that is divided: units, net amount and tax."""

    quantity: int
    net: Decimal
    tax: Decimal = ZERO

    def subtract(self, quantity: int, net: Decimal, tax: Decimal = ZERO) -> None:
        """Some of it has gone into another part."""
        self.quantity -= quantity
        self.net = max(self.net - net, ZERO)
        self.tax = max(self.tax - tax, ZERO)

    def is_last(self, quantity: int) -> bool:
        """Whether a part of so many units is the last one."""
        return quantity >= self.quantity

    def net_of(self, quantity: int, by_rule: Decimal) -> Decimal:
        """The net amount of a part that comes to `by_rule` on its own."""
        return self.net if self.is_last(quantity) else min(by_rule, self.net)


@dataclass(frozen=True)
class Part:
    """One line of a credit note: its net amount, how it is taxed, and the tax that is left of the line credited."""

    net: Decimal
    rate: Rate
    tax_left: Decimal
    is_last: bool


def tax_on(net: Decimal, percent: Decimal) -> Decimal:
    """Tax of a sum of net amounts (EN 16931, BR-CO-17)."""
    return cents(net * percent / HUNDRED)


def spread_tax(tax: Decimal, nets: Sequence[Decimal]) -> list[Decimal]:
    """Share tax out over lines by their net amounts; evenly if all are 0 (a last cent may fall on such lines)."""
    return spread(tax, nets if any(nets) else [Decimal(1)] * len(nets))


def spread_within(total: Decimal, weights: Sequence[Decimal], most: Sequence[Decimal]) -> list[Decimal]:
    """Share `total` out by weight, none getting more than its `most`. `total` is at most the sum of these."""
    shares = [min(share, limit) for share, limit in zip(spread_tax(total, weights), most, strict=True)]
    missing = total - sum(shares)
    for index, limit in enumerate(most):
        more = min(limit - shares[index], missing)
        shares[index] += more
        missing -= more
    return shares


def by_rate[T](rates: Iterable[tuple[Rate, T]]) -> dict[Rate, list[T]]:
    """Bring together what is taxed alike."""
    groups: dict[Rate, list[T]] = defaultdict(list)
    for rate, member in rates:
        groups[rate].append(member)
    return groups


def taxes_of_credit(parts: Sequence[Part]) -> list[Decimal]:
    """The tax of each line of a credit note.

    A line's last part takes the tax that is left of the line. The rest of what the rate makes of the note's net
    amounts falls on the other lines, none taking more than is left of it.
    """
    taxes = [ZERO] * len(parts)
    for (percent, _category), members in by_rate((part.rate, index) for index, part in enumerate(parts)).items():
        tax = tax_on(sum((parts[i].net for i in members), ZERO), percent)
        for i in members:
            if parts[i].is_last:
                taxes[i] = parts[i].tax_left
        others = [i for i in members if not parts[i].is_last]
        most = [parts[i].tax_left for i in others]
        rest = min(max(tax - sum(taxes[i] for i in members), ZERO), sum(most, ZERO))
        for i, share in zip(others, spread_within(rest, [parts[i].net for i in others], most), strict=True):
            taxes[i] = share
    return taxes
