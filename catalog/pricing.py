"""What a product costs a customer: the price list's quantity breaks, else the product's own price."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from .models import PriceList, PriceListItem, Product


class PricedLine(Protocol):
    """Anything with a product and a quantity: an order's line, a line of a request."""

    product: Product
    quantity: int


@dataclass(frozen=True)
class Quote:
    """A unit price, and where it comes from."""

    price: Decimal
    origin: Literal["list", "product"]


def price_lines(lines: Iterable[PricedLine], *, price_list: PriceList | None, day: datetime.date) -> list[Quote]:
    """The price of each line on `day`, in one query for all lines (none without a price list).

    From the list, if it is valid on that day: the largest minimum quantity not above the line's. Each line counts by
    itself, also when several name one product.
    """
    lines = list(lines)
    breaks = _breaks({line.product.pk for line in lines}, price_list, day)
    return [_quote(line, breaks[line.product.pk]) for line in lines]


type Break = tuple[int, Decimal]


def _breaks(products: set[int], price_list: PriceList | None, day: datetime.date) -> dict[int, list[Break]]:
    """By product: (minimum quantity, price) in rising order."""
    found: dict[int, list[Break]] = defaultdict(list)
    if price_list is not None:
        valid = PriceList.objects.valid_on(day).filter(pk=price_list.pk)
        rows = PriceListItem.objects.filter(price_list__in=valid, product__in=products).order_by("minimum_quantity")
        for product, minimum, price in rows.values_list("product_id", "minimum_quantity", "price"):
            found[product].append((minimum, price))
    return found


def _quote(line: PricedLine, breaks: Sequence[Break]) -> Quote:
    reached = [price for minimum, price in breaks if minimum <= line.quantity]
    return Quote(reached[-1], "list") if reached else Quote(line.product.price, "product")
