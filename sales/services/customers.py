"""What a customer may order, where to, and how much they may owe."""

from decimal import Decimal

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.money import cents
from inventory_project.base.services import lock
from sales.models import AddressKind, Customer
from sales.registry import exposure


def read_customer(pk: int, *, locked: bool = False) -> Customer:
    """The customer with price list and default addresses (`default_billing`, `default_shipping`), in one query."""
    customers = Customer.objects.annotate(
        default_billing=_default(AddressKind.BILLING), default_shipping=_default(AddressKind.SHIPPING)
    ).select_related("price_list", "default_billing", "default_shipping")
    if locked:
        customers = customers.select_for_update(of=("self",), no_key=True)
    customer = customers.get(pk=pk)
    for name in ("default_billing", "default_shipping"):
        address = customer.__dict__.setdefault(name, None)
        if address:
            address.customer = customer
    return customer


def _default(kind: AddressKind) -> FilteredRelation:
    return FilteredRelation(
        "addresses", condition=Q(addresses__kind=kind, addresses__is_default=True, addresses__is_active=True)
    )


def read_customer_for_credit(customer: Customer) -> Customer:
    """The customer as they are now; with their row locked if they have a credit limit."""
    limited = customer.credit_limit is not None
    found = read_customer(customer.pk, locked=limited)
    if found.credit_limit is not None and not limited:
        lock(found)
    return found


def require_orderable(customer: Customer) -> None:
    """Refuse a customer who has been deactivated."""
    if not customer.is_active:
        raise RuleViolation(
            _("%(customer)s is not active. Make the customer active to enter orders.") % {"customer": customer},
            code="inactive_customer",
            field="customer",
        )


def require_credit(customer: Customer, further: Decimal, *, is_written: bool = False) -> None:
    """Refuse a customer who is on hold, or who would owe more than their credit limit with `further` on top.

    `is_written` says that the orders in the database contain `further` already.
    The customer's row must be locked if there is a limit, so that two orders don't both take the last of it.
    """
    if customer.on_hold:
        raise RuleViolation(
            _("%(customer)s is on hold; no order can be confirmed.") % {"customer": customer},
            code="customer_on_hold",
            field="customer",
        )
    if customer.credit_limit is None:
        return
    owed = exposure_of(customer) - (further if is_written else 0)
    if owed + further > customer.credit_limit:
        facts = {"limit": customer.credit_limit, "owed": owed, "total": owed + further}
        raise RuleViolation(
            _("%(customer)s would owe %(total)s, %(owed)s of it already; the credit limit is %(limit)s.")
            % {"customer": customer, **facts},
            code="credit_limit",
            field="customer",
            details={name: str(value) for name, value in facts.items()},
        )


def with_exposure(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Show with each customer what counts against the credit limit, as `exposure`."""
    return customers.annotate(exposure=exposure())


def exposure_of(customer: Customer) -> Decimal:
    """What the customer has ordered and not been invoiced, and what of their invoices is open."""
    return cents(with_exposure(Customer.objects.filter(pk=customer.pk)).values_list("exposure", flat=True).get())
