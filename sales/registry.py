"""What sales asks the apps above it. They register in their `ready()`; sales never imports them."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from operator import add

from django.db.models import DecimalField, Expression, QuerySet, Value
from django.db.models.functions import Coalesce, Round

from inventory_project.base.privacy import Part
from sales.models import Customer

type Exposure = Callable[[], Expression]
type Obligations = Callable[[Customer], list[QuerySet]]
type Personal = Callable[[Customer], list[Part]]

_exposures: list[Exposure] = []
_privacy: list[tuple[Obligations, Personal]] = []


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


def register_privacy(obligations: Obligations, personal: Personal) -> None:
    """Have further documents looked at when a customer is to be anonymised.

    `obligations` returns the documents of the customer by which one of the two still owes the other something, or that
    are not finished; `personal` the rows that say who the customer is.
    """
    if (obligations, personal) not in _privacy:
        _privacy.append((obligations, personal))


def obligations_to(customer: Customer) -> list[QuerySet]:
    """The documents of other apps that keep the customer from being anonymised."""
    return [documents for obligations, _personal in _privacy for documents in obligations(customer)]


def personal_parts(customer: Customer) -> list[Part]:
    """The rows of other apps that say who the customer is."""
    return [part for _obligations, personal in _privacy for part in personal(customer)]
