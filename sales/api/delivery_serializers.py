"""What leaves for customers, and what they send back."""

from inventory_project.base.api.serializers import STAMPS, ApiSerializer, LineInput, Lines
from inventory_project.base.api.shapes import COST
from sales.models import SalesReturn, SalesReturnItem, Shipment, ShipmentItem
from sales.services import ReturnLine, ShipmentLine


class ShipmentItemSerializer(ApiSerializer):
    """Units of one order line; once shipped, from exactly one bin and lot."""

    class Meta:
        model = ShipmentItem
        fields = ("id", "shipment", "order_item", "bin", "lot", "quantity", "unit_cost", *STAMPS)
        expandable = ("shipment", "order_item", "bin", "lot")
        guarded = {"unit_cost": COST}
        create_only = ("shipment", "order_item")


class ShipmentLineSerializer(LineInput, ShipmentItemSerializer):
    class Meta(ShipmentItemSerializer.Meta):
        read_only_fields = ("shipment",)
        create_only = ()
        list_serializer_class = Lines


class ShipmentSerializer(ApiSerializer):
    """Goods of one order that leave one warehouse together. Without items: all that is open there."""

    line = ShipmentLine

    items = ShipmentLineSerializer(many=True, required=False)

    class Meta:
        model = Shipment
        fields = (
            "id",
            "shipment_number",
            "order",
            "warehouse",
            "status",
            "carrier",
            "tracking_number",
            "shipped_at",
            "delivered_at",
            "cancelled_at",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
        )
        extra_kwargs = {"warehouse": {"required": False}}
        expandable = ("order", "warehouse")
        computed = {"allowed_actions": ("status",)}
        create_only = ("order", "warehouse", "items")


class SalesReturnItemSerializer(ApiSerializer):
    """Units of one order line that come back, in one condition."""

    class Meta:
        model = SalesReturnItem
        fields = (
            "id",
            "sales_return",
            "order_item",
            "lot",
            "quantity",
            "quantity_received",
            "condition",
            "bin",
            *STAMPS,
        )
        expandable = ("sales_return", "order_item", "lot", "bin")
        create_only = ("sales_return", "order_item")


class SalesReturnLineSerializer(LineInput, SalesReturnItemSerializer):
    class Meta(SalesReturnItemSerializer.Meta):
        read_only_fields = ("sales_return", "bin")
        create_only = ()
        list_serializer_class = Lines


class SalesReturnSerializer(ApiSerializer):
    """A customer's wish to send goods of an order back, and what became of it."""

    line = ReturnLine

    items = SalesReturnLineSerializer(many=True)

    class Meta:
        model = SalesReturn
        fields = (
            "id",
            "return_number",
            "order",
            "warehouse",
            "status",
            "reason",
            "approved_at",
            "rejected_at",
            "received_at",
            "closed_at",
            "cancelled_at",
            "notes",
            *STAMPS,
            "allowed_actions",
            "items",
        )
        extra_kwargs = {"warehouse": {"required": False}}
        expandable = ("order", "warehouse")
        computed = {"allowed_actions": ("status",)}
        create_only = ("order", "items")
