"""Whether a customer has ordered under the same number of theirs before."""

from django.utils.translation import gettext as _

from sales.models import Order, OrderStatus

MOST_NAMED = 3


def reference_warning(order: Order) -> str:
    """A sentence that names the customer's other orders with this reference; "" if there are none.

    The order need not have been saved yet.

    No refusal: some customers write one number on several orders. Those that were cancelled don't count.
    """
    if not order.customer_reference:
        return ""
    same = Order.objects.filter(customer=order.customer_id, customer_reference__iexact=order.customer_reference)
    others = same.exclude(pk=order.pk).exclude(status=OrderStatus.CANCELLED).order_by("-pk")
    numbers = list(others.values_list("order_number", flat=True)[: MOST_NAMED + 1])
    if not numbers:
        return ""
    named = ", ".join(numbers[:MOST_NAMED]) + (" …" if len(numbers) > MOST_NAMED else "")
    facts = {"reference": order.customer_reference, "orders": named}
    return _("The customer has used the reference “%(reference)s” before: %(orders)s.") % facts
