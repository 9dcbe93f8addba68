"""What always holds of stock, and how to see that nothing has changed."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.apps import apps
from django.db.models import Sum

from stock.models import Inventory, StockItem, StockMovement

type Rows = dict[str, list[tuple]]


def everything() -> Rows:
    """All rows of stock, to compare before and after a refusal."""
    models = apps.get_app_config("stock").get_models()
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in models}


def assert_consistent() -> None:
    """Balances, places and ledger tell the same story."""
    quantities: Counter[tuple[int, int]] = Counter()
    values: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    places: Counter[tuple] = Counter()
    for row in StockMovement.objects.order_by("pk"):
        key = row.product_id, row.warehouse_id
        quantities[key] += row.quantity
        values[key] += row.value
        places[*key, row.bin_id, row.lot_id] += row.quantity
        assert row.quantity_after == quantities[key] >= 0, row
        if row.reverses_id:
            undone = row.reverses
            assert (row.product, row.warehouse, row.bin, row.lot, row.quantity) == (
                undone.product,
                undone.warehouse,
                undone.bin,
                undone.lot,
                -undone.quantity,
            )
    for row in Inventory.objects.all():
        key = row.product_id, row.warehouse_id
        assert (row.quantity, row.stock_value) == (quantities[key], values[key]), row
        assert row.quantity or not row.stock_value
        lying = StockItem.objects.filter(inventory=row).aggregate(units=Sum("quantity", default=0))
        assert lying["units"] == row.quantity
    for item in StockItem.objects.select_related("inventory", "bin"):
        assert item.bin.warehouse_id == item.inventory.warehouse_id
        key = item.inventory.product_id, item.inventory.warehouse_id, item.bin_id, item.lot_id
        assert item.quantity == places.pop(key, 0)
    assert not any(places.values())
