"""Suppliers and what they offer."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.models import Supplier, SupplierProduct
from inventory_project.base.admin import LineAdmin, RelatedFilter, columns
from inventory_project.base.discretion import SEE_COST

from .products import SupplierProductInline
from .retiring import RetirableAdmin


class SupplierOfferInline(SupplierProductInline):
    fk_name = "supplier"
    fields = ("product", "supplier_sku", "cost", "minimum_order_quantity", "pack_size", "is_preferred")
    limit = 50


@admin.register(Supplier)
class SupplierAdmin(RetirableAdmin):
    purpose = _("Suppliers are whom you order goods from.")
    list_display = (
        "code",
        "name",
        "email",
        "city",
        "country",
        columns.quantity("lead_time_days", _("lead time")),
        columns.count("offers", _("products")),
        "is_active",
    )
    search_fields = ("code", "name")
    in_search = True
    fieldsets = (
        (None, {"fields": ("code", "name", "contact_name", "email", "phone", "tax_id")}),
        (_("Address"), {"fields": ("address", "postal_code", "city", "country")}),
        (_("Terms"), {"fields": ("payment_terms_days", "lead_time_days", "is_active", "notes")}),
    )
    inlines = (SupplierOfferInline,)
    related_links = ("offers", "purchase_orders", "receipts")


@admin.register(SupplierProduct)
class SupplierProductAdmin(LineAdmin):
    purpose = _("What a supplier asks for a product, and in which packs; reordering suggests it.")
    list_display = (
        "product",
        "supplier",
        "supplier_sku",
        columns.price("cost", _("cost")),
        columns.quantity("minimum_order_quantity", _("minimum")),
        columns.quantity("pack_size", _("pack size")),
        "is_preferred",
    )
    needs = {"cost": SEE_COST}
    list_select_related = ("product", "supplier")
    ordering = ("product__sku", "pk")
    list_filter = (("supplier", RelatedFilter), ("product", RelatedFilter), "is_preferred")
    search_fields = ("product__sku", "supplier_sku", "supplier__name")
    fields = (
        "product",
        "supplier",
        "supplier_sku",
        "cost",
        "minimum_order_quantity",
        "pack_size",
        "lead_time_days",
        "is_preferred",
    )
