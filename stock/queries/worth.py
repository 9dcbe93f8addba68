"""What the stock is worth, by warehouse and category."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from stock.models import Inventory

from .figures import from_parts, sum_in_parts


@dataclass(frozen=True)
class Worth:
    """The units of a category in a warehouse, and their value."""

    warehouse: int
    warehouse_name: str
    category: int
    category_name: str
    quantity: int
    value: Decimal


def stock_worth() -> list[Worth]:
    """Everything that is on hand, added up exactly, in one query."""
    columns = {
        "place": F("warehouse"),
        "place_name": F("warehouse__name"),
        "category": F("product__category"),
        "category_name": F("product__category__name"),
    }
    rows = Inventory.objects.filter(quantity__gt=0).order_by().values(**columns)
    rows = rows.annotate(units=Sum("quantity"), worth=sum_in_parts("stock_value"))
    return [
        Worth(
            row["place"],
            row["place_name"],
            row["category"],
            row["category_name"],
            row["units"],
            from_parts(row["worth"]),
        )
        for row in rows.order_by("place_name", "place", "category_name", "category")
    ]
