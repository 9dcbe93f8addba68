"""What an invoice comes to."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceItem
from billing.models.number import draft_number
from catalog.models import TaxCategory, TaxRate
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import AMOUNT_MAX
from inventory_project.base.money import ZERO, TaxedLine, line_net, totals
from sales.models import Customer
from sales.services.lines import UNTAXED, Tax, product_tax, read_products

from .agreement import Agreement

LINE_FIELDS = ["description", "unit", "tax_percent", "tax_category", "usual_tax", "subtotal", "tax_amount"]
TOTALS = ["subtotal_amount", "tax_amount", "total_amount"]


def recalculate_invoice(invoice: Invoice) -> None:
    """Bring a draft's lines, totals and number up to date, and what its order knows of being invoiced.

    Ends every change of a draft, inside its transaction. Refuses to invoice more than was ordered, and lines that
    belong to another order or customer.
    """
    items = list(invoice.items.order_by("pk"))
    before = {item.pk: _state(item) for item in items}
    agreement = Agreement.read(invoice.order_id, without=invoice) if invoice.order_id else None
    compute_invoice(invoice, items, agreement)
    changed = [item for item in items if _state(item) != before[item.pk]]
    if changed:
        InvoiceItem.objects.bulk_update(changed, LINE_FIELDS)
    invoice.invoice_number = draft_number(invoice.pk)
    invoice.save(update_fields=["invoice_number", *TOTALS, "updated_at", "updated_by"])


def compute_invoice(invoice: Invoice, items: Sequence[InvoiceItem], agreement: Agreement | None) -> None:
    """Fill in what the lines lack and compute all amounts; only what the order knows is written."""
    complete_lines(invoice, items)
    _require_own(invoice, items, agreement)
    if agreement:
        agreement.write_invoiced(items)
    if agreement and agreement.is_kept(items):
        agreement.divide(items)
    else:
        _compute_lines(items)
    invoice.subtotal_amount = sum((item.subtotal for item in items), ZERO)
    invoice.tax_amount = sum((item.tax_amount for item in items), ZERO)
    invoice.total_amount = invoice.subtotal_amount + invoice.tax_amount
    if invoice.total_amount > AMOUNT_MAX:
        raise InvalidInput(_("The total would be larger than can be kept."), code="out_of_range", field="items")


def complete_lines(invoice: Invoice, items: Sequence[InvoiceItem]) -> None:
    """Give lines what was left empty: the product's name and unit, the tax for this product and customer.

    Tax that was looked up before follows product and customer. Lines of an order bring all of it along.
    """
    own = [item for item in items if not item.order_item_id]
    products = read_products(item.product_id for item in own if item.product_id) if own else {}
    for item in own:
        if product := products.get(item.product_id):
            item.description = item.description or product.name
            item.unit = product.unit
    taxes = {}
    for item in own:
        if not item.tax_is_usual:
            item.tax_category = item.tax_category or TaxCategory.STANDARD
            continue
        if item.product_id not in taxes:
            product = products.get(item.product_id)
            taxes[item.product_id] = product_tax(invoice.customer, product) if product else _usual_tax(invoice.customer)
        tax = taxes[item.product_id]
        item.set_usual_tax(tax.percent, tax.category)


def _usual_tax(customer: Customer) -> Tax:
    """The tax on what is no product: the customer's treatment decides first, then the default rate."""
    if customer.tax_treatment in UNTAXED:
        return UNTAXED[customer.tax_treatment]
    rate = TaxRate.objects.filter(is_default=True).first()
    if rate is None:
        raise RuleViolation(
            _("There is no default tax rate. Tick one of the tax rates as default, or choose a tax category."),
            code="no_default_tax_rate",
        )
    return Tax(rate.rate, rate.category)


def _compute_lines(items: Sequence[InvoiceItem]) -> None:
    """By the rules of every document, looking at no other invoice."""
    for item in items:
        item.subtotal = line_net(item.quantity, item.unit_price, item.discount_percent)
    sums = totals(TaxedLine(item.subtotal, item.tax_percent, item.tax_category) for item in items)
    for item, tax in zip(items, sums.taxes, strict=True):
        item.tax_amount = tax


def _require_own(invoice: Invoice, items: Sequence[InvoiceItem], agreement: Agreement | None) -> None:
    known = agreement.lines if agreement else {}
    if any(item.order_item_id and item.order_item_id not in known for item in items):
        raise InvalidInput(_("A line belongs to another order."), code="other_order", field="items")
    if agreement and agreement.order.customer_id != invoice.customer_id:
        raise InvalidInput(
            _("%(order)s is an order of another customer.") % {"order": agreement.order},
            code="other_customer",
            field="customer",
        )


def _state(item: InvoiceItem) -> tuple:
    return tuple(getattr(item, name) for name in LINE_FIELDS)
