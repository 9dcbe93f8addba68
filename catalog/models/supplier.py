"""Whom goods are bought from, and on which terms."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import integers, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import KeyField, LongText, Price, Text
from inventory_project.base.models import Line, Reference

COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters (ISO 3166-1), for instance DE."), code="country")


class Supplier(Reference):
    """A company that goods are bought from."""

    code = Text(_("code"), max_length=32)
    code_key = KeyField("code", max_length=64)
    name = Text(_("name"), max_length=200)
    contact_name = Text(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("email address"), blank=True, default="")
    phone = Text(_("phone"), max_length=50, blank=True)
    address = LongText(_("street and number"), max_length=500)
    city = Text(_("city"), max_length=100, blank=True)
    postal_code = Text(_("postal code"), max_length=20, blank=True)
    country = Text(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    tax_id = Text(_("tax number"), max_length=40, blank=True)
    payment_terms_days = models.IntegerField(_("payment terms in days"), default=30)
    lead_time_days = models.IntegerField(_("lead time in days"), default=7)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    notes = LongText(_("notes"))

    class Meta:
        db_table = "supplier"
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name"]
        constraints = [
            unique("supplier_code_unique", "code", message=_("Another supplier has this code.")),
            unique("supplier_code_key_unique", "code_key", message=_("Another supplier has this code.")),
            unique("supplier_name_unique", "name", message=_("A supplier with this name exists already.")),
            *integers("supplier", payment_terms_days=0, lead_time_days=0),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierProduct(Line):
    """A supplier offers a product, at a cost and on terms."""

    IS_EXPORTED = True

    PARENT = "product"

    supplier = models.ForeignKey("catalog.Supplier", RESTRICT, related_name="offers", verbose_name=_("supplier"))
    product = models.ForeignKey("catalog.Product", CASCADE, related_name="offers", verbose_name=_("product"))
    supplier_sku = Text(_("supplier's article number"), max_length=64, blank=True)
    cost = Price(_("cost"), help_text=_("Per unit, without tax."))
    minimum_order_quantity = models.IntegerField(_("minimum order quantity"), default=1)
    pack_size = models.IntegerField(_("pack size"), default=1, help_text=_("Ordered in multiples of this."))
    lead_time_days = models.IntegerField(
        _("lead time in days"), null=True, blank=True, help_text=_("Empty: the supplier's.")
    )
    is_preferred = models.BooleanField(_("preferred"), default=False)

    class Meta:
        db_table = "supplier_product"
        verbose_name = _("supplier's offer")
        verbose_name_plural = _("suppliers' offers")
        ordering = ["product_id", "supplier_id"]
        constraints = [
            unique(
                "supplier_product_unique",
                "supplier",
                "product",
                message=_("This supplier's offer for the product exists already."),
            ),
            unique(
                "supplier_product_one_preferred",
                "product",
                condition=Q(is_preferred=True),
                message=_("The product has a preferred supplier already."),
            ),
            *prices("supplier_product", "cost"),
            *integers("supplier_product", minimum_order_quantity=1, pack_size=1, lead_time_days=0),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}: {self.product}"
