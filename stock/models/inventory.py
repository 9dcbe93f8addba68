"""Balances: how much there is, where it lies, what it is worth. Written by the stock services only."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, prices, unique
from inventory_project.base.deletion import RESTRICT
from inventory_project.base.fields import Instant, LongText, Price
from inventory_project.base.models import StampedQuerySet, State
from inventory_project.base.money import units


class InventoryQuerySet(StampedQuerySet):
    """Named sets of balances."""

    def low(self) -> "InventoryQuerySet":
        """At or below the reorder level."""
        return self.filter(available__lte=F("reorder_level"))


class Inventory(State):
    """The balance of a product in a warehouse."""

    IS_EXPORTED = True

    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="inventory", verbose_name=_("product"))
    warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="inventory", verbose_name=_("warehouse"))
    quantity = models.IntegerField(_("on hand"), default=0, editable=False)
    reserved = models.IntegerField(_("reserved"), default=0, editable=False)
    available = models.GeneratedField(
        expression=F("quantity") - F("reserved"),
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=_("available"),
    )
    stock_value = Price(_("stock value"), default=Decimal("0"), editable=False)
    reorder_level = models.IntegerField(
        _("reorder level"), null=True, blank=True, help_text=_("Alert when available falls to this. Empty: never.")
    )
    reorder_quantity = models.IntegerField(
        _("reorder quantity"), default=0, help_text=_("How many to order above the level then. 0: just above it.")
    )
    last_counted = Instant(_("last counted"), editable=False)
    notes = LongText(_("notes"))

    objects = InventoryQuerySet.as_manager()

    class Meta:
        db_table = "inventory"
        verbose_name = _("inventory")
        verbose_name_plural = _("inventory")
        ordering = ["id"]
        permissions = [
            ("adjust_inventory", _("Can adjust stock")),
            ("open_inventory", _("Can enter opening stock")),
            ("see_cost_inventory", _("Can see costs and stock values")),
        ]
        constraints = [
            unique(
                "inventory_product_warehouse_unique",
                "product",
                "warehouse",
                message=_("The product has a balance in this warehouse already."),
            ),
            *integers("inventory", quantity=0, reserved=0, reorder_level=0, reorder_quantity=0),
            check(
                "inventory_reserved_within_quantity",
                Q(reserved__lte=F("quantity")),
                _("More would be reserved than there is."),
            ),
            *prices("inventory", "stock_value"),
            check(
                "inventory_empty_has_no_value",
                Q(quantity__gt=0) | Q(stock_value=0),
                _("An empty balance has no value."),
            ),
        ]
        indexes = [
            models.Index(fields=["quantity"], name="inventory_quantity"),
            models.Index(fields=["updated_at", "id"], name="inventory_updated_at"),
            models.Index(
                fields=["warehouse", "available"],
                name="inventory_low",
                condition=Q(reorder_level__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} @ {self.warehouse}"

    @property
    def average_cost(self) -> Decimal:
        """Moving average cost per unit; 0 when there is none."""
        return units(self.stock_value / self.quantity) if self.quantity else Decimal("0.0000")


class StockItem(State):
    """What lies in one bin: a product, of one lot if it is tracked."""

    IS_EXPORTED = True

    inventory = models.ForeignKey("stock.Inventory", RESTRICT, related_name="stock_items", verbose_name=_("inventory"))
    bin = models.ForeignKey("stock.Bin", RESTRICT, related_name="stock_items", verbose_name=_("bin"))
    lot = models.ForeignKey(
        "stock.Lot", RESTRICT, related_name="stock_items", verbose_name=_("lot"), null=True, blank=True
    )
    quantity = models.IntegerField(_("quantity"), default=0, editable=False)
    notes = LongText(_("notes"))

    class Meta:
        db_table = "stock_item"
        verbose_name = _("stock item")
        verbose_name_plural = _("stock items")
        ordering = ["id"]
        indexes = [models.Index(fields=["updated_at", "id"], name="stock_item_updated_at")]
        constraints = [
            unique(
                "stock_item_unique",
                "inventory",
                "bin",
                "lot",
                condition=Q(lot__isnull=False),
                message=_("This lot has a row in this bin already."),
            ),
            unique(
                "stock_item_unique_without_lot",
                "inventory",
                "bin",
                condition=Q(lot__isnull=True),
                message=_("The product has a row in this bin already."),
            ),
            *integers("stock_item", quantity=0),
        ]

    def __str__(self) -> str:
        return f"{self.inventory} / {self.bin}"
