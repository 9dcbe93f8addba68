"""Customers and where their goods and invoices go."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import ACTIVE_TABS, LineInline, ReferenceAdmin, RelatedFilter, Tab, columns
from sales.models import Customer, CustomerAddress


class CustomerAddressInline(LineInline):
    model = CustomerAddress
    fields = ("kind", "name", "line1", "line2", "postal_code", "city", "region", "country", "is_default", "is_active")
    new_rows = 0
    limit = 50


@admin.register(Customer)
class CustomerAdmin(ReferenceAdmin):
    list_display = (
        "code",
        "name",
        "email",
        "price_list",
        columns.amount("credit_limit", _("credit limit")),
        "state",
    )
    list_select_related = ("price_list",)
    list_filter = ("price_list", "tax_treatment")
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

    @admin.display(description=_("state"), ordering="is_active")
    def state(self, customer):
        if not customer.is_active:
            return columns.badge(_("inactive"))
        return columns.badge(_("on hold"), "red") if customer.on_hold else columns.badge(_("active"), "green")


@admin.register(CustomerAddress)
class CustomerAddressAdmin(ReferenceAdmin):
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
    list_filter = ("kind", ("customer", RelatedFilter))
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
