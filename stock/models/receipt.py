"""Goods that have arrived."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, one_of, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, Price, Text
from inventory_project.base.models import Document, Line, act, number_field
from stock.models.places import require_own_bin, require_own_bins


class ReceiptStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    CANCELLED = "cancelled", _("cancelled")


class GoodsReceipt(Document):
    """A delivery from a supplier, with or without an order."""

    NUMBER = "receipt_number"
    SERIES = "GR"
    EDITABLE = frozenset({ReceiptStatus.DRAFT})
    ACTS = {
        "post": act(_("Post"), [ReceiptStatus.DRAFT], [ReceiptStatus.POSTED]),
        "reverse": act(_("Reverse"), [ReceiptStatus.POSTED], [ReceiptStatus.POSTED, ReceiptStatus.REVERSED]),
        "cancel": act(_("Cancel"), [ReceiptStatus.DRAFT], [ReceiptStatus.CANCELLED]),
    }

    receipt_number = number_field(_("number"))
    purchase_order = models.ForeignKey(
        "stock.PurchaseOrder",
        RESTRICT,
        related_name="receipts",
        verbose_name=_("purchase order"),
        null=True,
        blank=True,
    )
    supplier = models.ForeignKey(
        "catalog.Supplier",
        RESTRICT,
        related_name="receipts",
        verbose_name=_("supplier"),
        null=True,
        blank=True,
        help_text=_("Needed without a purchase order."),
    )
    warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="receipts", verbose_name=_("warehouse"))
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=ReceiptStatus.choices,
        default=ReceiptStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    supplier_reference = Text(_("supplier's delivery note"), max_length=80, blank=True)
    posted_at = Instant(_("posted"), editable=False)
    reversed_at = Instant(_("reversed"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)

    class Meta:
        db_table = "goods_receipt"
        verbose_name = _("goods receipt")
        verbose_name_plural = _("goods receipts")
        ordering = ["-id"]
        constraints = [
            unique("goods_receipt_number_unique", "receipt_number", message=_("This number is taken.")),
            one_of("goods_receipt", "status", ReceiptStatus),
            check(
                "goods_receipt_has_origin",
                Q(purchase_order__isnull=False) | Q(supplier__isnull=False),
                _("Say which purchase order or which supplier the goods came from."),
            ),
        ]

    def clean(self) -> None:
        """The supplier is the order's; the bins of the lines are in the warehouse that receives."""
        order = self.purchase_order
        if order and self.supplier_id and self.supplier_id != order.supplier_id:
            text = _("%(order)s is an order to %(supplier)s. Leave this empty, or name them.")
            raise ValidationError({"supplier": text % {"order": order, "supplier": order.supplier}})
        require_own_bins(self)


class GoodsReceiptItem(Line):
    """What arrived of one product, and what of it was sent back at once."""

    IS_EXPORTED = True

    PARENT = "receipt"

    receipt = models.ForeignKey("stock.GoodsReceipt", CASCADE, related_name="items", verbose_name=_("goods receipt"))
    purchase_order_item = models.ForeignKey(
        "stock.PurchaseOrderItem",
        RESTRICT,
        related_name="receipt_items",
        verbose_name=_("purchase order line"),
        null=True,
        blank=True,
    )
    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="receipt_items", verbose_name=_("product"))
    bin = models.ForeignKey(
        "stock.Bin",
        RESTRICT,
        related_name="receipt_items",
        verbose_name=_("bin"),
        null=True,
        blank=True,
        help_text=_("Empty: the default bin."),
    )
    lot = models.ForeignKey(
        "stock.Lot",
        RESTRICT,
        related_name="receipt_items",
        verbose_name=_("lot"),
        null=True,
        blank=True,
        editable=False,
    )
    lot_number = Text(
        _("lot or serial number"), max_length=80, blank=True, help_text=_("For products that are tracked.")
    )
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    quantity = models.IntegerField(_("accepted"), default=0)
    quantity_rejected = models.IntegerField(
        _("rejected"), default=0, help_text=_("Not taken in; stays open on the order.")
    )
    quantity_reversed = models.IntegerField(_("sent back"), default=0, editable=False)
    unit_cost = Price(_("unit cost"), null=True, blank=True, help_text=_("Empty: the order's, else the product's."))

    class Meta:
        db_table = "goods_receipt_item"
        verbose_name = _("goods receipt line")
        verbose_name_plural = _("goods receipt lines")
        ordering = ["id"]
        constraints = [
            *integers("goods_receipt_item", quantity=0, quantity_rejected=0, quantity_reversed=0),
            check(
                "goods_receipt_item_says_something",
                Q(quantity__gt=0) | Q(quantity_rejected__gt=0),
                _("Enter how many were accepted or rejected."),
            ),
            check(
                "goods_receipt_item_reversed_within_quantity",
                Q(quantity_reversed__lte=models.F("quantity")),
                _("More would be sent back than was received."),
            ),
            *prices("goods_receipt_item", "unit_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.product} × {self.quantity}"

    @property
    def quantity_kept(self) -> int:
        """What was accepted and not sent back since."""
        return self.quantity - self.quantity_reversed

    def clean(self) -> None:
        """The order line is of the same product; the bin is in the warehouse that receives."""
        if self.purchase_order_item and self.purchase_order_item.product_id != self.product_id:
            raise ValidationError({"product": _("The order line is for another product.")})
        require_own_bin(self)
