"""The back office's pages of products, prices and suppliers."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import (
    Category,
    PriceList,
    PriceListItem,
    Product,
    ProductBarcode,
    Supplier,
    SupplierProduct,
    TaxRate,
)
from inventory_project.base.admin import (
    ACTIVE_TABS,
    BOTH_PAGES,
    DayRangeFilter,
    LineAdmin,
    LineInline,
    ReferenceAdmin,
    RelatedFilter,
    Tab,
    columns,
)
from inventory_project.base.admin.listing import is_code
from inventory_project.base.clock import today


def activate(row, *, by):
    """Offer it for new documents again."""
    row.is_active = True
    row.save(update_fields=["is_active", "updated_at", "updated_by"])
    return row


def retire(row, *, by):
    """Keep it for the documents that refer to it, and offer it no more."""
    row.is_active = False
    row.save(update_fields=["is_active", "updated_at", "updated_by"])
    return row


class RetirableAdmin(ReferenceAdmin):
    """A reference with a switch for being offered, in bulk too."""

    tabs = ACTIVE_TABS
    actions = ("activate", "retire")

    def offers(self, name, obj):
        return obj.is_active == (name == "retire")

    @admin.action(permissions=["change"], description=_("Activate"), location=BOTH_PAGES)
    def activate(self, request, queryset):
        return self.apply(request, queryset, activate)

    @admin.action(permissions=["change"], description=_("Make inactive"), location=BOTH_PAGES)
    def retire(self, request, queryset):
        return self.apply(request, queryset, retire)


@admin.register(Category)
class CategoryAdmin(RetirableAdmin):
    list_display = ("name", "parent", "description", "is_active")
    list_select_related = ("parent",)
    list_filter = (("parent", RelatedFilter),)
    search_fields = ("name",)
    fields = ("name", "parent", "description", "is_active")
    related_links = ("products", "children")
    in_search = True


class ProductBarcodeInline(LineInline):
    model = ProductBarcode
    fields = ("code", "symbology", "quantity", "is_primary")
    new_rows = limit = 0


class SupplierProductInline(LineInline):
    model = SupplierProduct
    fields = (
        "supplier",
        "supplier_sku",
        "cost",
        "minimum_order_quantity",
        "pack_size",
        "lead_time_days",
        "is_preferred",
    )
    new_rows = 0


@admin.register(Product)
class ProductAdmin(RetirableAdmin):
    list_display = (
        "sku",
        "name",
        "category",
        "brand",
        "available",
        columns.price("price", _("price")),
        "margin",
        "activity",
    )
    list_select_related = ("category",)
    list_prefetch_related = ("inventory",)
    list_filter = (("category", RelatedFilter), "tracking", ("created_at", DayRangeFilter))
    search_fields = ("sku", "name")
    search_help_text = _("SKU, words of the name, or a barcode")
    ordering = ("-pk",)
    in_search = True
    fieldsets = (
        (None, {"fields": ("sku", "name", "category", "brand", "description")}),
        (_("Price"), {"fields": ("price", "cost", "tax_rate", "unit")}),
        (_("Stock"), {"fields": ("tracking", "weight_grams")}),
        (_("More"), {"fields": ("image", "is_active", "notes")}),
    )
    inlines = (ProductBarcodeInline, SupplierProductInline)
    related_links = ("inventory", "movements", "purchase_items", "order_items", "list_prices")

    @admin.display(description=_("available"))
    def available(self, product):
        return columns.figure(sum(balance.available for balance in product.inventory.all()))

    @admin.display(description=_("available"))
    def available_where(self, product):
        """The same, leading to where it lies."""
        url = reverse("admin:stock_inventory_of_product", args=[product.pk])
        return format_html('<a href="{}">{}</a>', url, self.available(product))

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        if not request.user.has_perm("stock.view_inventory"):
            return shown
        return ["available_where" if column == "available" else column for column in shown]

    def save_model(self, request, obj, form, change):
        services.save_product(obj, by=request.user)

    @admin.display(description=_("margin"))
    def margin(self, product):
        if not product.price or product.cost is None:
            return columns.EMPTY
        return columns.figure(round(100 * (product.price - product.cost) / product.price), suffix=" %")

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, product):
        return columns.badge(_("active"), "green") if product.is_active else columns.badge(_("inactive"))

    def get_search_results(self, request, queryset, search_term):
        """A scanned code finds its product by itself; anything else is looked for in SKU and name."""
        code = search_term.strip()
        if is_code(code):
            exact = queryset.with_code(code)
            if exact.exists():
                return exact, False
        return super().get_search_results(request, queryset, search_term)


@admin.register(ProductBarcode)
class ProductBarcodeAdmin(LineAdmin):
    list_display = ("code", "symbology", "product", columns.quantity("quantity", _("units per scan")), "is_primary")
    list_select_related = ("product",)
    list_filter = ("symbology", ("product", RelatedFilter))
    search_fields = ("code", "product__sku")
    fields = ("product", "code", "symbology", "quantity", "is_primary")


class SupplierOfferInline(SupplierProductInline):
    fk_name = "supplier"
    fields = ("product", "supplier_sku", "cost", "minimum_order_quantity", "pack_size", "is_preferred")
    limit = 50


@admin.register(Supplier)
class SupplierAdmin(RetirableAdmin):
    list_display = (
        "code",
        "name",
        "email",
        "city",
        "country",
        columns.quantity("lead_time_days", _("lead time")),
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
    list_display = (
        "product",
        "supplier",
        "supplier_sku",
        columns.price("cost", _("cost")),
        columns.quantity("minimum_order_quantity", _("minimum")),
        columns.quantity("pack_size", _("pack size")),
        "is_preferred",
    )
    list_select_related = ("product", "supplier")
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


@admin.register(PriceList)
class PriceListAdmin(RetirableAdmin):
    list_display = ("name", "valid_from", "valid_until", "is_active")
    search_fields = ("name",)
    fields = ("name", "valid_from", "valid_until", "is_active")
    related_links = ("items", "customers")
    page_note = _("Its prices are in a list of their own: a price list may hold one for every product.")

    def get_tabs(self, request):
        day = today()
        return (
            Tab("current", _("Current"), lambda rows: rows.valid_on(day)),
            Tab("future", _("Future"), Q(valid_from__gt=day)),
            Tab("ended", _("Ended"), Q(valid_until__lt=day)),
        )


@admin.register(PriceListItem)
class PriceListItemAdmin(LineAdmin):
    list_display = (
        "product",
        "price_list",
        columns.quantity("minimum_quantity", _("from quantity")),
        columns.price("price", _("price")),
        columns.price("product__price", _("standard price")),
    )
    list_select_related = ("product", "price_list")
    list_filter = (("price_list", RelatedFilter), ("product", RelatedFilter))
    search_fields = ("product__sku", "price_list__name")
    fields = ("price_list", "product", "minimum_quantity", "price")


@admin.register(TaxRate)
class TaxRateAdmin(RetirableAdmin):
    list_display = ("name", columns.percent("rate", _("rate")), "category", "is_default", "is_active")
    search_fields = ("name",)
    is_short_list = True
    fields = ("name", "rate", "category", "exemption_reason", "is_default", "is_active")
    related_links = ("products",)

    def save_model(self, request, obj, form, change):
        services.save_tax_rate(obj, by=request.user)
