"""Which warehouse serves which line. Pure functions: the caller has locked what is offered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Want:
    """Units that a line lacks; `key` names the line. `warehouse` when only that one may serve it."""

    key: int
    product: int
    quantity: int
    warehouse: int | None = None


@dataclass
class Offer:
    """Units of a product in one warehouse that may be promised; they grow fewer as lines are served."""

    inventory: int
    product: int
    warehouse: int
    free: int


# By line: how many units of which balance.
type Shares = dict[int, Counter[int]]


def allocate(wants: Sequence[Want], offers: Iterable[Offer]) -> Shares:
    """Share the offers out: lines with a warehouse of their own first, then the rest.

    The rest comes from one warehouse if any can serve all of it, the one with the lowest id; otherwise each line is
    served from where most is available, and from several warehouses if need be. A line that can't be served in full
    gets what there is.
    """
    by_product: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_product[offer.product].append(offer)
    shares: Shares = {want.key: Counter() for want in wants}
    for want in wants:
        if want.warehouse is not None:
            _take(want, [o for o in by_product[want.product] if o.warehouse == want.warehouse], shares)
    rest = [want for want in wants if want.warehouse is None]
    single = _serves_all(rest, by_product)
    for want in rest:
        best_first = sorted(by_product[want.product], key=lambda o: (-o.free, o.warehouse))
        _take(want, [o for o in best_first if single is None or o.warehouse == single], shares)
    return shares


def allocate_in_turn(wants: Iterable[Want], offers: Iterable[Offer]) -> Shares:
    """Share the offers out to one line after the other: who comes first gets all that there is for them."""
    offers = list(offers)
    shares: Shares = {}
    for want in wants:
        shares[want.key] = Counter()
        fitting = [o for o in offers if o.product == want.product and want.warehouse in (None, o.warehouse)]
        _take(want, sorted(fitting, key=lambda o: (-o.free, o.warehouse)), shares)
    return shares


def _serves_all(wants: Iterable[Want], by_product: Mapping[int, list[Offer]]) -> int | None:
    """The warehouse with the lowest id that has enough of everything."""
    needed: Counter[int] = Counter()
    for want in wants:
        needed[want.product] += want.quantity
    able: set[int] | None = None
    for product, quantity in needed.items():
        having = {offer.warehouse for offer in by_product[product] if offer.free >= quantity}
        able = having if able is None else able & having
    return min(able) if able else None


def _take(want: Want, offers: Iterable[Offer], shares: Shares) -> None:
    missing = want.quantity
    for offer in offers:
        units = min(missing, offer.free)
        if units:
            offer.free -= units
            missing -= units
            shares[want.key][offer.inventory] += units
