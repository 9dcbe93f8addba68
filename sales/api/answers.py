"""What the questions about orders and shipments answer with."""

from rest_framework import serializers

from inventory_project.base.api.fields import StrictDecimal, StrictInteger
from sales.models import Extent


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
