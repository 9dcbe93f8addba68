"""What customers owe."""

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.urls import path, reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing import services
from billing.admin.documents import PrintsDocuments
from billing.admin.forms import CancelInvoiceForm, InvoiceOrderForm, PayForm, RemindForm
from billing.admin.why import BALANCE, BalanceQuestions
from billing.models import Invoice, InvoiceItem, Payment
from catalog.models import TaxRate
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    Button,
    DayRangeFilter,
    DocumentAdmin,
    LineAdmin,
    LineInline,
    OfferedAction,
    RelatedFilter,
    Tab,
    act_permission,
    act_url,
    columns,
    offer_action,
)
from inventory_project.base.clock import business_day, today
from sales.models import Order

INVOICEABLE = ("confirmed", "shipped", "delivered")
LINE_FIELDS = (
    "product",
    "description",
    "quantity",
    "unit_price",
    "discount_percent",
    "tax_percent",
    "tax_category",
    "subtotal",
    "tax_amount",
)


class InvoiceItemInline(LineInline):
    model = InvoiceItem
    fields = LINE_FIELDS
    readonly_fields = ("subtotal", "tax_amount")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("unit_price", "tax_percent"):
            field.required = False  # the customer's price, the usual tax
            field.initial = None
        return field


class PaymentInline(LineInline):
    """What has been paid of an invoice; each payment has a page of its own."""

    model = Payment
    fields = readonly_fields = ("payment_number", "paid_date", "amount", "payment_method", "reference", "status")
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request, obj) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class TaxFilter(admin.SimpleListFilter):
    """Lines that bear the tax of one of the rates."""

    title, parameter_name = _("tax rate"), "tax"

    def lookups(self, request, model_admin):
        rates = TaxRate.objects.order_by("-rate").values_list("rate", flat=True).distinct()
        return [(str(rate), f"{columns.percent_text(rate)} %") for rate in rates]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters(self.value())
        return queryset.filter(tax_percent=self.value())


@admin.register(Invoice)
class InvoiceAdmin(BalanceQuestions, PrintsDocuments, DocumentAdmin):
    purpose = _("Invoices get their number when they are issued, and are never changed afterwards.")
    list_display = (
        "customer",
        "issued_date",
        "due",
        columns.amount("total_amount", _("total")),
        BALANCE,
    )
    list_select_related = ("customer",)
    list_filter = ("status", ("customer", RelatedFilter), ("due_date", DayRangeFilter), ("issued_date", DayRangeFilter))
    search_fields = ("invoice_number", "customer__name", "order__order_number")
    in_search = True
    fieldsets = (
        (None, {"fields": ("customer", "order", "billing_to", "due_date", "notes")}),
        (
            _("Amounts"),
            {
                "fields": (
                    "subtotal_amount",
                    "tax_amount",
                    "total_amount",
                    "amount_paid",
                    "amount_credited",
                    "amount_refunded",
                    "left_to_pay",
                ),
                "classes": ("after", "totals"),
            },
        ),
        (
            _("Progress"),
            {
                "fields": ("issued_date", "sent_at", "paid_date", "cancelled_at", "cancel_reason"),
                "classes": ("after", "collapse"),
            },
        ),
    )
    readonly_fields = (
        "order",
        "subtotal_amount",
        "tax_amount",
        "total_amount",
        "amount_paid",
        "amount_credited",
        "amount_refunded",
        "left_to_pay",
        "issued_date",
        "sent_at",
        "paid_date",
        "cancelled_at",
        "cancel_reason",
    )
    inlines = (InvoiceItemInline, PaymentInline)
    parents = ("order",)
    related_links = ("payments", "credit_notes")
    not_yet = {"pay": {"paid": _("Nothing of it is open.")}}
    steps, beside = ("draft", "issued", "paid"), {"overdue": "issued"}
    tabs = (
        Tab("drafts", _("Drafts"), Q(status="draft")),
        Tab("open", _("Open"), lambda rows: rows.open()),
        Tab("overdue", _("Overdue"), lambda rows: rows.overdue(), _("No overdue invoices.")),
        Tab("paid", _("Paid"), Q(status="paid")),
    )
    aside = ("send",)
    actions = ("issue", "issue_to_pay", "pay", "send", "send_reminders", "mark_overdue", "print_documents", "cancel")
    recalculate = staticmethod(services.recalculate_invoice)
    preview = staticmethod(services.preview_invoice)
    has_issue_permission = act_permission("issue")
    has_pay_permission = act_permission("pay")
    has_mark_overdue_permission = act_permission("mark_overdue")
    has_cancel_permission = act_permission("cancel")

    def get_inlines(self, request, obj):
        """Drafts can't have been paid."""
        inlines = super().get_inlines(request, obj)
        return inlines if obj and obj.series_number else [inline for inline in inlines if inline is not PaymentInline]

    def get_urls(self):
        view = self.admin_site.admin_view(self.from_order)
        return [path("from-order/<int:pk>/", view, name="billing_invoice_from_order"), *super().get_urls()]

    def from_order(self, request, pk):
        """Draft an invoice of what an order has on none yet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        rows = list(Order.objects.filter(pk=pk))
        if not rows:
            raise Http404

        def run(order, answers):
            return services.invoice_order(order, **answers, by=request.user)

        return self.ask(request, InvoiceOrderForm, run, rows=rows, then=columns.change_url)

    def create(self, request, header, lines):
        lines = [services.InvoiceLine(**{**line, "tax_percent": line["tax_percent"] or None}) for line in lines]
        return services.create_invoice(**header, lines=lines, by=request.user)

    def offers(self, name, obj):
        if name == "issue_to_pay":
            return obj.status == "draft"
        if name == "send":
            return obj.is_in_force
        return super().offers(name, obj) and not (name == "mark_overdue" and not obj.is_overdue)

    def blocked(self, name, obj):
        if name.startswith("issue") and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        if name == "send":
            return services.why_not_sent(obj.customer)
        return super().blocked(name, obj)

    def has_issue_to_pay_permission(self, request):
        return self.has_issue_permission(request) and self.has_pay_permission(request)

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if obj.is_in_force and request.user.has_perm("billing.add_creditnote"):
            url = reverse("admin:billing_creditnote_add", query={"invoice": obj.pk})
            buttons.append(Button("credit", _("Credit…"), url=url))
        return buttons

    def get_queryset(self, request):
        """Where an invoice is searched for, it is shown with its customer."""
        queryset = super().get_queryset(request)
        page = getattr(request.resolver_match, "url_name", "")
        return queryset.select_related("customer") if page in ("autocomplete", "search") else queryset

    def label(self, row):
        left = _("%(balance)s open") % {"balance": number_format(row.balance, 2, force_grouping=True)}
        return f"{row} · {row.customer.name} · {left if row.is_unpaid else row.get_status_display()}"

    def delete_model(self, request, obj):
        services.delete_invoice(obj, by=request.user)

    @admin.display(description=_("due"), ordering="due_date")
    def due(self, invoice):
        late = (today() - business_day(invoice.due_date)).days if invoice.is_overdue else 0
        if not late:
            return columns.due(invoice.due_date, is_open=invoice.is_overdue)
        text = ngettext("%(day)s, %(count)d day late", "%(day)s, %(count)d days late", late)
        return columns.badge(text % {"day": date_format(business_day(invoice.due_date)), "count": late}, "red")

    @admin.action(permissions=["issue"], description=_("Issue"), location=BOTH_PAGES)
    def issue(self, request, queryset):
        return self.apply(request, queryset, services.issue_invoice)

    @admin.action(permissions=["issue_to_pay"], description=_("Issue and record payment"), location=FORM_PAGE)
    def issue_to_pay(self, request, queryset):
        return self.apply(request, queryset, services.issue_invoice, then=self._payment_of)

    @staticmethod
    def _payment_of(invoice) -> str:
        return act_url(invoice, "pay") if invoice.balance else columns.change_url(invoice)

    @admin.action(permissions=["pay"], description=_("Record payment…"), location=FORM_PAGE)
    def pay(self, request, queryset):
        return self.apply(request, queryset, services.pay_invoice, form=PayForm)

    @admin.action(permissions=["issue"], description=_("Send"), location=FORM_PAGE)
    def send(self, request, queryset):
        return self.apply(request, queryset, services.send_invoice, say=self._on_its_way)

    @admin.action(permissions=["issue"], description=_("Send reminders…"))
    def send_reminders(self, request, queryset):
        return self.apply(request, queryset, services.remind_of_invoice, form=RemindForm, say=self._on_its_way)

    @staticmethod
    def _on_its_way(invoice) -> str:
        facts = {"invoice": invoice, "email": invoice.customer.email}
        return _("%(invoice)s is on its way to %(email)s.") % facts

    @admin.action(permissions=["mark_overdue"], description=_("Mark overdue"), location=BOTH_PAGES)
    def mark_overdue(self, request, queryset):
        count = services.mark_overdue_invoices(by=request.user)
        text = ngettext("%(count)d invoice is marked overdue.", "%(count)d invoices are marked overdue.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_invoice, form=CancelInvoiceForm)


@admin.register(InvoiceItem)
class InvoiceItemAdmin(LineAdmin):
    purpose = _("The lines of all invoices.")
    list_display = (
        "invoice",
        "description",
        columns.quantity("quantity", _("quantity")),
        columns.price("unit_price", _("unit price")),
        columns.percent("tax_percent", _("tax")),
        columns.amount("subtotal", _("net amount")),
    )
    list_select_related = ("invoice",)
    list_filter = ("kind", TaxFilter, ("product", RelatedFilter))
    search_fields = ("invoice__invoice_number", "description")
    fields = ("invoice", *LINE_FIELDS)
    readonly_fields = ("subtotal", "tax_amount")
    recalculate = staticmethod(services.recalculate_invoice)

    def label(self, row):
        return f"{row.invoice}: {row}"


def invoice_orders(order_admin, request, queryset):
    """Draft an invoice of what each order has shipped and on no invoice yet."""
    return order_admin.apply(request, queryset, services.invoice_order, then=columns.change_url)


def invoice_button(request, order: Order) -> Button | None:
    """“Create invoice” on the page of an order; what was not shipped yet is invoiced by way of a question."""
    lines = list(order.items.all())
    if order.status not in INVOICEABLE or not any(line.quantity_to_invoice for line in lines):
        return None
    if any(line.quantity_shipped > line.quantity_invoiced for line in lines):
        return Button("invoice", _("Create invoice"), "primary" if order.status != "confirmed" else "")
    return Button("invoice", _("Create invoice…"), url=reverse("admin:billing_invoice_from_order", args=[order.pk]))


offer_action(
    Order, OfferedAction("invoice", _("Create invoices"), "billing.add_invoice", invoice_orders, invoice_button)
)
