"""Entering orders and keeping their prices, taxes and totals right while they are pending."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import PriceList, Product
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.money import ZERO
from inventory_project.base.numbering import next_number, refuse_our_pattern
from inventory_project.base.services import service
from sales.models import Customer, CustomerAddress, Order, OrderItem, OrderStatus, PriceOrigin
from stock.models import Warehouse
from stock.services import checks

from . import inputs
from .addresses import freeze_addresses
from .confirming import hold
from .customers import read_customer, read_customer_for_credit, require_credit, require_orderable
from .lines import complete_lines, read_products, require_on_sale, set_shipping_tax, tax_is_stale, total_up


@dataclass(frozen=True)
class OrderLine:
    """A line of a new order. Without a `unit_price` the price list's holds, else the product's."""

    product: Product
    quantity: int
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    warehouse: Warehouse | None = None
    description: str = ""


@service
def place_order(
    *,
    customer: Customer,
    lines: Sequence[OrderLine],
    warehouse: Warehouse | None = None,
    order_number: str = "",
    price_list: PriceList | None = None,
    requested_on: datetime.date | None = None,
    ordered_at: datetime.datetime | None = None,
    shipping_amount: Decimal = ZERO,
    shipping_tax_percent: Decimal | None = None,
    billing_to: CustomerAddress | None = None,
    shipping_to: CustomerAddress | None = None,
    customer_reference: str = "",
    allow_backorder: bool = False,
    notes: str = "",
    user: User | None = None,
    confirm: bool = False,
    by: User | None,
) -> Order:
    """Enter an order and, if asked to, confirm it in the same breath.

    Refuses an inactive customer, product or warehouse, a number that is taken or looks like ours, and all that
    confirming refuses. Costs the same few statements for 1 line and for 100.
    """
    buyer = read_customer_for_credit(customer) if confirm else read_customer(customer.pk)
    require_orderable(buyer)
    order = Order(
        customer=buyer,
        user_id=_placed_by(user, by, buyer),
        warehouse=require_usable(warehouse, "warehouse"),
        price_list=price_list or buyer.price_list,
        requested_on=requested_on,
        ordered_at=ordered_at or timezone.now(),
        shipping_amount=inputs.amount(shipping_amount, "shipping_amount"),
        billing_to=billing_to,
        shipping_to=shipping_to,
        customer_reference=checks.text(Order, "customer_reference", customer_reference, "customer_reference"),
        allow_backorder=allow_backorder,
        notes=checks.text(Order, "notes", notes, "notes"),
    )
    items = _fill(order, buyer, lines, shipping_tax_percent)
    if confirm:
        require_credit(buyer, order.total_amount)
        order.status, order.confirmed_at = OrderStatus.CONFIRMED, timezone.now()
    _write(order, items, order_number)
    if confirm:
        hold(order, items, none_yet=True)
    return order


def recalculate_order(order: Order) -> None:
    """Bring prices, taxes, addresses and totals up to date after header or lines of a pending order were edited.

    Prices that are known stay; the tax follows the customer's treatment and the products' rates as they are now.
    """
    buyer = read_customer(order.customer_id)
    items = list(order.items.order_by("pk"))
    before = {item.pk: _figures(item) for item in items}
    products = read_products(item.product_id for item in items)
    order.price_list = order.price_list or buyer.price_list
    complete_lines(order, items, buyer, products)
    if tax_is_stale(order, buyer):
        set_shipping_tax(order, buyer, products.values())
    freeze_addresses(order, buyer)
    total_up(order, items)
    OrderItem.objects.bulk_update([item for item in items if _figures(item) != before[item.pk]], FIGURES)
    order.save(update_fields=HEADER)


# What recalculating may change on a line and on the order.
FIGURES = (
    "description",
    "unit",
    "unit_price",
    "price_origin",
    "tax_percent",
    "tax_category",
    "subtotal",
    "tax_amount",
)
TOTALS = ("subtotal_amount", "tax_amount", "total_amount", "updated_at", "updated_by")
HEADER = (
    "price_list",
    "billing_to",
    "shipping_to",
    "billing_address",
    "shipping_address",
    "shipping_tax_percent",
    "shipping_tax_category",
    *TOTALS,
)


def _figures(item: OrderItem) -> tuple:
    return tuple(getattr(item, name) for name in FIGURES)


def _placed_by(user: User | None, by: User | None, customer: Customer) -> int:
    """The account in whose name the order stands: the one named, whoever acts, else the customer's own."""
    placed_by = getattr(user or by, "pk", None) or customer.user_id
    if placed_by is None:
        raise InvalidInput(_("Say which account places the order."), field="user")
    return placed_by


def require_usable(warehouse: Warehouse | None, field: str) -> Warehouse | None:
    """Refuse a warehouse that has been closed."""
    if warehouse and not warehouse.is_active:
        raise RuleViolation(
            _("Warehouse %(warehouse)s is not active.") % {"warehouse": warehouse},
            code="inactive_warehouse",
            field=field,
        )
    return warehouse


def _fill(order: Order, buyer: Customer, lines: Sequence[OrderLine], shipping_percent: Decimal | None) -> list:
    """The lines of a new order, priced and taxed, and its totals. Nothing is written yet."""
    if not lines:
        raise InvalidInput(_("An order needs at least one line."), field="items")
    products = read_products(line.product.pk for line in lines)
    items = [new_item(order, line, products[line.product.pk], f"items/{i}") for i, line in enumerate(lines)]
    complete_lines(order, items, buyer, products)
    if shipping_percent is not None:
        shipping_percent = inputs.percent(shipping_percent, "shipping_tax_percent")
    set_shipping_tax(order, buyer, products.values(), shipping_percent)
    freeze_addresses(order, buyer)
    total_up(order, items)
    return items


def new_item(order: Order, line: OrderLine, product: Product, field: str) -> OrderItem:
    """A line for the order, checked; not yet completed nor written. `field` is where it stands in the request."""
    require_on_sale(product, f"{field}/product")
    item = OrderItem(
        order=order,
        product=product,
        quantity=checks.whole(line.quantity, f"{field}/quantity"),
        unit_price=ZERO,
        discount_percent=inputs.percent(line.discount_percent, f"{field}/discount_percent"),
        warehouse=require_usable(line.warehouse, f"{field}/warehouse"),
        description=checks.text(OrderItem, "description", line.description, f"{field}/description"),
    )
    if line.unit_price is not None:
        item.unit_price = inputs.price(line.unit_price, f"{field}/unit_price")
        item.price_origin = PriceOrigin.MANUAL
    return item


def _write(order: Order, items: Sequence[OrderItem], order_number: str) -> None:
    order.order_number = _number_of_their_own(order_number) or next_number(Order)
    order.save(force_insert=True)
    OrderItem.objects.bulk_create(items)


def _number_of_their_own(number: str) -> str:
    """The number that an integrator brings, once it is known to be free; "" if they bring none."""
    number = checks.text(Order, "order_number", number, "order_number")
    if not number:
        return ""
    refuse_our_pattern(number)
    if Order.objects.filter(order_number=number).exists():
        raise RuleViolation(
            _("There is an order %(number)s already.") % {"number": number},
            code="duplicate",
            field="order_number",
        )
    return number
