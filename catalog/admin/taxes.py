"""Rates of tax."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import TaxRate
from inventory_project.base.admin import FORM_PAGE, ActForm, DecimalNumberField, columns

from .retiring import RetirableAdmin


class ReplaceForm(ActForm):
    """What the new rate is."""

    title = _("Replace %(object)s")
    submit = _("Replace the rate")
    intro = _(
        "A new rate is made and every product of this one gets it at once; this one is retired. Orders and invoices "
        "that exist keep what they say."
    )

    name = forms.CharField(label=_("Name of the new rate"), max_length=100)
    percent = DecimalNumberField(label=_("Rate in percent"), min_value=0, max_value=100, max_digits=6, decimal_places=3)


@admin.register(TaxRate)
class TaxRateAdmin(RetirableAdmin):
    purpose = _("The rate of tax that is added to a product's price.")
    list_display = (
        "name",
        columns.percent("rate", _("rate")),
        "category",
        "is_default",
        columns.count("products", _("products")),
        "is_active",
    )
    search_fields = ("name",)
    is_short_list = True
    fields = ("name", "rate", "category", "exemption_reason", "is_default", "is_active")
    related_links = ("products",)
    actions = ("activate", "retire", "replace")

    def get_readonly_fields(self, request, obj=None):
        """Products that have it fix its figure. What was sent all the same is refused, not passed over."""
        fixed = super().get_readonly_fields(request, obj)
        is_locked = obj and "rate" not in request.POST and obj.products.exists()
        return (*fixed, "rate", "category") if is_locked else fixed

    def offers(self, name, obj):
        return obj.is_active if name == "replace" else super().offers(name, obj)

    @admin.action(permissions=["replace"], description=_("Replace…"), location=FORM_PAGE)
    def replace(self, request, queryset):
        return self.apply(request, queryset, services.replace_tax_rate, form=ReplaceForm, then=columns.change_url)

    def has_replace_permission(self, request):
        return request.user.has_perms(["catalog.add_taxrate", "catalog.change_taxrate", "catalog.change_product"])

    def save_model(self, request, obj, form, change):
        services.save_tax_rate(obj, by=request.user)
