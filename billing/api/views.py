"""Invoices, payments and credit notes at the API, and what billing does with orders and customers."""

from rest_framework.decorators import action
from rest_framework.response import Response

from billing import services
from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem, Payment
from inventory_project.base.api.serializers import OptionalReason, Reason
from inventory_project.base.api.viewsets import Acts, DocumentViewSet, LineViewSet
from sales.api.serializers import CustomerSerializer, OrderSerializer
from sales.models import Customer, Order

from .documents import GivesDocuments
from .inputs import CreditInput, PayInput, RefundInput
from .serializers import (
    CreditNoteItemSerializer,
    CreditNoteSerializer,
    InvoiceItemSerializer,
    InvoiceSerializer,
    PaymentSerializer,
)


class InvoiceItemViewSet(LineViewSet):
    queryset = InvoiceItem.objects.all()
    serializer_class = InvoiceItemSerializer
    lock_before = ("invoice__order", "invoice")
    recalculate = services.recalculate_invoice
    filterset_fields = ("invoice", "kind", "product", "order_item", "quantity", "unit_price", "tax_category")


class InvoiceViewSet(GivesDocuments, DocumentViewSet):
    queryset = Invoice.objects.all()
    serializer_class = InvoiceSerializer
    lock_before = ("order",)
    create_service = services.create_invoice
    recalculate = services.recalculate_invoice
    filterset_fields = (
        "invoice_number",
        "series_year",
        "customer",
        "order",
        "user",
        "status",
        "due_date",
        "issued_date",
        "paid_date",
        "total_amount",
        "balance",
    )
    search_fields = ("invoice_number", "customer__name")
    ordering_fields = ("due_date", "issued_date", "series_number", "total_amount", "balance")
    volatile = ("is_overdue", "has_document")

    def remove(self, row: Invoice) -> None:
        services.delete_invoice(row, by=self.request.user)

    @action(detail=True, lists=InvoiceItemViewSet)
    def items(self, request, pk: str):
        """The lines of the invoice."""
        return self.children("invoice")

    @action(detail=True, methods=["post"], required_perm="billing.issue_invoice")
    def issue(self, request, pk: str):
        """Give the draft its legal number and freeze it."""
        return self.perform(services.issue_invoice)

    @action(detail=True, methods=["post"], required_perm="billing.pay_invoice", input_class=PayInput)
    def pay(self, request, pk: str):
        """Record money received. “Location” names the payment."""
        return self.perform(services.pay_invoice)

    @action(detail=True, methods=["post"], required_perm="billing.cancel_invoice", input_class=OptionalReason)
    def cancel(self, request, pk: str):
        """Call the invoice off; its number stays used."""
        return self.perform(services.cancel_invoice)

    @action(
        detail=True,
        methods=["post"],
        required_perm="billing.add_creditnote",
        input_class=CreditInput,
        makes=CreditNote,
    )
    def credit(self, request, pk: str):
        """Draft a credit note, which is the answer."""
        return self.answer_with(services.create_credit_note(self.found(), **self.sent(), by=request.user))


class PaymentViewSet(DocumentViewSet):
    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    create_service = services.pay_invoice
    filterset_fields = ("payment_number", "invoice", "status", "amount", "payment_method", "reference", "paid_date")
    search_fields = ("payment_number", "reference")
    ordering_fields = ("paid_date", "amount")

    @action(detail=True, methods=["post"], required_perm="billing.void_payment", input_class=Reason)
    def void(self, request, pk: str):
        """Take the payment back; its invoice is open again."""
        return self.perform(services.void_payment)


class CreditNoteItemViewSet(LineViewSet):
    queryset = CreditNoteItem.objects.all()
    serializer_class = CreditNoteItemSerializer
    lock_before = ("credit_note__invoice", "credit_note")
    recalculate = services.recalculate_credit_note
    filterset_fields = ("credit_note", "invoice_item", "quantity")


class CreditNoteViewSet(GivesDocuments, DocumentViewSet):
    queryset = CreditNote.objects.all()
    serializer_class = CreditNoteSerializer
    lock_before = ("invoice",)
    create_service = services.create_credit_note
    recalculate = services.recalculate_credit_note
    filterset_fields = ("credit_note_number", "series_year", "invoice", "sales_return", "status", "issued_at")
    search_fields = ("credit_note_number", "reason")
    ordering_fields = ("issued_at", "series_number", "total_amount")
    volatile = ("has_document",)

    @action(detail=True, lists=CreditNoteItemViewSet)
    def items(self, request, pk: str):
        """The lines of the credit note."""
        return self.children("credit_note")

    @action(detail=True, methods=["post"], required_perm="billing.issue_creditnote")
    def issue(self, request, pk: str):
        """Give the draft its legal number and set it off against its invoice."""
        return self.perform(services.issue_credit_note)

    @action(detail=True, methods=["post"], required_perm="billing.refund_creditnote", input_class=RefundInput)
    def refund(self, request, pk: str):
        """Record money given back."""
        return self.perform(services.refund_credit_note)

    @action(detail=True, methods=["post"], required_perm="billing.cancel_creditnote")
    def cancel(self, request, pk: str):
        """Drop the draft."""
        return self.perform(services.cancel_credit_note)


class OrderBillingViewSet(Acts):
    """What billing does with an order: POST /orders/{id}/invoice/."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer

    def invoice(self, request, pk: str):
        """Draft an invoice of the order, which is the answer."""
        return self.answer_with(services.invoice_order(self.found(), **self.sent(), by=request.user))


class CustomerBillingViewSet(Acts):
    """What billing does with a customer: POST /customers/{id}/pay/."""

    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer

    def pay(self, request, pk: str):
        """Spread money received over the customer's open invoices, the one that is due first coming first."""
        made = services.pay_invoices(self.found(), **self.sent(), by=request.user)
        return Response({"payments": self.shown(made)})
