from django.urls import re_path

from billing.models import Invoice
from inventory_project.base.api.router import ApiRouter

from . import problems  # noqa: F401  (publishes the codes)
from .inputs import InvoiceOrderInput, PayAllInput, PaymentsMade
from .views import (
    CreditNoteItemViewSet,
    CreditNoteViewSet,
    CustomerBillingViewSet,
    InvoiceItemViewSet,
    InvoiceViewSet,
    OrderBillingViewSet,
    PaymentViewSet,
)

router = ApiRouter()
router.register("invoices", InvoiceViewSet)
router.register("invoice-items", InvoiceItemViewSet)
router.register("payments", PaymentViewSet)
router.register("credit-notes", CreditNoteViewSet)
router.register("credit-note-items", CreditNoteItemViewSet)

invoice_order = OrderBillingViewSet.as_view(
    {"post": "invoice"},
    detail=True,
    required_perm="billing.add_invoice",
    input_class=InvoiceOrderInput,
    makes=Invoice,
)
pay_customer = CustomerBillingViewSet.as_view(
    {"post": "pay"},
    detail=True,
    required_perm="billing.pay_invoice",
    input_class=PayAllInput,
    output_class=PaymentsMade,
)

urlpatterns = [
    *router.urls,
    re_path(r"^orders/(?P<pk>[0-9]{1,18})/invoice/?$", invoice_order, name="order-invoice"),
    re_path(r"^customers/(?P<pk>[0-9]{1,18})/pay/?$", pay_customer, name="customer-pay"),
]
