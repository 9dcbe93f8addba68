"""What customers have ordered and not been invoiced, as their credit limit counts it."""

from collections import Counter
from decimal import Decimal

from django.db.models import Case, DecimalField, Expression, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Greatest

from inventory_project.base.money import cents
from sales.models import Customer, Order, OrderItem, OrderStatus

COMMITTED = (OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
HUNDREDTH = Value(Decimal("0.01"), output_field=DecimalField(max_digits=20, decimal_places=10))


def uninvoiced_goods() -> Subquery:
    """What committed orders of the customer of the outer query still have to bring on invoices: lines."""
    lines = _lines().filter(order__customer=OuterRef("pk"))
    return Subquery(lines.values("order__customer").annotate(sum=Sum(_gross())).values("sum"))


def uninvoiced_shipping() -> Subquery:
    """What they still have to bring on invoices: the charge for the delivery, on the first one."""
    orders = _deliveries().filter(customer=OuterRef("pk"))
    return Subquery(orders.values("customer").annotate(sum=Sum(_delivery())).values("sum"))


def uninvoiced_orders(customer: Customer) -> dict[int, Decimal]:
    """The same by order of one customer: two queries."""
    found: Counter[int] = Counter()
    found.update(dict(_lines().filter(order__customer=customer).values_list("order").annotate(sum=Sum(_gross()))))
    found.update(dict(_deliveries().filter(customer=customer).annotate(gross=_delivery()).values_list("pk", "gross")))
    return {order: cents(amount) for order, amount in found.items() if amount}


def _lines() -> QuerySet[OrderItem]:
    return OrderItem.objects.filter(order__status__in=COMMITTED, quantity_invoiced__lt=F("quantity")).order_by()


def _gross() -> Expression:
    """What is left of a line. Of a closed order, only what has left the house.

    Only multiplied, never divided: SQLite keeps round amounts as integers, and would cut the quotient.
    """
    ordered = Case(
        When(order__status=OrderStatus.CONFIRMED, then=F("quantity")),
        default=F("quantity_shipped"),
    )
    left = Greatest(ordered - F("quantity_invoiced"), 0)
    net = left * F("unit_price") * (100 - F("discount_percent")) * HUNDREDTH
    whole = Q(order__status=OrderStatus.CONFIRMED) | Q(quantity_shipped=F("quantity"))
    return Case(
        When(whole, quantity_invoiced=0, then=F("subtotal") + F("tax_amount")),
        default=net * (100 + F("tax_percent")) * HUNDREDTH,
        output_field=DecimalField(max_digits=20, decimal_places=10),
    )


def _deliveries() -> QuerySet[Order]:
    charged = Order.objects.filter(status__in=COMMITTED, shipping_amount__gt=0)
    return charged.exclude(items__quantity_invoiced__gt=0).order_by()


def _delivery() -> Expression:
    return F("shipping_amount") * (100 + F("shipping_tax_percent")) * HUNDREDTH
