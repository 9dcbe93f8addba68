"""Changing the lines of an order after it was entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Product
from inventory_project.base.errors import InvalidInput, RuleViolation, no_such_line
from inventory_project.base.money import ZERO
from inventory_project.base.services import lock, lock_all, refresh, service
from sales.models import Customer, Order, OrderItem, OrderStatus, PriceOrigin
from stock.models import Warehouse
from stock.services import checks

from . import inputs
from .customers import read_customer_for_credit, require_credit, require_orderable
from .lines import complete_lines, price_unpriced, read_products, total_up
from .placing import TOTALS, OrderLine, new_item, require_usable
from .reservations import Reservations
from .shipments import cancel_drafts, lock_drafts

# What a change may touch on a line: on those that are named, and a cent of tax on any other.
WRITTEN = (
    "quantity",
    "warehouse",
    "description",
    "unit_price",
    "price_origin",
    "discount_percent",
    "subtotal",
    "tax_amount",
)


@dataclass(frozen=True)
class LineChange:
    """A line as it is to be: without `item` a new one, of `product`. With quantity 0 it goes. None leaves a value
    as it is."""

    quantity: int
    item: OrderItem | None = None
    product: Product | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    warehouse: Warehouse | None = None
    description: str | None = None


@service
def change_order(order: Order, lines: Sequence[LineChange], *, by: User | None) -> Order:
    """Change, add and remove lines of a pending or confirmed order; lines that are not named stay.

    A line goes down to what was shipped or invoiced. On a confirmed order agreed prices stay, what is no longer
    needed is released and what is lacking reserved in the same transaction, and a higher total needs credit.
    Refuses to leave an order without lines. Cut down to what has left, a confirmed order is shipped by that.
    """
    buyer = read_customer_for_credit(order.customer)
    fresh = lock(order)
    fresh.may("change")
    if fresh.customer_id != buyer.pk:
        raise RuleViolation(_("%(order)s has been changed meanwhile.") % {"order": fresh}, code="changed_meanwhile")
    total = fresh.total_amount
    drafts = lock_drafts(fresh)
    items = lock_all(OrderItem.objects.filter(order=fresh).select_related("product"))
    edit = _Edit(fresh, buyer, items)
    edit.apply(lines)
    if fresh.is_editable:
        edit.write()
    else:
        _adjust_reservations(edit)
        if fresh.total_amount > total:
            require_orderable(buyer)
            require_credit(buyer, fresh.total_amount - total, is_written=True)
        if not any(item.quantity_open for item in edit.kept):
            cancel_drafts(drafts)
            fresh.advance(OrderStatus.SHIPPED, shipped_at=timezone.now())
    refresh(order, fresh)
    return order


class _Edit:
    """The lines of one order, changed in memory: `kept` of the old and new ones, and `removed`."""

    def __init__(self, order: Order, buyer: Customer, items: Sequence[OrderItem]) -> None:
        self.order = order
        self.buyer = buyer
        self.items = {item.pk: item for item in items}
        self.before = {item.pk: _written(item) for item in items}
        self.changed: dict[int, OrderItem] = {}
        self.removed: list[OrderItem] = []
        self.added: list[OrderItem] = []

    @property
    def kept(self) -> list[OrderItem]:
        """What the order consists of afterwards."""
        gone = {item.pk for item in self.removed}
        return [*(item for pk, item in self.items.items() if pk not in gone), *self.added]

    def apply(self, lines: Sequence[LineChange]) -> None:
        """Make every change in memory and bring the totals up to date, or refuse."""
        products = read_products(line.product.pk for line in lines if line.item is None and line.product)
        for index, line in enumerate(lines):
            field = f"items/{index}"
            if line.item is None:
                self.added.append(_new(self.order, line, products, field))
            else:
                self._edit(self._known(line.item, field), line, field)
        if not self.kept:
            raise RuleViolation(_("An order keeps at least one line. Cancel it instead."), code="no_lines")
        complete_lines(self.order, self.added, self.buyer, products)
        price_unpriced(self.order, self.kept)
        total_up(self.order, self.kept)

    def asking_for_more(self) -> set[int]:
        """The lines that are new, larger than before, or to be served from elsewhere."""
        quantity, warehouse = WRITTEN.index("quantity"), WRITTEN.index("warehouse")
        more = {
            pk
            for pk, item in self.changed.items()
            if item.quantity > self.before[pk][quantity] or item.warehouse_id != self.before[pk][warehouse]
        }
        return more | {item.pk for item in self.added}

    def write(self) -> None:
        """Write lines and totals."""
        _delete(self.removed)
        gone = {item.pk for item in self.removed}
        different = [item for pk, item in self.items.items() if pk not in gone and _written(item) != self.before[pk]]
        OrderItem.objects.bulk_update(different, WRITTEN)
        OrderItem.objects.bulk_create(self.added)
        self.order.save(update_fields=TOTALS)

    def _known(self, item: OrderItem, field: str) -> OrderItem:
        known = self.items.get(item.pk)
        if known is None:
            raise no_such_line(self.order, f"{field}/item")
        if item.pk in self.changed or known in self.removed:
            raise InvalidInput(_("The line is named twice."), field=f"{field}/item")
        return known

    def _edit(self, item: OrderItem, line: LineChange, field: str) -> None:
        if line.product and line.product.pk != item.product_id:
            raise InvalidInput(_("A line keeps its product. Remove it and add another."), field=f"{field}/product")
        quantity = checks.whole(line.quantity, f"{field}/quantity", least=0)
        _require_room(item, quantity, f"{field}/quantity")
        if not quantity:
            self.removed.append(item)
            return
        self._set_price(item, line, quantity, field)
        item.quantity = quantity
        item.warehouse = require_usable(line.warehouse, f"{field}/warehouse") or item.warehouse
        if line.description is not None:
            item.description = checks.text(OrderItem, "description", line.description, f"{field}/description")
            item.description = item.description or item.product.name
        self.changed[item.pk] = item

    def _set_price(self, item: OrderItem, line: LineChange, quantity: int, field: str) -> None:
        before = item.unit_price, item.discount_percent
        if line.unit_price is not None:
            item.unit_price = inputs.price(line.unit_price, f"{field}/unit_price")
            item.price_origin = PriceOrigin.MANUAL
        elif self.order.is_editable and quantity != item.quantity and item.price_origin != PriceOrigin.MANUAL:
            item.price_origin = PriceOrigin.NONE  # another quantity may reach another price of the list
        if line.discount_percent is not None:
            item.discount_percent = inputs.percent(line.discount_percent, f"{field}/discount_percent")
        if item.quantity_invoiced and (item.unit_price, item.discount_percent) != before:
            raise RuleViolation(
                _("%(sku)s is invoiced in part; its price stays.") % {"sku": item.product.sku},
                code="invoiced",
                field=f"{field}/unit_price",
            )


def _written(item: OrderItem) -> tuple:
    return tuple(getattr(item, OrderItem._meta.get_field(name).attname) for name in WRITTEN)


def _new(order: Order, line: LineChange, products: dict[int, Product], field: str) -> OrderItem:
    if line.product is None:
        raise InvalidInput(_("A new line needs a product."), field=f"{field}/product")
    asked = OrderLine(
        line.product,
        line.quantity,
        line.unit_price,
        ZERO if line.discount_percent is None else line.discount_percent,
        line.warehouse,
        line.description or "",
    )
    return new_item(order, asked, products[line.product.pk], field)


def _require_room(item: OrderItem, quantity: int, field: str) -> None:
    """A line can't be cut below what has left or what stands on invoices."""
    if quantity < item.quantity_shipped:
        raise RuleViolation(
            _("%(shipped)d %(sku)s have been shipped; the line can't go below that.")
            % {"shipped": item.quantity_shipped, "sku": item.product.sku},
            code="below_shipped",
            field=field,
        )
    if quantity < item.quantity_invoiced:
        raise RuleViolation(
            _("%(invoiced)d %(sku)s are invoiced; the line can't go below that.")
            % {"invoiced": item.quantity_invoiced, "sku": item.product.sku},
            code="below_invoiced",
            field=field,
        )


def _delete(items: Sequence[OrderItem]) -> None:
    """Remove lines, unless a shipment, return or invoice names them."""
    try:
        OrderItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    except ProtectedError as error:
        documents = sorted({str(line.parent) for line in error.protected_objects})
        raise RuleViolation(
            _("The line can't be removed: it stands on %(documents)s.") % {"documents": ", ".join(documents)},
            code="in_use",
            field="items",
        ) from error


def _adjust_reservations(edit: _Edit) -> None:
    """Write the lines of a confirmed order; release what is no longer needed and reserve what they lack.

    What was short before, because its reservation has given way, does not stand in the way of cutting lines down.
    """
    book = Reservations.lock([*edit.items.values(), *edit.added])
    for item in edit.removed:
        book.limit(item, 0)
    for item in edit.changed.values():
        for row in book.of(item):
            if item.warehouse_id not in (None, book.balances[row.inventory_id].warehouse_id):
                book.give_way(row, row.quantity)
        book.limit(item, item.quantity_open)
    edit.write()
    book.serve(edit.order, edit.kept, in_full=edit.asking_for_more())
    book.write()
