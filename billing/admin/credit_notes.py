"""What customers need not pay after all, or get back."""

import datetime
from decimal import Decimal

from django.contrib import admin
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import services
from billing.admin.documents import GivesDocuments
from billing.admin.forms import CreditForm, RefundForm
from billing.models import CreditNote, CreditNoteItem, Invoice, PaymentMethod
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    AddFromSource,
    Button,
    DayRangeFilter,
    DocumentAdmin,
    LineAdmin,
    LineInline,
    OfferedAction,
    Tab,
    act_permission,
    columns,
    meant,
    offer_action,
)
from inventory_project.base.clock import business_day
from inventory_project.base.errors import RuleViolation
from sales.models import SalesReturn

CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the credit note"),
    _("The draft is dropped; what it held can be credited again. This can't be undone."),
)


class CreditNoteItemInline(LineInline):
    model = CreditNoteItem
    fields = ("invoice_item", "quantity", "unit_price", "tax_percent", "subtotal", "tax_amount")
    readonly_fields = ("unit_price", "tax_percent", "subtotal", "tax_amount")


@admin.register(CreditNote)
class CreditNoteAdmin(GivesDocuments, AddFromSource, DocumentAdmin):
    purpose = _("A credit note takes back part of an invoice, or all of it.")
    source, add_form = "invoice", CreditForm
    list_display = (
        "invoice",
        "customer",
        columns.amount("total_amount", _("total")),
        "reason",
        "issued_at",
    )
    list_select_related = ("invoice__customer",)
    list_filter = ("status", ("issued_at", DayRangeFilter))
    search_fields = ("credit_note_number", "invoice__invoice_number")
    in_search = True
    fieldsets = (
        (None, {"fields": ("invoice", "sales_return", "reason", "notes")}),
        (
            _("Amounts"),
            {
                "fields": ("subtotal_amount", "tax_amount", "total_amount", "set_off_amount", "refunded_amount"),
                "classes": ("after", "totals"),
            },
        ),
        (
            _("Progress"),
            {
                "fields": ("issued_at", "refunds_made", "cancelled_at"),
                "classes": ("after", "collapse"),
            },
        ),
    )
    readonly_fields = (
        "invoice",
        "sales_return",
        "subtotal_amount",
        "tax_amount",
        "total_amount",
        "set_off_amount",
        "refunded_amount",
        "issued_at",
        "refunds_made",
        "cancelled_at",
    )
    inlines = (CreditNoteItemInline,)
    parents = ("invoice", "sales_return")
    steps = ("draft", "issued")
    not_yet = {"refund": {"draft": _("It has not been issued yet.")}}
    tabs = (
        Tab("drafts", _("Drafts"), Q(status="draft")),
        Tab("issued", _("Issued"), Q(status="issued")),
        Tab("to_refund", _("To refund"), lambda rows: rows.to_refund(), _("Nothing is to be refunded.")),
    )
    actions = ("issue", "refund", "cancel")
    recalculate = staticmethod(services.recalculate_credit_note)
    preview = staticmethod(services.preview_credit_note)
    has_issue_permission = act_permission("issue")
    has_refund_permission = act_permission("refund")
    has_cancel_permission = act_permission("cancel")

    def write(self, request, source, answers):
        return services.create_credit_note(source, **answers, by=request.user)

    def blocked(self, name, obj):
        if name == "issue" and not obj.items.exists():
            return _("There is nothing on it yet: add a line.")
        if name == "refund" and obj.status == "issued" and not obj.amount_to_refund:
            return _("Nothing of it is left to refund.")
        return super().blocked(name, obj)

    @admin.display(description=_("customer"), ordering="invoice__customer__name")
    def customer(self, note):
        return note.invoice.customer

    @admin.display(description=_("refunds"))
    def refunds_made(self, note):
        """Each time that money went back: day, amount, method, reference, and who recorded it."""
        people = User.objects.in_bulk({part["user"] for part in note.refunds if part["user"]})
        lines = [
            (
                date_format(business_day(datetime.datetime.fromisoformat(part["refunded_at"]))),
                columns.figure(Decimal(part["amount"]), 2),
                ", ".join(
                    filter(None, [_method(part["method"]), part["reference"], str(people.get(part["user"], ""))])
                ),
            )
            for part in note.refunds
        ]
        return format_html_join("", "<div>{} · {} · {}</div>", lines) or "–"

    @admin.action(permissions=["issue"], description=_("Issue"), location=BOTH_PAGES)
    def issue(self, request, queryset):
        return self.apply(request, queryset, services.issue_credit_note)

    @admin.action(permissions=["refund"], description=_("Refund…"), location=FORM_PAGE)
    def refund(self, request, queryset):
        return self.apply(request, queryset, services.refund_credit_note, form=RefundForm)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_credit_note, form=CANCEL)


def _method(name: str) -> str:
    return str(dict(PaymentMethod.choices).get(name, name))


@admin.register(CreditNoteItem)
class CreditNoteItemAdmin(LineAdmin):
    purpose = _("The lines of all credit notes.")
    list_display = (
        "credit_note",
        "invoice_item",
        columns.quantity("quantity", _("quantity")),
        columns.amount("subtotal", _("net amount")),
        columns.amount("tax_amount", _("tax")),
    )
    list_select_related = ("credit_note", "invoice_item")
    search_fields = ("credit_note__credit_note_number", "invoice_item__description")
    fields = ("credit_note", "invoice_item", "quantity", "unit_price", "tax_percent", "subtotal", "tax_amount")
    readonly_fields = ("unit_price", "tax_percent", "subtotal", "tax_amount")
    recalculate = staticmethod(services.recalculate_credit_note)


def invoice_of(sales_return: SalesReturn) -> Invoice | None:
    """The first invoice that the order of a return was charged with."""
    issued = Invoice.objects.filter(order=sales_return.order_id, status__in=["issued", "overdue", "paid"])
    return issued.order_by("pk").first()


def credit_return(sales_return: SalesReturn, *, by) -> CreditNote:
    """Draft a credit note of what came back."""
    invoice = invoice_of(sales_return)
    if invoice is None:
        raise RuleViolation(NOT_INVOICED % {"order": sales_return.order}, code="nothing_to_credit")
    return services.create_credit_note(invoice, sales_return=sales_return, by=by)


def credit_returns(return_admin, request, queryset):
    """Draft a credit note for each return."""
    return return_admin.apply(request, queryset, credit_return, then=columns.change_url)


def credit_button(request, sales_return: SalesReturn) -> Button | None:
    """“Create credit note” on the page of a return whose goods have arrived; greyed while its order is not invoiced."""
    if sales_return.status not in ("received", "closed"):
        return None
    if invoice_of(sales_return) is None:
        return Button("credit", LABEL, reason=NOT_INVOICED % {"order": sales_return.order})
    return Button("credit", LABEL, "primary" if sales_return.status == "received" else "")


LABEL = _("Create credit note")
NOT_INVOICED = _("%(order)s has no issued invoice that could be credited.")

offer_action(
    SalesReturn,
    OfferedAction("credit", _("Create credit notes"), "billing.add_creditnote", credit_returns, credit_button),
)
