"""Rates of value added tax."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, one_of, percents, unique
from inventory_project.base.fields import Percent, Text
from inventory_project.base.models import Reference


class TaxCategory(models.TextChoices):
    STANDARD = "S", _("standard rate")
    ZERO = "Z", _("zero rated")
    EXEMPT = "E", _("exempt")
    REVERSE_CHARGE = "AE", _("reverse charge")
    EXPORT = "G", _("export outside the EU")
    INTRA_COMMUNITY = "K", _("intra-community supply")
    OUT_OF_SCOPE = "O", _("outside the scope of tax")


class TaxRate(Reference):
    """A rate of tax, with its category of UN/CEFACT code list 5305 for e-invoices."""

    name = Text(_("name"), max_length=80)
    rate = Percent(_("rate in percent"))
    category = models.CharField(
        _("category"), max_length=2, choices=TaxCategory.choices, default=TaxCategory.STANDARD, help_text=_("UNCL 5305")
    )
    exemption_reason = Text(
        _("exemption reason"), blank=True, help_text=_("Printed on invoices that bear no tax of this rate.")
    )
    is_default = models.BooleanField(_("default"), default=False, help_text=_("For products without a rate."))
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta:
        db_table = "tax_rate"
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["-rate", "name"]
        constraints = [
            unique("tax_rate_name_unique", "name", message=_("A tax rate with this name exists already.")),
            unique(
                "tax_rate_one_default",
                "is_default",
                condition=Q(is_default=True),
                message=_("Another tax rate is the default already. Untick it there first."),
            ),
            one_of("tax_rate", "category", TaxCategory),
            *percents("tax_rate", "rate"),
            check(
                "tax_rate_untaxed_categories_are_zero",
                Q(category="S") | Q(rate=0),
                _("Only the standard category has a rate above 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
