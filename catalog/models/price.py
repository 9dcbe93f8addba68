"""Prices that hold for some customers, from some quantity on, for some time."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, prices, unique
from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import Price, Text
from inventory_project.base.models import Line, Reference, ReferenceQuerySet


class PriceListQuerySet(ReferenceQuerySet):
    """Named sets of price lists."""

    def valid_on(self, day: datetime.date) -> "PriceListQuerySet":
        """Active lists whose period includes the day."""
        return self.active().filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day)
        )


class PriceList(Reference):
    """Prices agreed with a group of customers."""

    name = Text(_("name"), max_length=120)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day."))
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        db_table = "price_list"
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["name"]
        constraints = [
            unique("price_list_name_unique", "name", message=_("A price list with this name exists already.")),
            check(
                "price_list_period_in_order",
                Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                _("The last day can't be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListItem(Line):
    """The price of a product in a list, from a quantity on."""

    IS_EXPORTED = True

    PARENT = "price_list"

    price_list = models.ForeignKey("catalog.PriceList", CASCADE, related_name="items", verbose_name=_("price list"))
    product = models.ForeignKey("catalog.Product", CASCADE, related_name="list_prices", verbose_name=_("product"))
    minimum_quantity = models.IntegerField(_("from quantity"), default=1)
    price = Price(_("price"), help_text=_("Per unit, without tax."))

    class Meta:
        db_table = "price_list_item"
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        ordering = ["price_list_id", "product_id", "minimum_quantity"]
        constraints = [
            unique(
                "price_list_item_unique",
                "price_list",
                "product",
                "minimum_quantity",
                message=_("The list has a price for this product and quantity already."),
            ),
            *integers("price_list_item", minimum_quantity=1),
            *prices("price_list_item", "price"),
        ]

    def __str__(self) -> str:
        return f"{self.product} ≥ {self.minimum_quantity}: {self.price}"
