"""What sales asks the apps above it. They register in their `ready()`; sales never imports them."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from operator import add

from django.db.models import DecimalField, Expression, Value
from django.db.models.functions import Coalesce, Round

type Exposure = Callable[[], Expression]

_exposures: list[Exposure] = []


def register_exposure(amount: Exposure) -> Exposure:
    """Have something counted against the credit limits of customers.

    `amount` returns a fresh expression over a customer's row: a `Subquery` of one amount that finds its customer by
    `OuterRef("pk")` and may be null. An expression, so that all of them cost one statement together and a list of
    customers can show them. Sales counts what is ordered and on no invoice; an invoice counts from its draft on.
    """
    if amount not in _exposures:
        _exposures.append(amount)
    return amount


def exposure() -> Expression:
    """All that counts against a customer's credit limit, as one expression over the customer's row."""
    money = DecimalField(max_digits=14, decimal_places=2)
    nothing = Value(Decimal(0), output_field=money)
    return Round(reduce(add, [Coalesce(amount(), nothing) for amount in _exposures], nothing), 2, output_field=money)
