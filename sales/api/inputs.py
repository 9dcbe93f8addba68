"""What the acts of sales need to know."""

from catalog.models import Product
from inventory_project.base.api.fields import IdField, StrictChoice, StrictDecimal, StrictInteger, StrictText
from inventory_project.base.api.serializers import ActInput, LineOfAct
from sales.models import Condition, OrderItem, SalesReturnItem
from sales.services import LineChange, ReceivedLine, ReturnLine, ShipmentLine
from stock.models import Bin, Lot, Warehouse

from .delivery_serializers import SalesReturnLineSerializer, ShipmentLineSerializer


class ChangedLine(LineOfAct):
    """A line as it is to be: one of the order (`item`), or a new one (`product`). With quantity 0 it goes."""

    item = IdField(queryset=OrderItem.objects.all(), required=False)
    product = IdField(queryset=Product.objects.all(), required=False)
    quantity = StrictInteger()
    unit_price = StrictDecimal(max_digits=15, decimal_places=4, required=False)
    discount_percent = StrictDecimal(max_digits=6, decimal_places=3, required=False)
    warehouse = IdField(queryset=Warehouse.objects.all(), required=False)
    description = StrictText(max_length=300, required=False, allow_blank=True)


class ChangeInput(ActInput):
    """The lines that change; the others stay."""

    line = LineChange

    items = ChangedLine(many=True)


class ShipOrderInput(ActInput):
    """What leaves; without items, all that is reserved. One shipment for each warehouse."""

    line = ShipmentLine

    items = ShipmentLineSerializer(many=True, required=False)
    carrier = StrictText(max_length=100, required=False, allow_blank=True)
    tracking_number = StrictText(max_length=100, required=False, allow_blank=True)


class ShipInput(ActInput):
    """Who brings the goods."""

    carrier = StrictText(max_length=100, required=False, allow_blank=True)
    tracking_number = StrictText(max_length=100, required=False, allow_blank=True)


class ReturnInput(ActInput):
    """What the customer wants to send back, and why."""

    line = ReturnLine

    items = SalesReturnLineSerializer(many=True)
    reason = StrictText(max_length=300)
    warehouse = IdField(queryset=Warehouse.objects.all(), required=False)
    notes = StrictText(max_length=10_000, required=False, allow_blank=True)


class ArrivedBack(LineOfAct):
    """Units of a line of the return that have arrived, in one condition."""

    item = IdField(queryset=SalesReturnItem.objects.all())
    quantity = StrictInteger()
    condition = StrictChoice(choices=Condition.choices, required=False)
    bin = IdField(queryset=Bin.objects.all(), required=False, allow_null=True)
    lot = IdField(queryset=Lot.objects.all(), required=False, allow_null=True)


class ReceiveReturnInput(ActInput):
    """What has arrived; without items, everything as it was announced."""

    line = ReceivedLine

    items = ArrivedBack(many=True, required=False)
