"""Invoices in the making: of an order or of its own, and discarded as long as they are drafts."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceItem, InvoiceItemKind
from billing.models.number import draft_number
from catalog.models import Product, TaxCategory
from catalog.pricing import price_lines
from inventory_project.base.clock import today
from inventory_project.base.errors import InvalidInput, InvalidTransition, RuleViolation
from inventory_project.base.money import ZERO
from inventory_project.base.services import lock, service
from sales.models import Customer, CustomerAddress, Order, OrderItem, OrderStatus
from sales.services.confirming import touch
from sales.services.inputs import percent, price
from stock.services.checks import text, whole

from .agreement import Agreement
from .invoice_amounts import compute_invoice

INVOICEABLE = (OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class InvoiceLine:
    """What is charged for. Without a price: the customer's price of the product. Without tax category: the standard
    one if a percentage is given, else tax as for this product and customer.
    """

    quantity: int = 1
    product: Product | None = None
    description: str = ""
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    tax_percent: Decimal = ZERO
    tax_category: str = ""


@service
def create_invoice(
    *,
    customer: Customer,
    lines: Iterable[InvoiceLine] = (),
    billing_to: CustomerAddress | None = None,
    due_date: datetime.datetime | None = None,
    notes: str = "",
    user=None,
    by,
) -> Invoice:
    """Draft an invoice without an order. `user` is who it is attributed to, if that is not whoever acts.

    Refuses a line with neither product nor description, and one without product and price.
    """
    lines = list(lines)
    owner = user or by
    if owner is None:
        raise InvalidInput(_("An invoice without an order needs a user."), code="required", field="user")
    require_own_address(customer, billing_to)
    notes = text(Invoice, "notes", notes, "notes")
    items = _own_items(customer, lines)
    invoice = Invoice(customer=customer, billing_to=billing_to, due_date=due_date, notes=notes, user=owner)
    _write(invoice, items)
    return invoice


def require_own_address(customer: Customer, address: CustomerAddress | None) -> None:
    """Refuse the address of somebody else."""
    if address and address.customer_id != customer.pk:
        raise InvalidInput(_("This is an address of another customer."), code="other_customer", field="billing_to")


def _own_items(customer: Customer, lines: Sequence[InvoiceLine]) -> list[InvoiceItem]:
    items = [_own_item(line, f"items/{index}") for index, line in enumerate(lines)]
    unpriced = [item for item in items if item.unit_price is None]
    quotes = price_lines(unpriced, price_list=customer.price_list, day=today()) if unpriced else []
    for item, quote in zip(unpriced, quotes, strict=True):
        item.unit_price = quote.price
    return items


def _own_item(line: InvoiceLine, path: str) -> InvoiceItem:
    description = text(InvoiceItem, "description", line.description, f"{path}/description")
    if not line.product and not description:
        raise InvalidInput(
            _("A line without a product needs a description."), code="required", field=f"{path}/description"
        )
    if not line.product and line.unit_price is None:
        raise InvalidInput(_("A line without a product needs a price."), code="required", field=f"{path}/unit_price")
    category, rate = _tax(line, path)
    return InvoiceItem(
        product=line.product,
        description=description,
        quantity=whole(line.quantity, f"{path}/quantity"),
        unit_price=None if line.unit_price is None else price(line.unit_price, f"{path}/unit_price"),
        discount_percent=percent(line.discount_percent, f"{path}/discount_percent"),
        tax_percent=rate,
        tax_category=category,
    )


def _tax(line: InvoiceLine, path: str) -> tuple[str, Decimal]:
    """Category and percentage as given; empty and 0 if they are to be looked up."""
    rate = percent(line.tax_percent, f"{path}/tax_percent")
    category = line.tax_category
    if category and category not in TaxCategory.values:
        raise InvalidInput(_("There is no such tax category."), field=f"{path}/tax_category")
    if rate and category not in ("", TaxCategory.STANDARD):
        raise InvalidInput(_("Only the standard tax category has a rate above 0."), field=f"{path}/tax_percent")
    return category, rate


@service
def invoice_order(order: Order, *, shipped_only: bool = True, by) -> Invoice:
    """Draft an invoice of what is on none yet: of what has been shipped, or else of all that was ordered.

    The first invoice of an order carries the charge for its delivery. Of an order that was closed short, what was
    not shipped is never invoiced. Refuses when there is nothing to invoice.
    """
    fresh = lock(order)
    if fresh.status not in INVOICEABLE:
        raise InvalidTransition(
            _("%(order)s is %(status)s; only a confirmed, shipped or delivered order can be invoiced.")
            % {"order": fresh, "status": fresh.get_status_display().lower()},
            current_status=fresh.status,
            allowed_actions=fresh.allowed_actions,
        )
    agreement = Agreement.read(fresh.pk, order=fresh)
    all_ordered = not shipped_only and fresh.status == OrderStatus.CONFIRMED
    items = list(_order_items(agreement, all_ordered=all_ordered))
    if not items:
        raise RuleViolation(
            _("Nothing of %(order)s is left to invoice.")
            if all_ordered
            else _("Nothing of %(order)s has been shipped that is not on an invoice yet."),
            code="nothing_to_invoice",
        )
    if fresh.shipping_amount and not agreement.charges_shipping:
        items.append(_shipping_item(fresh))
    invoice = Invoice(
        customer_id=fresh.customer_id, order=fresh, user_id=fresh.user_id, billing_to_id=fresh.billing_to_id
    )
    _write(invoice, items, agreement)
    touch(fresh)
    return invoice


def _order_items(agreement: Agreement, *, all_ordered: bool) -> Iterable[InvoiceItem]:
    invoiced = agreement.invoiced()
    for line in agreement.lines.values():
        quantity = (line.quantity if all_ordered else line.quantity_shipped) - invoiced[line.pk]
        if quantity > 0:
            yield _order_item(line, quantity)


def _order_item(line: OrderItem, quantity: int) -> InvoiceItem:
    return InvoiceItem(
        order_item=line,
        product_id=line.product_id,
        description=line.description,
        unit=line.unit,
        quantity=quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_percent=line.tax_percent,
        tax_category=line.tax_category,
    )


def _shipping_item(order: Order) -> InvoiceItem:
    return InvoiceItem(
        kind=InvoiceItemKind.SHIPPING,
        description=_("Shipping"),
        quantity=1,
        unit_price=order.shipping_amount,
        tax_percent=order.shipping_tax_percent,
        tax_category=order.shipping_tax_category,
    )


def _write(invoice: Invoice, items: Sequence[InvoiceItem], agreement: Agreement | None = None) -> None:
    compute_invoice(invoice, items, agreement)
    invoice.save()
    invoice.invoice_number = draft_number(invoice.pk)
    invoice.save(update_fields=["invoice_number"])
    for item in items:
        item.invoice = invoice
    InvoiceItem.objects.bulk_create(items)


@service
def delete_invoice(invoice: Invoice, *, by) -> None:
    """Throw a draft away. What it held of an order can be invoiced again; once issued, an invoice stays."""
    fresh = lock_invoice(invoice)
    fresh.require_editable()
    order_id = fresh.order_id
    fresh.delete()
    if order_id:
        give_back(order_id)


def give_back(order_id: int) -> None:
    """An invoice of the order is gone: keep with its lines what is still on others. The order is locked."""
    agreement = Agreement.read(order_id)
    agreement.write_invoiced()
    touch(agreement.order)


def lock_invoice(invoice: Invoice) -> Invoice:
    """Lock the order, if there is one, then the invoice; return the invoice as it is now."""
    if invoice.order_id:
        lock(Order(pk=invoice.order_id))
    return lock(invoice)
