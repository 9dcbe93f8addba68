"""What is earned: sales less the cost of the goods that left, less of those that came back."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from catalog.models import Product
from inventory_project.base.money import ZERO, units
from sales.models import Customer, Order, SalesReturnItem, ShipmentItem
from stock.models import MovementKind, StockMovement
from stock.queries.figures import from_parts, in_parts

from .sales import By, Sold, sales
from .span import Span

SHIPPED, RETURNED = ShipmentItem._meta.label_lower, SalesReturnItem._meta.label_lower
NAMES = {
    By.ORDER: (Order, "order_number", "customer__name"),
    By.PRODUCT: (Product, "sku", "name"),
    By.CUSTOMER: (Customer, "code", "name"),
}


@dataclass(frozen=True)
class Earned:
    """Revenue, what the goods cost, and what is left of it."""

    key: int | None
    code: str
    name: object
    revenue: Decimal
    cost: Decimal

    @property
    def margin(self) -> Decimal:
        return self.revenue - self.cost

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the revenue; none without revenue."""
        return (100 * self.margin / self.revenue).quantize(Decimal("0.1")) if self.revenue > 0 else None


def margin(by: By, span: Span) -> list[Earned]:
    """Revenue and cost of the span, the largest margin first. Five queries at most."""
    sold = sales(by, span)
    costs = cost_of_goods(by, span)
    known = {row.key for row in sold}
    sold += _only_cost(by, [key for key in costs if key is not None and key not in known])
    if None in costs and None not in known:
        sold.append(Sold(None, "", ""))
    rows = []
    for row in sold:
        rows.append(Earned(row.key, row.code, row.name, row.net, units(costs.pop(row.key, ZERO))))
    return sorted(rows, key=lambda row: (-row.margin, str(row.code)))


def cost_of_goods(by: By, span: Span) -> dict[int | None, Decimal]:
    """By id: the value with which goods were shipped less that with which they came back, from the ledger."""
    found: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for source, kind, lines, document in (
        (SHIPPED, MovementKind.SHIPMENT, ShipmentItem.objects.all(), "shipment"),
        (RETURNED, MovementKind.CUSTOMER_RETURN, SalesReturnItem.objects.all(), "sales_return"),
    ):
        moved = StockMovement.objects.filter(span.holds("created_at"), source_type=source, kind=kind).order_by()
        for row in _by(by, moved, lines, document).annotate(value=Sum(in_parts("value"))):
            found[row["group"]] -= from_parts(row["value"])
    return found


def _by(by: By, moved: QuerySet, lines: QuerySet, document: str) -> QuerySet:
    if by == By.PRODUCT:
        return moved.values(group=F("product"))
    path = f"{document}__order" + ("__customer" if by == By.CUSTOMER else "")
    line = lines.order_by().filter(pk=OuterRef("source_id"))
    return moved.annotate(group=Subquery(line.values(path)[:1])).values("group")


def _only_cost(by: By, keys: list[int]) -> list[Sold]:
    """Names for what was shipped and not invoiced."""
    if not keys:
        return []
    model, code, name = NAMES[by]
    return [Sold(*row) for row in model.objects.filter(pk__in=keys).order_by("pk").values_list("pk", code, name)]
