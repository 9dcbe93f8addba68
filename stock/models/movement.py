"""The ledger of stock."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, one_of, prices, unique
from inventory_project.base.deletion import RESTRICT
from inventory_project.base.fields import PRICE_MAX, Price, Text
from inventory_project.base.models import Ledger


class MovementKind(models.TextChoices):
    RECEIPT = "receipt", _("receipt")
    SHIPMENT = "shipment", _("shipment")
    CUSTOMER_RETURN = "customer_return", _("customer return")
    TRANSFER_OUT = "transfer_out", _("transfer out")
    TRANSFER_IN = "transfer_in", _("transfer in")
    ADJUSTMENT = "adjustment", _("adjustment")
    COUNT = "count", _("count")
    OPENING = "opening", _("opening stock")
    REVERSAL = "reversal", _("reversal")


class StockMovement(Ledger):
    """A change of stock, written once and never altered."""

    IS_EXPORTED = True

    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="movements", verbose_name=_("product"))
    warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="movements", verbose_name=_("warehouse"))
    bin = models.ForeignKey("stock.Bin", RESTRICT, related_name="movements", verbose_name=_("bin"))
    lot = models.ForeignKey(
        "stock.Lot", RESTRICT, related_name="movements", verbose_name=_("lot"), null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=15, choices=MovementKind.choices)
    quantity = models.IntegerField(_("quantity"), help_text=_("Positive in, negative out."))
    unit_cost = Price(_("unit cost"))
    value = Price(_("value"), help_text=_("Positive in, negative out."))
    quantity_after = models.IntegerField(_("quantity after"), help_text=_("On hand in the warehouse, after this."))
    reason = Text(_("reason"), max_length=300, blank=True)
    reference = Text(_("document"), max_length=40, blank=True, db_index=True)
    source_type = Text(_("source"), max_length=40, blank=True)
    source_id = models.BigIntegerField(_("line of the source"), null=True, blank=True)
    reverses = models.ForeignKey(
        "self", RESTRICT, related_name="reversals", verbose_name=_("reverses"), null=True, blank=True, db_index=False
    )

    class Meta:
        db_table = "stock_movement"
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["-id"]
        permissions = [("reverse_stockmovement", _("Can reverse a movement"))]
        constraints = [
            one_of("stock_movement", "kind", MovementKind),
            check("stock_movement_quantity_not_zero", ~Q(quantity=0), _("A movement moves something.")),
            *integers("stock_movement", quantity_after=0),
            *prices("stock_movement", "unit_cost"),
            check(
                "stock_movement_value_range",
                Q(value__gte=-PRICE_MAX) & Q(value__lte=PRICE_MAX),
                _("The value is out of range."),
            ),
            check(
                "stock_movement_value_follows_quantity",
                Q(quantity__gt=0, value__gte=0) | Q(quantity__lt=0, value__lte=0),
                _("Value moves in the direction of the goods."),
            ),
            check(
                "stock_movement_reversing_is_reversal",
                Q(reverses=None) | Q(kind=MovementKind.REVERSAL),
                _("Only a reversal undoes another movement."),
            ),
            unique("stock_movement_reversed_once", "reverses", message=_("This movement has been reversed already.")),
        ]
        indexes = [
            models.Index(fields=["product", "warehouse", "id"], name="stock_movement_card"),
            models.Index(fields=["created_at"], name="stock_movement_created_at"),
            models.Index(fields=["source_type", "source_id"], name="stock_movement_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity:+d} {self.product}"
