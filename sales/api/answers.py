"""What the questions about orders and shipments answer with."""

from collections.abc import Iterable

from rest_framework import serializers

from inventory_project.base.api.fields import StrictDate, StrictDecimal, StrictInteger, StrictText
from sales.models import Extent
from sales.services.pick_lists import PickRow


class UnitsAnswer(serializers.Serializer):
    """So many units of so many."""

    done = StrictInteger()
    of = StrictInteger()
    extent = serializers.ChoiceField(Extent.choices)


class MoneyAnswer(serializers.Serializer):
    """So much money of so much."""

    done = StrictDecimal(max_digits=14, decimal_places=2)
    of = StrictDecimal(max_digits=14, decimal_places=2)
    extent = serializers.ChoiceField(Extent.choices)


class ProgressAnswer(serializers.Serializer):
    """How far an order has come. What has left needs no reservation any more and counts as reserved."""

    reserved = UnitsAnswer()
    shipped = UnitsAnswer()
    invoiced = UnitsAnswer()
    paid = MoneyAnswer(help_text="Received for its invoices, less what was refunded, of its total.")


class PickRowAnswer(serializers.Serializer):
    """Units of one order line in one place."""

    order_item = StrictInteger()
    product = StrictInteger()
    sku = StrictText()
    description = StrictText()
    warehouse = StrictInteger()
    bin = StrictInteger()
    bin_code = StrictText()
    lot = StrictInteger(allow_null=True)
    lot_number = StrictText(help_text="Empty for products without lots.")
    expires_on = StrictDate(allow_null=True)
    quantity = StrictInteger()


class PickListAnswer(serializers.Serializer):
    """Where to go and what to take there, in the order of the bins."""

    rows = PickRowAnswer(many=True)

    @classmethod
    def of(cls, rows: Iterable[PickRow]) -> dict[str, object]:
        """The rows as they are answered."""
        return {
            "rows": [
                {
                    "order_item": row.order_item.pk,
                    "product": row.order_item.product_id,
                    "sku": row.order_item.product.sku,
                    "description": row.order_item.description,
                    "warehouse": row.bin.warehouse_id,
                    "bin": row.bin.pk,
                    "bin_code": row.bin.code,
                    "lot": row.lot.pk if row.lot else None,
                    "lot_number": row.lot.number if row.lot else "",
                    "expires_on": row.lot.expires_on if row.lot else None,
                    "quantity": row.quantity,
                }
                for row in rows
            ]
        }
