"""Where an order's goods and its invoice go, kept as they were agreed."""

from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from sales.models import Customer, CustomerAddress, Order


def freeze_addresses(order: Order, customer: Customer) -> None:
    """Copy the addresses into the order: those that it names, else the customer's defaults. Without an address for
    goods they go where the invoice goes. Refuses an address of another customer."""
    order.billing_to = _own(order.billing_to, customer, "billing_to") or customer.default_billing
    order.shipping_to = _own(order.shipping_to, customer, "shipping_to") or customer.default_shipping
    shipping_to = order.shipping_to or order.billing_to
    order.billing_address = order.billing_to.frozen() if order.billing_to else {}
    order.shipping_address = shipping_to.frozen() if shipping_to else {}


def _own(address: CustomerAddress | None, customer: Customer, field: str) -> CustomerAddress | None:
    if address is None:
        return None
    if address.customer_id != customer.pk:
        raise RuleViolation(
            _("“%(address)s” is not an address of %(customer)s.") % {"address": address, "customer": customer},
            code="wrong_address",
            field=field,
        )
    address.customer = customer
    return address
