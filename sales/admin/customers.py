"""Customers and where their goods and invoices go."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    ACTIVE_TABS,
    FORM_PAGE,
    ActForm,
    Button,
    LineInline,
    ReferenceAdmin,
    RelatedFilter,
    StartFilter,
    Tab,
    act_permission,
    columns,
)
from sales import services
from sales.admin.credit import CreditQuestions
from sales.models import Customer, CustomerAddress
from sales.services.privacy import is_anonymous


class AnonymiseForm(ActForm):
    """Says what goes and what stays, and asks to be sure."""

    title = _("Anonymise %(object)s")
    submit = _("Anonymise")
    intro = _(
        "This can't be undone. Removed: name, code, email address, phone, tax ID, notes and login of the customer; all "
        "addresses but their country; addresses, references, reasons and notes on orders, shipments, returns and "
        "payments, and the tracking numbers; and what the history of changes says of all these. Kept: issued invoices "
        "and credit notes just as the customer has them, as the law demands; quantities, prices and dates; that "
        "something was changed, when and by whom. Backups and archived years keep what they have until they are "
        "deleted."
    )


class CustomerAddressInline(LineInline):
    model = CustomerAddress
    fields = ("kind", "name", "line1", "line2", "postal_code", "city", "region", "country", "is_default", "is_active")
    new_rows = 0
    limit = 50


@admin.register(Customer)
class CustomerAdmin(CreditQuestions, ReferenceAdmin):
    purpose = _("Customers are whom you sell to.")
    list_display = (
        "code",
        "name",
        "email",
        "price_list",
        columns.amount("credit_limit", _("credit limit")),
        "state",
    )
    list_select_related = ("price_list",)
    list_filter = (("price_list", RelatedFilter), ("addresses__country", StartFilter), "tax_treatment")
    search_fields = ("code", "name", "email")
    in_search = True
    tabs = (*ACTIVE_TABS, Tab("on_hold", _("On hold"), Q(on_hold=True)))
    fieldsets = (
        (None, {"fields": ("code", "name", "email", "phone", "user", "is_active")}),
        (_("Tax"), {"fields": ("tax_treatment", "tax_id")}),
        (_("Terms"), {"fields": ("price_list", "payment_terms_days", "credit_limit", "on_hold", "notes")}),
    )
    inlines = (CustomerAddressInline,)
    related_links = ("orders", "invoices", "addresses")
    actions = ("anonymise",)
    has_anonymise_permission = act_permission("anonymise")

    @admin.action(permissions=["anonymise"], description=_("Anonymise…"), location=[FORM_PAGE])
    def anonymise(self, request, queryset):
        return self.apply(request, queryset, services.anonymise_customer, form=AnonymiseForm)

    def offers(self, name, obj):
        return not is_anonymous(obj)

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if obj.is_active and request.user.has_perm("sales.add_order"):
            url = reverse("admin:sales_order_add", query={"customer": obj.pk})
            buttons.insert(0, Button("order", _("New order"), url=url))
        return buttons

    @admin.display(description=_("state"), ordering="is_active")
    def state(self, customer):
        if not customer.is_active:
            return columns.badge(_("inactive"))
        return columns.badge(_("on hold"), "red") if customer.on_hold else columns.badge(_("active"), "green")


@admin.register(CustomerAddress)
class CustomerAddressAdmin(ReferenceAdmin):
    purpose = _("Where customers want their goods and their invoices.")
    list_display = (
        "customer",
        columns.choice("kind", _("kind")),
        "name",
        "line1",
        "postal_code",
        "city",
        "country",
        "is_default",
        "is_active",
    )
    list_select_related = ("customer",)
    list_filter = ("kind", ("country", StartFilter), ("customer", RelatedFilter))
    search_fields = ("customer__code", "customer__name", "line1", "postal_code", "city")
    tabs = ACTIVE_TABS
    fields = (
        "customer",
        "kind",
        "name",
        "line1",
        "line2",
        "postal_code",
        "city",
        "region",
        "country",
        "is_default",
        "is_active",
    )

    def label(self, row):
        return f"{row.customer.code}: {row}"
