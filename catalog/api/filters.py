"""Filters of the catalog that are more than a comparison of one column."""

from catalog.models import Category, Product
from inventory_project.base.api import values
from inventory_project.base.api.filters import ApiFilterSet, ValueFilter


class ProductFilters(ApiFilterSet):
    """`under_category`: of a category or of any below it."""

    under_category = ValueFilter(
        "category", method="in_or_below", schema=values.ID.schema, parse=values.ID.parse, label="under_category"
    )

    class Meta:
        model = Product
        fields = ("sku", "name", "category", "brand", "tax_rate", "tracking", "price", "cost", "is_active")

    def in_or_below(self, queryset, name, value):
        below = Category.objects.descendants(value, include_self=True)
        return queryset.filter(category__in=below.values("pk"))
