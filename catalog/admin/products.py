"""Products and their barcodes."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import Product, ProductBarcode, SupplierProduct
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    ActForm,
    DayRangeFilter,
    GivesLabels,
    Label,
    LineAdmin,
    LineInline,
    RelatedFilter,
    StartFilter,
    columns,
    search_field,
)
from inventory_project.base.admin.listing import is_code
from inventory_project.base.discretion import SEE_COST

from .percent import PercentForm
from .retiring import RetirableAdmin

# The names of the barcode library; what it has none for is drawn as Code 128.
SYMBOLOGIES = {"ean13": "ean13", "ean8": "ean8", "upca": "upca", "gtin14": "ean14"}


class CategoryForm(ActForm):
    """Which category products go to."""

    title = _("Set the category of %(object)s")
    submit = _("Set the category")

    category = search_field(Product._meta.get_field("category"))


class DuplicateForm(ActForm):
    """What the copy is called."""

    title = _("Duplicate %(object)s")
    submit = _("Make the copy")
    intro = _("The copy has the same prices, category and suppliers. It has no barcodes, no stock and no picture yet.")

    sku = forms.CharField(label=_("SKU of the copy"), max_length=64)


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
    needs = {"cost": SEE_COST}
    new_rows = 0


@admin.register(Product)
class ProductAdmin(GivesLabels, RetirableAdmin):
    purpose = _("Products are what you buy, keep in stock and sell.")
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
    needs = {"cost": SEE_COST, "margin": SEE_COST}
    list_select_related = ("category",)
    list_prefetch_related = ("inventory",)
    list_filter = (
        ("category", RelatedFilter),
        ("brand", StartFilter),
        ("offers__supplier", RelatedFilter),
        "tracking",
        ("created_at", DayRangeFilter),
    )
    search_fields = ("sku", "name")
    search_help_text = _("SKU, words of the name, or a barcode")
    ordering = ("-pk",)
    in_search = True
    fieldsets = (
        (None, {"fields": ("sku", "name", "category", "brand", "description")}),
        (_("Price"), {"fields": ("price", "cost", "tax_rate", "unit")}),
        (_("Stock"), {"fields": ("tracking", "weight_grams")}),
        (_("More"), {"fields": ("picture", "image", "is_active", "notes")}),
    )
    readonly_fields = ("picture",)
    inlines = (ProductBarcodeInline, SupplierProductInline)
    actions = ("activate", "retire", "reprice", "recategorize", "labels", "duplicate")
    label_prefetch = ("barcodes",)
    related_links = ("movements", "order_items", "list_prices")

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

    @admin.display(description=_("picture"))
    def picture(self, product):
        if not product.image:
            return columns.EMPTY
        return format_html('<img class="picture" src="{}" alt="{}">', product.image.url, product.name)

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

    def offers(self, name, obj):
        return super().offers(name, obj) if name in ("activate", "retire") else True

    @admin.action(permissions=["labels"], description=_("Print labels…"), location=BOTH_PAGES)
    def labels(self, request, queryset):
        return self.print_labels(request, queryset)

    def label_of(self, product):
        """The primary barcode, else any, else the SKU as Code 128."""
        codes = sorted(product.barcodes.all(), key=lambda code: not code.is_primary)
        code, kind = (codes[0].code, SYMBOLOGIES.get(codes[0].symbology)) if codes else (product.sku, None)
        price = number_format(product.price, 2, force_grouping=True)
        return Label(code, kind or "code128", product.sku, product.name, f"{price} {settings.CURRENCY}")

    @admin.action(permissions=["change"], description=_("Change prices…"), location=BOTH_PAGES)
    def reprice(self, request, queryset):
        return self.apply(request, queryset, services.change_product_price, form=PercentForm)

    @admin.action(permissions=["change"], description=_("Set category…"), location=BOTH_PAGES)
    def recategorize(self, request, queryset):
        return self.apply(request, queryset, services.set_category, form=CategoryForm)

    @admin.action(permissions=["add"], description=_("Duplicate…"), location=FORM_PAGE)
    def duplicate(self, request, queryset):
        return self.apply(request, queryset, services.duplicate_product, form=DuplicateForm, then=columns.change_url)


@admin.register(ProductBarcode)
class ProductBarcodeAdmin(LineAdmin):
    purpose = _("With a barcode a product is found by scanning it; one scan may stand for a whole box.")
    list_display = ("code", "symbology", "product", columns.quantity("quantity", _("units per scan")), "is_primary")
    list_select_related = ("product",)
    list_filter = ("symbology", ("product", RelatedFilter))
    search_fields = ("code", "product__sku")
    fields = ("product", "code", "symbology", "quantity", "is_primary")
