"""Filters of stock whose names could not be those of their columns."""

from inventory_project.base.api import values
from inventory_project.base.api.filters import ApiFilterSet, ValueFilter
from stock.models import StockCountItem


class StockCountItemFilters(ApiFilterSet):
    """`count` asks every list to count, so the stock count is `stock_count` here."""

    stock_count = ValueFilter("count", schema=values.ID.schema, parse=values.ID.parse)

    class Meta:
        model = StockCountItem
        fields = ("product", "bin", "lot", "counted_quantity", "counted_at", "counted_by")
