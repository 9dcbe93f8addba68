"""What customers have paid."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from billing import services
from billing.admin.forms import PayCustomerForm, PayForm, VoidForm
from billing.models import Payment
from inventory_project.base.admin import (
    FORM_PAGE,
    AddFromSource,
    Button,
    DayRangeFilter,
    DocumentAdmin,
    RelatedFilter,
    Tab,
    act_permission,
    columns,
    offer_button,
    permission,
)
from inventory_project.base.clock import start_of_day, today
from sales.models import Customer

MAY_PAY = "billing.pay_invoice"


@admin.register(Payment)
class PaymentAdmin(AddFromSource, DocumentAdmin):
    purpose = _("Money that customers have paid, each sum at its invoice.")
    source, add_form = "invoice", PayForm
    list_display = (
        "paid_date",
        "invoice",
        "customer",
        columns.amount("amount", _("amount")),
        columns.choice("payment_method", _("method")),
        "reference",
    )
    list_select_related = ("invoice__customer",)
    list_filter = ("payment_method", "status", ("paid_date", DayRangeFilter), ("invoice__customer", RelatedFilter))
    search_fields = ("payment_number", "reference", "invoice__invoice_number")
    in_search = True
    import_label = _("Import bank statement")
    fieldsets = (
        (None, {"fields": ("invoice", "amount", "payment_method", "reference", "paid_date", "notes")}),
        (_("Voided"), {"fields": ("voided_at", "void_reason"), "classes": ("after", "collapse")}),
    )
    parents = ("invoice",)
    steps = ("recorded",)
    actions = ("void",)
    page_note = _("Of a recorded payment only the notes are edited: void it and record the right one.")
    has_void_permission = act_permission("void")
    has_pay_permission = permission(MAY_PAY)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and self.has_pay_permission(request)

    def get_tabs(self, request):
        since = start_of_day(today().replace(day=1))
        return (
            Tab("month", _("This month"), lambda rows: rows.filter(paid_date__gte=since)),
            Tab("voided", _("Voided"), lambda rows: rows.filter(status="voided")),
        )

    def get_urls(self):
        view = self.admin_site.admin_view(self.of_customer)
        return [path("of-customer/<int:pk>/", view, name="billing_payment_of_customer"), *super().get_urls()]

    def of_customer(self, request, pk):
        """Record money that is meant for several invoices."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        rows = list(Customer.objects.filter(pk=pk))
        if not rows:
            raise Http404

        def run(customer, answers):
            return services.pay_invoices(customer, **answers, by=request.user)

        return self.ask(request, PayCustomerForm, run, rows=rows, then=columns.change_url(rows[0]))

    def write(self, request, source, answers):
        return services.pay_invoice(source, **answers, by=request.user)

    @admin.display(description=_("customer"), ordering="invoice__customer__name")
    def customer(self, payment):
        return payment.invoice.customer

    @admin.action(permissions=["void"], description=_("Void…"), location=FORM_PAGE)
    def void(self, request, queryset):
        return self.apply(request, queryset, services.void_payment, form=VoidForm)


def payment_button(request, customer: Customer) -> Button | None:
    """“Record payment” on the page of a customer who owes something."""
    if not request.user.has_perms(["billing.add_payment", MAY_PAY]):
        return None
    url = reverse("admin:billing_payment_of_customer", args=[customer.pk])
    return Button("payment", _("Record payment…"), url=url)


offer_button(Customer, payment_button)
