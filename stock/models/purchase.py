"""Orders to suppliers."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import amounts, check, integers, one_of, percents, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Amount, Instant, Percent, Price
from inventory_project.base.models import Document, Line, StampedQuerySet, act, number_field


class PurchaseStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ORDERED = "ordered", _("ordered")
    PARTIALLY_RECEIVED = "partially_received", _("partially received")
    RECEIVED = "received", _("received")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


RECEIVABLE = (PurchaseStatus.ORDERED, PurchaseStatus.PARTIALLY_RECEIVED)


class PurchaseOrderQuerySet(StampedQuerySet):
    """Named sets of purchase orders."""

    def receivable(self) -> "PurchaseOrderQuerySet":
        """Those that goods may still arrive for."""
        return self.filter(status__in=RECEIVABLE)


class PurchaseOrder(Document):
    """An order to a supplier."""

    IS_EXPORTED = True

    NUMBER = "purchase_order_number"
    SERIES = "PO"
    EDITABLE = frozenset({PurchaseStatus.DRAFT})
    ACTS = {
        "send": act(_("Send"), [PurchaseStatus.DRAFT], [PurchaseStatus.ORDERED]),
        "receive": act(_("Receive"), RECEIVABLE, [PurchaseStatus.PARTIALLY_RECEIVED, PurchaseStatus.RECEIVED]),
        "close": act(_("Close short"), [PurchaseStatus.PARTIALLY_RECEIVED], [PurchaseStatus.CLOSED]),
        "cancel": act(_("Cancel"), [PurchaseStatus.DRAFT, PurchaseStatus.ORDERED], [PurchaseStatus.CANCELLED]),
    }
    OPEN_LATER = {"expected_at": RECEIVABLE}

    purchase_order_number = number_field(_("number"))
    supplier = models.ForeignKey(
        "catalog.Supplier", RESTRICT, related_name="purchase_orders", verbose_name=_("supplier")
    )
    warehouse = models.ForeignKey(
        "stock.Warehouse", RESTRICT, related_name="purchase_orders", verbose_name=_("deliver to")
    )
    status = models.CharField(
        _("status"),
        max_length=18,
        choices=PurchaseStatus.choices,
        default=PurchaseStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    expected_at = Instant(_("expected"))
    ordered_at = Instant(_("ordered"), editable=False)
    received_at = Instant(_("received"), editable=False)
    closed_at = Instant(_("closed"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)
    subtotal_amount = Amount(_("subtotal"), default=Decimal("0"), editable=False)
    tax_amount = Amount(_("tax"), default=Decimal("0"), editable=False)
    total_amount = Amount(_("total"), default=Decimal("0"), editable=False)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        db_table = "purchase_order"
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering = ["-id"]
        constraints = [
            unique("purchase_order_number_unique", "purchase_order_number", message=_("This number is taken.")),
            one_of("purchase_order", "status", PurchaseStatus),
            *amounts("purchase_order", "subtotal_amount", "tax_amount", "total_amount"),
            check(
                "purchase_order_total_adds_up",
                Q(total_amount=Round(F("subtotal_amount") + F("tax_amount"), 2)),
                _("The total is the subtotal and the tax."),
            ),
        ]


class PurchaseOrderItem(Line):
    """A product, how many, at which cost."""

    IS_EXPORTED = True

    PARENT = "purchase_order"

    purchase_order = models.ForeignKey(
        "stock.PurchaseOrder", CASCADE, related_name="items", verbose_name=_("purchase order")
    )
    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="purchase_items", verbose_name=_("product"))
    quantity = models.IntegerField(_("quantity"))
    quantity_received = models.IntegerField(_("received"), default=0, editable=False)
    # Null until the order is first summed up, which fills them in.
    unit_cost = Price(
        _("unit cost"),
        null=True,
        blank=True,
        help_text=_("Without tax, before the discount. Empty: the supplier's offer, else the product's cost."),
    )
    discount_percent = Percent(_("discount in percent"))
    tax_percent = Percent(
        _("tax in percent"), null=True, blank=True, default=None, help_text=_("Empty: the product's rate.")
    )
    subtotal = Amount(_("net amount"), default=Decimal("0"), editable=False)

    class Meta:
        db_table = "purchase_order_item"
        verbose_name = _("purchase order line")
        verbose_name_plural = _("purchase order lines")
        ordering = ["id"]
        constraints = [
            unique(
                "purchase_order_item_unique",
                "purchase_order",
                "product",
                message=_("The product is on this order already."),
            ),
            *integers("purchase_order_item", quantity=1, quantity_received=0),
            *prices("purchase_order_item", "unit_cost"),
            *percents("purchase_order_item", "discount_percent", "tax_percent"),
            *amounts("purchase_order_item", "subtotal"),
        ]

    def __str__(self) -> str:
        return f"{self.product} × {self.quantity}"

    @property
    def quantity_open(self) -> int:
        """What is still to come; 0 after an over-receipt."""
        return max(self.quantity - self.quantity_received, 0)
