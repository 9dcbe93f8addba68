"""What is bought and sold."""

from collections.abc import Iterable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum import ean

from inventory_project.base.constraints import integers, one_of, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import KeyField, LongText, Price, Text, fold
from inventory_project.base.models import Line, Reference, ReferenceQuerySet


class Tracking(models.TextChoices):
    NONE = "none", _("not tracked")
    LOT = "lot", _("by lot")
    SERIAL = "serial", _("by serial number")


class ProductQuerySet(ReferenceQuerySet):
    """Named sets of products."""

    def with_code(self, code: str) -> "ProductQuerySet":
        """Those whose SKU or barcode is the scanned or typed code."""
        key = fold(code)
        return self.filter(Q(sku_key=key) | Q(pk__in=ProductBarcode.objects.filter(code_key=key).values("product")))


class Product(Reference):
    """Something that is bought, stocked and sold."""

    IS_EXPORTED = True

    name = Text(_("name"), max_length=200)
    description = LongText(_("description"))
    sku = Text(_("SKU"), max_length=64, help_text=_("Your own article number. Upper and lower case are the same."))
    sku_key = KeyField("sku", max_length=128)
    category = models.ForeignKey("catalog.Category", RESTRICT, related_name="products", verbose_name=_("category"))
    price = Price(_("sales price"), help_text=_("Per unit, without tax."))
    cost = Price(_("cost"), null=True, blank=True, help_text=_("Expected purchase cost per unit, if known."))
    brand = Text(_("brand"), max_length=100, blank=True, db_index=True)
    tax_rate = models.ForeignKey(
        "catalog.TaxRate",
        RESTRICT,
        related_name="products",
        verbose_name=_("tax rate"),
        null=True,
        blank=True,
        help_text=_("Empty: the default rate."),
    )
    unit = Text(
        _("unit"), max_length=3, default="C62", help_text=_("UN/ECE Recommendation 20: C62 piece, KGM kilogram ...")
    )
    tracking = models.CharField(
        _("tracking"),
        max_length=6,
        choices=Tracking.choices,
        default=Tracking.NONE,
        help_text=_("Can't be changed while there is stock."),
    )
    image = models.ImageField(_("image"), upload_to="products/", blank=True, max_length=200)
    weight_grams = models.IntegerField(_("weight in grams"), default=0)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    notes = LongText(_("notes"))

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "product"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-id"]
        constraints = [
            unique("product_sku_unique", "sku", message=_("Another product has this SKU.")),
            unique("product_sku_key_unique", "sku_key", message=_("Another product has this SKU.")),
            one_of("product", "tracking", Tracking),
            *prices("product", "price", "cost"),
            *integers("product", weight_grams=0),
        ]
        indexes = [
            models.Index(fields=["name"], name="product_name"),
            models.Index(fields=["updated_at", "id"], name="product_updated_at"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} – {self.name}"


class Symbology(models.TextChoices):
    EAN13 = "ean13", "EAN-13"
    EAN8 = "ean8", "EAN-8"
    UPCA = "upca", "UPC-A"
    GTIN14 = "gtin14", "GTIN-14"
    CODE128 = "code128", "Code 128"
    QR = "qr", "QR"


TAKEN = _("This barcode is in use already.")


class ProductBarcode(Line):
    """A code that a scanner reads from the product or its packing."""

    PARENT = "product"

    DIGITS = {Symbology.EAN13: 13, Symbology.EAN8: 8, Symbology.UPCA: 12, Symbology.GTIN14: 14}

    product = models.ForeignKey("catalog.Product", CASCADE, related_name="barcodes", verbose_name=_("product"))
    code = Text(_("code"), max_length=80)
    code_key = KeyField("code", max_length=160)
    symbology = models.CharField(_("symbology"), max_length=7, choices=Symbology.choices, default=Symbology.EAN13)
    quantity = models.IntegerField(_("units per scan"), default=1, help_text=_("12 for a box of twelve."))
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        db_table = "product_barcode"
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        ordering = ["code"]
        constraints = [
            unique("product_barcode_code_unique", "code", message=TAKEN),
            unique("product_barcode_code_key_unique", "code_key", message=TAKEN),
            unique(
                "product_barcode_one_primary",
                "product",
                condition=Q(is_primary=True),
                message=_("The product has a primary barcode already."),
            ),
            one_of("product_barcode", "symbology", Symbology),
            *integers("product_barcode", quantity=1),
        ]

    def __str__(self) -> str:
        return self.code

    def validate_constraints(self, exclude: Iterable[str] | None = None) -> None:
        """A code that is taken says by which product."""
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as problem:
            rest = [error for errors in problem.error_dict.values() for error in errors if error.message != TAKEN]
            twins = type(self)._base_manager.filter(code_key=self.code_key).exclude(pk=self.pk)
            if len(rest) == len(problem.messages) or not (twin := twins.select_related("product").first()):
                raise
            text = _("This barcode is that of %(product)s already.") % {"product": twin.product}
            raise ValidationError({"code": ValidationError(text, code="duplicate"), NON_FIELD_ERRORS: rest}) from None

    def clean(self) -> None:
        """A GTIN has the right number of digits and the right check digit (GS1 General Specifications, 7.9)."""
        digits = self.DIGITS.get(self.symbology)
        if digits and not (len(self.code) == digits and ean.is_valid(self.code)):
            wrong = ValidationError(
                _("%(kind)s needs %(digits)d digits, the last being the right check digit.")
                % {"kind": self.get_symbology_display(), "digits": digits},
                code="check_digit",
            )
            raise ValidationError({"code": wrong})
