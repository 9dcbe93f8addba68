"""What an order's invoices have to add up to, and what of it each invoice takes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceItem, InvoiceItemKind, InvoiceStatus
from inventory_project.base.errors import RuleViolation
from inventory_project.base.money import ZERO, line_net
from inventory_project.base.services import lock_all
from sales.models import Order, OrderItem

from .parts import Left, Rate, by_rate, spread_tax, tax_on


def rate_of(row: InvoiceItem | OrderItem) -> Rate:
    """How a line is taxed."""
    return row.tax_percent, row.tax_category


def _terms(row: InvoiceItem | OrderItem) -> tuple:
    return row.unit_price, row.discount_percent, *rate_of(row)


@dataclass
class Agreement:
    """An order, its lines (locked), and the lines of its other invoices that were not cancelled."""

    order: Order
    lines: dict[int, OrderItem]
    others: list[InvoiceItem]

    @classmethod
    def read(cls, order_id: int, *, order: Order | None = None, without: Invoice | None = None) -> "Agreement":
        """Lock the order's lines and read what its invoices, but for one, hold of them. `order`: if it is locked."""
        lines = lock_all(OrderItem.objects.filter(order=order_id))
        invoiced = InvoiceItem.objects.filter(invoice__order=order_id).exclude(invoice__status=InvoiceStatus.CANCELLED)
        if without:
            invoiced = invoiced.exclude(invoice=without)
        return cls(order or Order.objects.get(pk=order_id), {line.pk: line for line in lines}, list(invoiced))

    def invoiced(self, items: Sequence[InvoiceItem] = ()) -> Counter[int]:
        """Units by order line on the other invoices and on these lines."""
        units: Counter[int] = Counter()
        for item in [*self.others, *items]:
            if item.order_item_id:
                units[item.order_item_id] += item.quantity
        return units

    @property
    def charges_shipping(self) -> bool:
        """Whether another invoice carries the order's charge for the delivery."""
        return any(item.kind == InvoiceItemKind.SHIPPING for item in self.others)

    @property
    def shipping_rate(self) -> Rate:
        return self.order.shipping_tax_percent, self.order.shipping_tax_category

    @property
    def shipping_tax(self) -> Decimal:
        return self.order.tax_amount - sum((line.tax_amount for line in self.lines.values()), ZERO)

    def write_invoiced(self, items: Sequence[InvoiceItem] = ()) -> None:
        """Keep with each order line how much of it is on invoices. Refuse more than was ordered."""
        units = self.invoiced(items)
        over = [line for line in self.lines.values() if units[line.pk] > line.quantity]
        if over:
            raise RuleViolation(
                _("More would be invoiced than was ordered: %(lines)s.")
                % {"lines": "; ".join(f"{row.description} {units[row.pk]} > {row.quantity}" for row in over)},
                code="over_invoiced",
                field="items",
                details={"lines": [_fact(line, units[line.pk]) for line in over]},
            )
        changed = [line for line in self.lines.values() if line.quantity_invoiced != units[line.pk]]
        for line in changed:
            line.quantity_invoiced = units[line.pk]
        if changed:
            OrderItem.objects.bulk_update(changed, ["quantity_invoiced"])

    def is_kept(self, items: Sequence[InvoiceItem]) -> bool:
        """Whether all that is invoiced is as ordered: same price, discount and tax, nothing else beside it."""
        return all(self._as_ordered(item) for item in [*self.others, *items])

    def _as_ordered(self, item: InvoiceItem) -> bool:
        if item.kind == InvoiceItemKind.SHIPPING:
            return item.quantity == 1 and _terms(item) == (self.order.shipping_amount, ZERO, *self.shipping_rate)
        line = self.lines.get(item.order_item_id)
        return line is not None and _terms(item) == _terms(line)

    def divide(self, items: Sequence[InvoiceItem]) -> None:
        """Compute net amount and tax of the lines of an invoice that keeps to the order.

        The net amounts of an order line's parts add up to it. Tax is that of each rate on the invoice's net amounts
        (BR-CO-17); the invoice with which nothing of a rate is left takes what is left of the order's tax.
        """
        left = self._left()
        for item in items:
            mine = left[item.order_item_id]
            item.subtotal = mine.net_of(item.quantity, line_net(item.quantity, item.unit_price, item.discount_percent))
            mine.subtract(item.quantity, item.subtotal)
        for rate, members in by_rate((rate_of(item), item) for item in items).items():
            tax_left = self._tax_left(rate)
            tax = tax_on(sum((item.subtotal for item in members), ZERO), rate[0])
            finished = self._is_finished(rate, items)
            tax = tax_left if finished else min(tax, tax_left)
            shares = spread_tax(tax, [item.subtotal for item in members])
            own = [left[item.order_item_id].tax for item in members]
            if finished and sum(own) == tax and len({item.order_item_id for item in members}) == len(members):
                shares = own  # so each order line is met in tax, too
            for item, share in zip(members, shares, strict=True):
                item.tax_amount = share

    def _left(self) -> dict[int | None, Left]:
        """What the other invoices leave, by order line; None is the charge for the delivery."""
        left: dict[int | None, Left] = {
            line.pk: Left(line.quantity, line.subtotal, line.tax_amount) for line in self.lines.values()
        }
        left[None] = Left(1, self.order.shipping_amount, self.shipping_tax)
        for item in self.others:
            left[item.order_item_id].subtract(item.quantity, item.subtotal, item.tax_amount)
        return left

    def _tax_left(self, rate: Rate) -> Decimal:
        whole = sum((line.tax_amount for line in self._lines_at(rate)), ZERO)
        if self.shipping_rate == rate:
            whole += self.shipping_tax
        return max(whole - sum((item.tax_amount for item in self.others if rate_of(item) == rate), ZERO), ZERO)

    def _is_finished(self, rate: Rate, items: Sequence[InvoiceItem]) -> bool:
        units = self.invoiced(items)
        if any(units[line.pk] < line.quantity for line in self._lines_at(rate)):
            return False
        shipped = self.charges_shipping or any(item.kind == InvoiceItemKind.SHIPPING for item in items)
        return shipped or not self.order.shipping_amount or self.shipping_rate != rate

    def _lines_at(self, rate: Rate) -> Iterable[OrderItem]:
        return (line for line in self.lines.values() if rate_of(line) == rate)


def _fact(line: OrderItem, asked: int) -> dict[str, object]:
    return {"order_item": line.pk, "asked": asked, "ordered": line.quantity}
