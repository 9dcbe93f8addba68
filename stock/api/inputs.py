"""What the acts of stock need to know."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.models import Product, Supplier
from inventory_project.base.api.bulk import ATOMIC, MOST, BulkResult
from inventory_project.base.api.fields import (
    IdField,
    ShortList,
    StrictBoolean,
    StrictDate,
    StrictDecimal,
    StrictInteger,
    StrictText,
)
from inventory_project.base.api.serializers import ActInput, LineOfAct, Quantities, Reason
from stock.models import Bin, Lot, StockCountItem, Warehouse
from stock.services import AdjustmentLine, CountLine, OpeningLine, ReceiptLine, ReorderLine

from .serializers import StockMovementSerializer


class AdjustmentInput(LineOfAct):
    """Units to add (positive) or to take away (negative), and why."""

    product = IdField(queryset=Product.objects.all())
    warehouse = IdField(queryset=Warehouse.objects.all())
    quantity = StrictInteger()
    reason = StrictText(max_length=300)
    bin = IdField(queryset=Bin.objects.all(), required=False, allow_null=True)
    lot = IdField(queryset=Lot.objects.all(), required=False, allow_null=True)
    unit_cost = StrictDecimal(max_digits=15, decimal_places=4, required=False, allow_null=True)


class AdjustInput(ActInput):
    """Corrections of stock. With `release` the newest reservations give way."""

    line = AdjustmentLine

    items = AdjustmentInput(many=True)
    release = StrictBoolean(required=False)
    atomic = StrictBoolean(required=False, help_text=ATOMIC)


class OpeningStockInput(LineOfAct):
    """Units that lie in a warehouse already, and what each has cost."""

    product = IdField(queryset=Product.objects.all())
    warehouse = IdField(queryset=Warehouse.objects.all())
    quantity = StrictInteger()
    unit_cost = StrictDecimal(max_digits=15, decimal_places=4)
    bin = IdField(queryset=Bin.objects.all(), required=False, allow_null=True)
    lot_number = StrictText(max_length=80, required=False, allow_blank=True)
    expires_on = StrictDate(required=False, allow_null=True)


class OpenInput(ActInput):
    """What is there on the day that the books are opened."""

    line = OpeningLine

    items = OpeningStockInput(many=True)


class ReorderLineInput(LineOfAct):
    """A product that a warehouse needs; without quantity what is suggested, without supplier the preferred one."""

    product = IdField(queryset=Product.objects.all())
    warehouse = IdField(queryset=Warehouse.objects.all())
    quantity = StrictInteger(required=False)
    supplier = IdField(queryset=Supplier.objects.all(), required=False)


class ReorderInput(ActInput):
    """What to order; without items all that is low and has a preferred supplier, or all of one warehouse."""

    line = ReorderLine

    items = ReorderLineInput(many=True, required=False)
    warehouse = IdField(queryset=Warehouse.objects.all(), required=False)
    count_drafts = StrictBoolean(
        required=False, help_text="Whether what is on drafts counts as on order, when quantities are suggested (true)."
    )

    def validate(self, attrs: dict) -> dict:
        if "items" in attrs and "warehouse" in attrs:
            raise serializers.ValidationError({"warehouse": _("Each of the items names its warehouse.")})
        return attrs


class MovementsMade(serializers.Serializer):
    """The rows of the ledger that an act has written."""

    movements = StockMovementSerializer(many=True)
    results = BulkResult(many=True, required=False, help_text="One for each line, if “atomic” is false.")


class ReverseMovementInput(Reason):
    """Why. With `release` the newest reservations give way."""

    release = StrictBoolean(required=False)


class ArrivedInput(LineOfAct):
    """What arrived of one product of the order."""

    product = IdField(queryset=Product.objects.all())
    quantity = StrictInteger()
    quantity_rejected = StrictInteger(required=False)
    bin = IdField(queryset=Bin.objects.all(), required=False, allow_null=True)
    lot_number = StrictText(max_length=80, required=False, allow_blank=True)
    expires_on = StrictDate(required=False, allow_null=True)
    unit_cost = StrictDecimal(max_digits=15, decimal_places=4, required=False, allow_null=True)


class ReceiveInput(ActInput):
    """What arrived; without items, everything that is open."""

    line = ReceiptLine

    items = ArrivedInput(many=True, required=False)
    supplier_reference = StrictText(max_length=80, required=False, allow_blank=True)


class ReverseReceiptInput(Quantities):
    """How many to take back of which lines; without quantities, all. And why."""

    reason = StrictText(max_length=300, required=False, allow_blank=True)


class CountedInput(LineOfAct):
    """What was found: of a line of the count, or at a place that has none yet. null takes an entry back."""

    item = IdField(queryset=StockCountItem.objects.all(), required=False)
    product = IdField(queryset=Product.objects.all(), required=False)
    bin = IdField(queryset=Bin.objects.all(), required=False)
    lot = IdField(queryset=Lot.objects.all(), required=False, allow_null=True)
    counted_quantity = StrictInteger(allow_null=True)
    reason = StrictText(max_length=300, required=False, allow_blank=True)


class EnterInput(ActInput):
    """Counted quantities."""

    line = CountLine

    items = CountedInput(many=True)


class BulkEnterInput(EnterInput):
    """Counted quantities, up to 500."""

    atomic = StrictBoolean(required=False, help_text=ATOMIC)


class RecountInput(ActInput):
    """The lines, by their ids, that are to be counted again."""

    items = ShortList(child=StrictInteger(min_value=1), min_length=1, max_length=MOST)


class CountInput(ActInput):
    """The balances, by their ids, whose places are to be counted; all of one warehouse."""

    inventory = ShortList(child=StrictInteger(min_value=1), min_length=1, max_length=MOST)
    is_blind = StrictBoolean(required=False)
    notes = StrictText(required=False, allow_blank=True)


class PostCountInput(ActInput):
    """With `release` the newest reservations give way; `reason` is noted where a line has no remark of its own."""

    release = StrictBoolean(required=False)
    reason = StrictText(max_length=300, required=False, allow_blank=True)
