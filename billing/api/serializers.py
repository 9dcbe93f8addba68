"""Invoices, payments and credit notes."""

from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem, Payment
from billing.services import CreditLine, InvoiceLine
from inventory_project.base.api.fields import StrictDecimal
from inventory_project.base.api.serializers import STAMPS, ApiSerializer, LineInput, Lines


class InvoiceItemSerializer(ApiSerializer):
    """What is charged for. Without a tax rate: the usual one for this product and customer."""

    class Meta:
        model = InvoiceItem
        fields = (
            "id",
            "invoice",
            "kind",
            "product",
            "order_item",
            "description",
            "unit",
            "quantity",
            "unit_price",
            "discount_percent",
            "tax_percent",
            "tax_category",
            "tax_is_usual",
            "subtotal",
            "tax_amount",
            *STAMPS,
        )
        computed = {"tax_is_usual": ("tax_category", "tax_percent", "usual_tax")}
        expandable = ("invoice", "product", "order_item")
        create_only = ("invoice",)


class InvoiceLineSerializer(LineInput, InvoiceItemSerializer):
    class Meta(InvoiceItemSerializer.Meta):
        read_only_fields = ("invoice",)
        extra_kwargs = {"quantity": {"required": False}, "unit_price": {"required": False, "allow_null": True}}
        create_only = ()
        list_serializer_class = Lines


class InvoiceSerializer(ApiSerializer):
    """A demand for payment. Of an order it is drafted by POST /orders/{id}/invoice/."""

    line = InvoiceLine

    items = InvoiceLineSerializer(many=True, required=False)

    class Meta:
        model = Invoice
        fields = (
            "id",
            "invoice_number",
            "series_year",
            "series_number",
            "customer",
            "order",
            "user",
            "status",
            "billing_to",
            "billing_address",
            "seller",
            "particulars",
            "due_date",
            "issued_date",
            "sent_at",
            "paid_date",
            "cancelled_at",
            "cancel_reason",
            "subtotal_amount",
            "tax_amount",
            "total_amount",
            "amount_paid",
            "amount_credited",
            "amount_refunded",
            "balance",
            "document_sha256",
            "notes",
            *STAMPS,
            "is_overdue",
            "has_document",
            "allowed_actions",
            "items",
        )
        expandable = ("customer", "order", "user", "billing_to")
        computed = {
            "allowed_actions": ("status", "total_amount"),
            "is_overdue": ("status", "balance", "due_date"),
            "has_document": ("document_sha256",),
        }
        create_only = ("customer", "items")


class PaymentSerializer(ApiSerializer):
    """Money that came in for one invoice. Without an amount: all that is still to be paid."""

    class Meta:
        model = Payment
        fields = (
            "id",
            "payment_number",
            "invoice",
            "status",
            "amount",
            "payment_method",
            "reference",
            "paid_date",
            "voided_at",
            "void_reason",
            "notes",
            *STAMPS,
            "allowed_actions",
        )
        extra_kwargs = {"amount": {"required": False}, "payment_method": {"required": True}}
        expandable = ("invoice",)
        computed = {"allowed_actions": ("status",)}


class CreditNoteItemSerializer(ApiSerializer):
    """Units of one invoice line that are credited."""

    class Meta:
        model = CreditNoteItem
        fields = (
            "id",
            "credit_note",
            "invoice_item",
            "quantity",
            "unit_price",
            "tax_percent",
            "subtotal",
            "tax_amount",
            *STAMPS,
        )
        expandable = ("credit_note", "invoice_item")
        create_only = ("credit_note", "invoice_item")


class CreditNoteLineSerializer(LineInput, CreditNoteItemSerializer):
    class Meta(CreditNoteItemSerializer.Meta):
        read_only_fields = ("credit_note",)
        create_only = ()
        list_serializer_class = Lines


class CreditNoteSerializer(ApiSerializer):
    """A correction of an issued invoice in the customer's favour. Without items: all that is left to credit."""

    line = CreditLine

    amount_to_refund = StrictDecimal(
        max_digits=14, decimal_places=2, read_only=True, help_text="What the customer is still to get back."
    )
    items = CreditNoteLineSerializer(many=True, required=False)

    class Meta:
        model = CreditNote
        fields = (
            "id",
            "credit_note_number",
            "series_year",
            "series_number",
            "invoice",
            "sales_return",
            "status",
            "reason",
            "subtotal_amount",
            "tax_amount",
            "total_amount",
            "set_off_amount",
            "refund_method",
            "refunded_amount",
            "amount_to_refund",
            "refunded_at",
            "refund_reference",
            "refunds",
            "issued_at",
            "cancelled_at",
            "document_sha256",
            "notes",
            *STAMPS,
            "has_document",
            "allowed_actions",
            "items",
        )
        expandable = ("invoice", "sales_return")
        computed = {
            "allowed_actions": ("status",),
            "has_document": ("document_sha256",),
            "amount_to_refund": ("status", "total_amount", "set_off_amount", "refunded_amount"),
        }
        create_only = ("invoice", "sales_return", "items")
