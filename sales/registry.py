"""What sales asks the apps above it. They register in their `ready()`; sales never imports them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from django.db.models import DecimalField, Expression, QuerySet, Value
from django.db.models.functions import Coalesce, Round

from inventory_project.base.models import Document
from inventory_project.base.privacy import Part
from sales.models import Customer

type Exposure = Callable[[], Expression]


@dataclass(frozen=True)
class Explained:
    """Documents of one kind of which each counts something against the credit limit of its customer.

    `day` names the column by which people know how old one is; `amounts` says by id what each counts.
    """

    name: str
    title: object
    model: type[Document]
    day: str
    amounts: Callable[[Customer], Mapping[int, Decimal]]

    @property
    def permission(self) -> str:
        """Who may see them."""
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"


type Obligations = Callable[[Customer], list[QuerySet]]
type Personal = Callable[[Customer], list[Part]]

_exposures: list[Exposure] = []
_explained: list[Explained] = []
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


def explain_exposure(documents: Explained) -> None:
    """Have the documents shown that an amount of `register_exposure` is made up of."""
    if documents not in _explained:
        _explained.append(documents)


def explanations() -> tuple[Explained, ...]:
    """All that can be said of what counts against credit limits."""
    return tuple(_explained)


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
