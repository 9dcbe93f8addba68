"""What the acts of billing need to know."""

from rest_framework import serializers

from billing.models import PaymentMethod
from billing.services import CreditLine
from inventory_project.base.api.fields import (
    IdField,
    StrictBoolean,
    StrictChoice,
    StrictDateTime,
    StrictDecimal,
    StrictText,
)
from inventory_project.base.api.serializers import ActInput
from sales.models import SalesReturn

from .serializers import CreditNoteLineSerializer, PaymentSerializer


class InvoiceOrderInput(ActInput):
    """What goes on the invoice: of what has been shipped (the default), or of all that was ordered."""

    shipped_only = StrictBoolean(required=False)


class PayInput(ActInput):
    """Money that came in. Without an amount: all that is still to be paid."""

    amount = StrictDecimal(max_digits=14, decimal_places=2, required=False)
    payment_method = StrictChoice(choices=PaymentMethod.choices)
    reference = StrictText(max_length=140, required=False, allow_blank=True)
    paid_date = StrictDateTime(required=False)


class PayAllInput(PayInput):
    """Money from a customer for several invoices: what is due first is paid first."""

    amount = StrictDecimal(max_digits=14, decimal_places=2)


class PaymentsMade(serializers.Serializer):
    """One payment for each invoice."""

    payments = PaymentSerializer(many=True)


class CreditInput(ActInput):
    """What is credited, and why. Without items: all that is left or, of a sales return, what came back."""

    line = CreditLine

    items = CreditNoteLineSerializer(many=True, required=False)
    reason = StrictText(max_length=300)
    sales_return = IdField(queryset=SalesReturn.objects.all(), required=False)
    notes = StrictText(max_length=10_000, required=False, allow_blank=True)


class RefundInput(ActInput):
    """Money given back. Without an amount: all that is still to be refunded."""

    refund_method = StrictChoice(choices=PaymentMethod.choices)
    reference = StrictText(max_length=140, required=False, allow_blank=True)
    amount = StrictDecimal(max_digits=14, decimal_places=2, required=False)
    refunded_at = StrictDateTime(required=False)
