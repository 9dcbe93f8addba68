"""Who buys, and where goods and invoices go."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.supplier import COUNTRY
from inventory_project.base.constraints import amounts, check, one_of, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Amount, KeyField, LongText, Text
from inventory_project.base.models import Reference

LONGEST_TERMS = 3650


class TaxTreatment(models.TextChoices):
    DOMESTIC = "domestic", _("domestic")
    REVERSE_CHARGE = "reverse_charge", _("reverse charge")
    EXPORT = "export", _("export")


class AddressKind(models.TextChoices):
    BILLING = "billing", _("billing")
    SHIPPING = "shipping", _("shipping")


class Customer(Reference):
    """Someone who buys from us."""

    IS_EXPORTED = True

    code = Text(_("code"), max_length=32, help_text=_("Short and unique; upper and lower case are the same."))
    code_key = KeyField("code", max_length=64)
    name = Text(_("name"), help_text=_("As it appears on invoices."))
    email = models.EmailField(_("email address"), blank=True, default="", help_text=_("Where invoices are sent."))
    phone = Text(_("phone"), max_length=40, blank=True)
    tax_id = Text(_("tax ID"), max_length=40, blank=True, help_text=_("VAT number; required for reverse charge."))
    tax_treatment = models.CharField(
        _("tax treatment"),
        max_length=20,
        choices=TaxTreatment.choices,
        default=TaxTreatment.DOMESTIC,
        help_text=_("Reverse charge and export are invoiced without tax."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        RESTRICT,
        related_name="customers",
        verbose_name=_("login"),
        null=True,
        blank=True,
        help_text=_("The account with which the customer orders, if there is one."),
    )
    price_list = models.ForeignKey(
        "catalog.PriceList",
        RESTRICT,
        related_name="customers",
        verbose_name=_("price list"),
        null=True,
        blank=True,
        help_text=_("Without one, the products' own prices hold."),
    )
    payment_terms_days = models.IntegerField(
        _("payment terms in days"), default=30, help_text=_("Days from the issue of an invoice until it is due.")
    )
    credit_limit = Amount(
        _("credit limit"),
        null=True,
        blank=True,
        help_text=_("The most that open orders and open invoices may come to. Empty: no limit."),
    )
    on_hold = models.BooleanField(
        _("on hold"), default=False, help_text=_("Orders can be entered, but none can be confirmed.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        db_default=True,
        help_text=_("Untick instead of deleting: no new orders can be entered."),
    )
    notes = LongText(_("notes"))

    class Meta:
        db_table = "customer"
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "id"]
        permissions = [("anonymise_customer", _("Can anonymise customers"))]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_name"),
            models.Index(fields=["updated_at", "id"], name="customer_updated_at"),
        ]
        constraints = [
            unique("customer_code_unique", "code", message=_("Another customer has this code.")),
            unique("customer_code_key_unique", "code_key", message=_("Another customer has this code.")),
            one_of("customer", "tax_treatment", TaxTreatment),
            check(
                "customer_reverse_charge_needs_tax_id",
                ~Q(tax_treatment=TaxTreatment.REVERSE_CHARGE) | ~Q(tax_id=""),
                _("Reverse charge needs the customer's tax ID."),
            ),
            check(
                "customer_payment_terms_days_range",
                Q(payment_terms_days__gte=0, payment_terms_days__lte=LONGEST_TERMS),
                _("Payment terms must be between 0 and 3650 days."),
                code="out_of_range",
            ),
            *amounts("customer", "credit_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CustomerAddress(Reference):
    """A place to which a customer's invoices or goods go."""

    customer = models.ForeignKey("sales.Customer", CASCADE, related_name="addresses", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=20, choices=AddressKind.choices)
    name = Text(_("name"), blank=True, help_text=_("Recipient, if it is not the customer."))
    line1 = Text(_("street and number"))
    line2 = Text(_("second line"), blank=True)
    city = Text(_("city"), max_length=100)
    region = Text(_("region"), max_length=100, blank=True, help_text=_("State or province, where addresses have one."))
    postal_code = Text(_("postal code"), max_length=20, blank=True)
    country = Text(
        _("country"), max_length=2, validators=[COUNTRY], help_text=_("Two letters (ISO 3166-1), such as DE.")
    )
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Taken for new orders; one of each kind per customer.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, db_default=True, help_text=_("Untick instead of deleting.")
    )

    class Meta:
        db_table = "customer_address"
        verbose_name = _("customer address")
        verbose_name_plural = _("customer addresses")
        ordering = ["customer_id", "kind", "id"]
        constraints = [
            one_of("customer_address", "kind", AddressKind),
            unique(
                "customer_address_one_default",
                "customer",
                "kind",
                condition=Q(is_default=True),
                message=_("The customer has a default address of this kind already."),
            ),
        ]

    def clean(self) -> None:
        """An address stays with its customer: orders and invoices of theirs name it."""
        if self.pk and CustomerAddress.objects.filter(pk=self.pk).exclude(customer=self.customer_id).exists():
            raise ValidationError({"customer": _("An address stays with its customer. Enter a new one for the other.")})

    def __str__(self) -> str:
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.name, self.line1, town, self.country) if part)

    def frozen(self) -> dict[str, str]:
        """The address as documents keep it, whatever becomes of this row."""
        return {
            "name": self.name or self.customer.name,
            "line1": self.line1,
            "line2": self.line2,
            "city": self.city,
            "region": self.region,
            "postal_code": self.postal_code,
            "country": self.country,
        }
