"""What a line of an order can expect: how much is free to be sold where, and at which price."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import PriceList, Product
from catalog.pricing import Quote, price_lines
from inventory_project.base.clock import today
from sales.models import OrderItem
from stock.models import Inventory, Warehouse


@dataclass(frozen=True)
class Asked:
    """A line that is being entered."""

    product: Product
    quantity: int


@dataclass(frozen=True)
class Expected:
    """What the line can expect."""

    available: int
    quote: Quote


def expect(product: Product, quantity: int, warehouse: Warehouse | None, price_list: PriceList | None) -> Expected:
    """How many are available, in the warehouse or, without one, in all, and today's price of so many."""
    balances = Inventory.objects.filter(product=product)
    if warehouse:
        balances = balances.filter(warehouse=warehouse)
    [quote] = price_lines([Asked(product, quantity)], price_list=price_list, day=today())
    return Expected(balances.aggregate(sum=Coalesce(Sum("available"), 0))["sum"], quote)


def with_available(lines: QuerySet[OrderItem]) -> QuerySet[OrderItem]:
    """Each line with `available_there`, in the warehouse that it or its order names, and `available_at_all`."""
    balances = Inventory.objects.filter(product=OuterRef("product")).order_by()
    chosen = balances.filter(warehouse=Coalesce(OuterRef("warehouse"), OuterRef("order__warehouse")))
    return lines.annotate(
        available_there=_sum(chosen),
        available_at_all=_sum(balances),
    )


def _sum(balances: QuerySet[Inventory]) -> Coalesce:
    return Coalesce(Subquery(balances.values("product").annotate(sum=Sum("available")).values("sum")), 0)
