"""Goods on their way to customers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import integers, one_of, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, Price, Text
from inventory_project.base.models import Document, Line, act, number_field
from inventory_project.base.money import ZERO


class ShipmentStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class Shipment(Document):
    """Goods of one order that leave one warehouse together."""

    NUMBER = "shipment_number"
    SERIES = "SH"
    EDITABLE = frozenset({ShipmentStatus.DRAFT})
    ACTS = {
        "ship": act(_("Ship"), [ShipmentStatus.DRAFT], [ShipmentStatus.SHIPPED]),
        "deliver": act(_("Mark delivered"), [ShipmentStatus.SHIPPED], [ShipmentStatus.DELIVERED]),
        "cancel": act(_("Cancel"), [ShipmentStatus.DRAFT], [ShipmentStatus.CANCELLED]),
    }

    shipment_number = number_field(_("shipment number"))
    order = models.ForeignKey("sales.Order", RESTRICT, related_name="shipments", verbose_name=_("order"))
    warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="shipments", verbose_name=_("warehouse"))
    status = models.CharField(
        _("status"), max_length=20, choices=ShipmentStatus.choices, default=ShipmentStatus.DRAFT, editable=False
    )
    carrier = Text(_("carrier"), max_length=100, blank=True, help_text=_("Who brings the goods, such as DHL."))
    tracking_number = Text(_("tracking number"), max_length=100, blank=True)
    shipped_at = Instant(_("shipped"), editable=False)
    delivered_at = Instant(_("delivered"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)

    class Meta:
        db_table = "shipment"
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["status"], name="shipment_status")]
        constraints = [
            unique("shipment_number_unique", "shipment_number", message=_("Another shipment has this number.")),
            one_of("shipment", "status", ShipmentStatus),
        ]


class ShipmentItem(Line):
    """Units of one order line in a shipment; once shipped, from exactly one bin and lot."""

    PARENT = "shipment"

    shipment = models.ForeignKey("sales.Shipment", CASCADE, related_name="items", verbose_name=_("shipment"))
    order_item = models.ForeignKey(
        "sales.OrderItem", RESTRICT, related_name="shipment_items", verbose_name=_("order line")
    )
    bin = models.ForeignKey(
        "stock.Bin",
        RESTRICT,
        related_name="shipment_items",
        verbose_name=_("bin"),
        null=True,
        blank=True,
        help_text=_("Empty: chosen when the goods are shipped."),
    )
    lot = models.ForeignKey(
        "stock.Lot",
        RESTRICT,
        related_name="shipment_items",
        verbose_name=_("lot"),
        null=True,
        blank=True,
        help_text=_("Empty: the lot that expires first."),
    )
    quantity = models.IntegerField(_("quantity"))
    unit_cost = Price(_("unit cost"), default=ZERO, editable=False)

    class Meta:
        db_table = "shipment_item"
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        ordering = ["shipment_id", "id"]
        constraints = [
            *integers("shipment_item", quantity=1),
            *prices("shipment_item", "unit_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.order_item.description} × {self.quantity}"
