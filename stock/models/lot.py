"""Batches and single pieces that are followed from receipt to customer."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, unique
from inventory_project.base.deletion import RESTRICT
from inventory_project.base.fields import KeyField, LongText, Text
from inventory_project.base.models import Reference, ReferenceQuerySet


class LotQuerySet(ReferenceQuerySet):
    """Named sets of lots."""

    def shippable_on(self, day: datetime.date) -> "LotQuerySet":
        """Neither blocked nor expired. A lot may still be shipped on the day that it expires."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=day), is_blocked=False)


class Lot(Reference):
    """A batch of a product, or one piece of a product that is tracked by serial number."""

    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="lots", verbose_name=_("product"))
    number = Text(_("number"), max_length=80)
    number_key = KeyField("number", max_length=160)
    expires_on = models.DateField(_("expires on"), null=True, blank=True, db_index=True)
    manufactured_on = models.DateField(_("made on"), null=True, blank=True)
    supplier = models.ForeignKey(
        "catalog.Supplier", RESTRICT, related_name="lots", verbose_name=_("supplier"), null=True, blank=True
    )
    is_blocked = models.BooleanField(_("blocked"), default=False, help_text=_("Blocked goods are never shipped."))
    notes = LongText(_("notes"))

    objects = LotQuerySet.as_manager()

    class Meta:
        db_table = "lot"
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["-id"]
        constraints = [
            unique("lot_number_unique", "product", "number", message=_("The product has a lot with this number.")),
            unique(
                "lot_number_key_unique", "product", "number_key", message=_("The product has a lot with this number.")
            ),
            check(
                "lot_expires_after_made",
                Q(expires_on=None) | Q(manufactured_on=None) | Q(expires_on__gte=F("manufactured_on")),
                _("A lot can't expire before it was made."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_shippable_on(self, day: datetime.date) -> bool:
        """As `shippable_on`, for one lot."""
        return not self.is_blocked and (self.expires_on is None or self.expires_on >= day)
