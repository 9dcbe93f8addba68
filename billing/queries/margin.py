"""What is earned: sales less the cost of the goods that left, less of those that came back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connections, router

from sales.models import SalesReturn, SalesReturnItem, Shipment, ShipmentItem
from stock.models import MovementKind, StockMovement
from stock.queries.figures import from_parts, parts_in_sql, sum_in_parts

from .sales import By, named, names_of, sums
from .span import Span, money

# The kinds of movement that are of sales, each with the line that it names and the document of that.
SOURCES = (
    (MovementKind.SHIPMENT, ShipmentItem, Shipment),
    (MovementKind.CUSTOMER_RETURN, SalesReturnItem, SalesReturn),
)


@dataclass(slots=True)
class Earned:
    """Revenue, what the goods cost, and what is left of it."""

    key: int | None
    code: str
    name: object
    revenue_parts: int  # ten-thousandths: whole numbers are added up and compared in a fraction of the time
    cost_parts: int

    @property
    def revenue(self) -> Decimal:
        return money(self.revenue_parts)

    @property
    def cost(self) -> Decimal:
        return from_parts(self.cost_parts)

    @property
    def margin(self) -> Decimal:
        return from_parts(self.revenue_parts - self.cost_parts)

    @property
    def percent(self) -> Decimal | None:
        """The margin in percent of the revenue; none without revenue."""
        return (100 * self.margin / self.revenue).quantize(Decimal("0.1")) if self.revenue_parts > 0 else None


def margin(by: By, span: Span) -> list[Earned]:
    """Revenue and cost of the span, the largest margin first. Five queries at most."""
    sold = sums(by, span, units=False)
    costs = cost_of_goods(by, span)
    names = names_of(by, {key for key, _kind in sold} | costs.keys())
    rows = [Earned(key, *named(by, key, kind, names), of.parts, costs.pop(key, 0)) for (key, kind), of in sold.items()]
    rows += [Earned(key, *named(by, key, "", names), 0, parts) for key, parts in costs.items()]
    return sorted(rows, key=lambda row: (row.cost_parts - row.revenue_parts, row.code))


def cost_of_goods(by: By, span: Span) -> dict[int, int]:
    """By id: the value with which goods were shipped less that with which they came back, from the ledger, in
    ten-thousandths. One query by product, else two."""
    found: dict[int, int] = defaultdict(int)
    for key, parts in _by_product(span) if by == By.PRODUCT else _by_document(by, span):
        found[key] -= parts
    return found


def _by_product(span: Span) -> Iterable[tuple[int, int]]:
    kinds = [kind for kind, _line, _document in SOURCES]
    moved = StockMovement.objects.filter(span.holds("created_at"), kind__in=kinds).order_by()
    return moved.values_list("product").annotate(parts=sum_in_parts("value"))


def _by_document(by: By, span: Span) -> Iterator[tuple[int, int]]:
    """By order or customer. A movement names its line by number, so the ORM knows no join to it; a subquery for each
    movement takes many times as long as joining them all."""
    database = connections[router.db_for_read(StockMovement)]
    instants = [database.ops.adapt_datetimefield_value(instant) for instant in span.instants]
    key, customer = "document.order_id", ""
    if by == By.CUSTOMER:
        key, customer = "o.customer_id", 'JOIN "order" o ON o.id = document.order_id'
    total = parts_in_sql(database, "moved.value")
    for kind, line, document in SOURCES:
        with database.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT {key}, {total}
                FROM stock_movement moved
                JOIN {line._meta.db_table} line ON line.id = moved.source_id
                JOIN {document._meta.db_table} document ON document.id = line.{document._meta.db_table}_id {customer}
                WHERE moved.kind = %s AND moved.created_at >= %s AND moved.created_at < %s GROUP BY {key}
                """,
                [kind.value, *instants],
            )
            yield from cursor.fetchall()
