"""What an order comes to: the price and the tax of each line, the tax on shipping, the totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Subquery
from django.utils.translation import gettext as _

from catalog.models import Product, TaxCategory, TaxRate
from catalog.pricing import price_lines
from inventory_project.base.clock import business_day
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import AMOUNT_MAX
from inventory_project.base.money import ZERO, TaxedLine, line_net, totals
from sales.models import Customer, Order, OrderItem, PriceOrigin, TaxTreatment


@dataclass(frozen=True)
class Tax:
    """A rate of tax as documents keep it."""

    percent: Decimal
    category: str


UNTAXED = {
    TaxTreatment.REVERSE_CHARGE: Tax(ZERO, TaxCategory.REVERSE_CHARGE),
    TaxTreatment.EXPORT: Tax(ZERO, TaxCategory.EXPORT),
}
# What a column of tax holds before anybody has looked the tax up.
UNKNOWN = Tax(ZERO, TaxCategory.STANDARD)


def read_products(ids: Iterable[int]) -> dict[int, Product]:
    """The products with their tax rates and the figures of the default rate, in one query."""
    default = TaxRate.objects.filter(is_default=True)
    products = Product.objects.select_related("tax_rate").annotate(
        default_percent=Subquery(default.values("rate")), default_category=Subquery(default.values("category"))
    )
    ids = set(ids)
    found = products.in_bulk(ids)
    if ids - found.keys():
        raise InvalidInput(_("One of the products does not exist any more."), field="items")
    return found


def require_on_sale(product: Product, field: str) -> None:
    """Refuse a product that has been retired."""
    if not product.is_active:
        raise RuleViolation(
            _("%(sku)s is not active and can't be ordered. Activate it, or leave it out.") % {"sku": product.sku},
            code="inactive_product",
            field=field,
            details={"product": product.pk, "sku": product.sku},
        )


def product_tax(customer: Customer, product: Product) -> Tax:
    """The tax on a product sold to this customer: their treatment decides first, then the product's rate."""
    if customer.tax_treatment in UNTAXED:
        return UNTAXED[customer.tax_treatment]
    if product.tax_rate:
        return Tax(product.tax_rate.rate, product.tax_rate.category)
    return _default_tax(product.default_percent, product.default_category)


def set_shipping_tax(
    order: Order, customer: Customer, products: Iterable[Product], percent: Decimal | None = None
) -> None:
    """The tax on the charge for the delivery: the customer's treatment, what was asked for, or the default rate."""
    if customer.tax_treatment in UNTAXED:
        if percent:
            raise InvalidInput(
                _("%(customer)s is invoiced without tax (%(treatment)s).")
                % {"customer": customer, "treatment": customer.get_tax_treatment_display()},
                field="shipping_tax_percent",
            )
        tax = UNTAXED[customer.tax_treatment]
    elif percent is not None:
        tax = Tax(percent, TaxCategory.STANDARD if percent else TaxCategory.ZERO)
    elif order.shipping_amount:
        tax = _default_tax(*_default_figures(products))
    else:
        tax = UNKNOWN
    order.shipping_tax_percent, order.shipping_tax_category = tax.percent, tax.category


def tax_is_stale(order: Order, customer: Customer) -> bool:
    """Whether the tax on shipping is still to be found, or was another treatment's. One that was asked for stays."""
    tax = Tax(order.shipping_tax_percent, order.shipping_tax_category)
    return tax == UNKNOWN or tax in UNTAXED.values() or customer.tax_treatment in UNTAXED


def _default_figures(products: Iterable[Product]) -> tuple[Decimal | None, str | None]:
    for product in products:  # each of them has been read with the figures of the default rate
        return product.default_percent, product.default_category
    return TaxRate.objects.filter(is_default=True).values_list("rate", "category").first() or (None, None)


def _default_tax(percent: Decimal | None, category: str | None) -> Tax:
    if percent is None or category is None:
        raise RuleViolation(
            _("There is no default tax rate. Tick one of the tax rates as default."), code="no_default_tax_rate"
        )
    return Tax(percent, category)


def complete_lines(
    order: Order, items: Sequence[OrderItem], customer: Customer, products: Mapping[int, Product]
) -> None:
    """Give each line its description, unit, tax and, unless it has one, its price. Nothing is written yet."""
    for item in items:
        item.product = products[item.product_id]
        item.description = item.description or item.product.name
        item.unit = item.product.unit
        tax = product_tax(customer, item.product)
        item.tax_percent, item.tax_category = tax.percent, tax.category
    price_unpriced(order, items)


def price_unpriced(order: Order, items: Iterable[OrderItem]) -> None:
    """Look up the prices that nobody has typed, in one query."""
    unpriced = [item for item in items if item.price_origin == PriceOrigin.NONE]
    if not unpriced:
        return
    quotes = price_lines(unpriced, price_list=order.price_list, day=business_day(order.ordered_at))
    for item, quote in zip(unpriced, quotes, strict=True):
        item.unit_price, item.price_origin = quote.price, quote.origin


def total_up(order: Order, items: Sequence[OrderItem]) -> None:
    """Compute net amounts, tax and totals from the lines and the charge for the delivery. Nothing is written yet."""
    for item in items:
        item.subtotal = line_net(item.quantity, item.unit_price, item.discount_percent)
    taxed = [TaxedLine(item.subtotal, item.tax_percent, item.tax_category) for item in items]
    shipping = TaxedLine(order.shipping_amount, order.shipping_tax_percent, order.shipping_tax_category)
    sums = totals([*taxed, shipping])
    if sums.total > AMOUNT_MAX:
        raise InvalidInput(_("The total would be larger than can be kept."), code="out_of_range", field="items")
    for item, tax in zip(items, sums.taxes, strict=False):  # the last one is the tax on shipping
        item.tax_amount = tax
    order.subtotal_amount = sum((item.subtotal for item in items), ZERO)
    order.tax_amount = sums.tax
    order.total_amount = sums.total
