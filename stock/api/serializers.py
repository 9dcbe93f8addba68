"""Warehouses, what lies in them, and the ledger."""

from inventory_project.base.api.fields import StrictDecimal
from inventory_project.base.api.serializers import STAMPS, ApiSerializer
from inventory_project.base.api.shapes import COST
from stock.models import Bin, Inventory, Lot, StockItem, StockMovement, Warehouse


class WarehouseSerializer(ApiSerializer):
    """A building that holds stock. It gets its default bin along."""

    class Meta:
        model = Warehouse
        fields = ("id", "code", "name", "location", "capacity", "is_active", *STAMPS)


class BinSerializer(ApiSerializer):
    """A place within a warehouse."""

    class Meta:
        model = Bin
        fields = ("id", "warehouse", "code", "description", "is_default", "is_active", *STAMPS)
        expandable = ("warehouse",)
        create_only = ("warehouse",)
        left_to_service = ("bin_one_default",)


class LotSerializer(ApiSerializer):
    """A batch, or one piece with a serial number."""

    class Meta:
        model = Lot
        fields = (
            "id",
            "product",
            "number",
            "expires_on",
            "manufactured_on",
            "supplier",
            "is_blocked",
            "notes",
            *STAMPS,
        )
        expandable = ("product", "supplier")
        create_only = ("product",)


class InventorySerializer(ApiSerializer):
    """The balance of a product in a warehouse. Quantities change by acts; notes and reorder levels are edited."""

    average_cost = StrictDecimal(
        max_digits=15, decimal_places=4, read_only=True, allow_null=True, help_text="Of one unit."
    )

    class Meta:
        model = Inventory
        fields = (
            "id",
            "product",
            "warehouse",
            "quantity",
            "reserved",
            "available",
            "stock_value",
            "average_cost",
            "reorder_level",
            "reorder_quantity",
            "last_counted",
            "notes",
            *STAMPS,
        )
        read_only_fields = ("product", "warehouse")
        # The ledger does not say what was reserved once: null with ?as_of=.
        extra_kwargs = {name: {"allow_null": True} for name in ("stock_value", "reserved", "available")}
        expandable = ("product", "warehouse")
        computed = {"average_cost": ("stock_value", "quantity")}
        guarded = {"stock_value": COST, "average_cost": COST}


class StockItemSerializer(ApiSerializer):
    """What lies in one bin, of one lot. Only the notes are edited."""

    class Meta:
        model = StockItem
        fields = ("id", "inventory", "bin", "lot", "quantity", "notes", *STAMPS)
        read_only_fields = ("inventory", "bin", "lot")
        expandable = ("inventory", "bin", "lot")


class StockMovementSerializer(ApiSerializer):
    """A change of stock, written once and never altered."""

    class Meta:
        model = StockMovement
        fields = (
            "id",
            "product",
            "warehouse",
            "bin",
            "lot",
            "kind",
            "quantity",
            "unit_cost",
            "value",
            "quantity_after",
            "reason",
            "reference",
            "source_type",
            "source_id",
            "reverses",
            "created_at",
            "created_by",
        )
        read_only_fields = fields
        extra_kwargs = {"unit_cost": {"allow_null": True}, "value": {"allow_null": True}}
        expandable = ("product", "warehouse", "bin", "lot", "reverses")
        guarded = {"unit_cost": COST, "value": COST}
