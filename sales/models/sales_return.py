"""Goods that customers send back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, one_of, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, Text
from inventory_project.base.models import Document, Line, act, number_field
from stock.models.places import require_own_bin, require_own_bins


class SalesReturnStatus(models.TextChoices):
    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    RECEIVED = "received", _("received")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class Condition(models.TextChoices):
    RESELLABLE = "resellable", _("resellable")
    DAMAGED = "damaged", _("damaged")


class SalesReturn(Document):
    """A customer's wish to send goods of an order back, and what became of it."""

    NUMBER = "return_number"
    SERIES = "RT"
    EDITABLE = frozenset({SalesReturnStatus.REQUESTED})
    ACTS = {
        "approve": act(_("Approve"), [SalesReturnStatus.REQUESTED], [SalesReturnStatus.APPROVED]),
        "reject": act(_("Reject"), [SalesReturnStatus.REQUESTED], [SalesReturnStatus.REJECTED]),
        "receive": act(_("Receive"), [SalesReturnStatus.APPROVED], [SalesReturnStatus.RECEIVED]),
        "close": act(_("Close"), [SalesReturnStatus.RECEIVED], [SalesReturnStatus.CLOSED]),
        "cancel": act(
            _("Cancel"),
            [SalesReturnStatus.REQUESTED, SalesReturnStatus.APPROVED],
            [SalesReturnStatus.CANCELLED],
        ),
    }

    return_number = number_field(_("return number"))
    order = models.ForeignKey("sales.Order", RESTRICT, related_name="sales_returns", verbose_name=_("order"))
    warehouse = models.ForeignKey(
        "stock.Warehouse",
        RESTRICT,
        related_name="sales_returns",
        verbose_name=_("warehouse"),
        help_text=_("Where the goods are expected."),
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=SalesReturnStatus.choices,
        default=SalesReturnStatus.REQUESTED,
        editable=False,
    )
    reason = Text(_("reason"), max_length=300, help_text=_("Why the customer sends the goods back."))
    approved_at = Instant(_("approved"), editable=False)
    rejected_at = Instant(_("rejected"), editable=False)
    received_at = Instant(_("received"), editable=False)
    closed_at = Instant(_("closed"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)

    class Meta:
        db_table = "sales_return"
        verbose_name = _("sales return")
        verbose_name_plural = _("sales returns")
        ordering = ["-id"]
        indexes = [models.Index(fields=["status"], name="sales_return_status")]
        constraints = [
            unique("sales_return_number_unique", "return_number", message=_("Another return has this number.")),
            one_of("sales_return", "status", SalesReturnStatus),
        ]

    def clean(self) -> None:
        """The bins of the lines are in the warehouse that takes the goods back."""
        require_own_bins(self)


class SalesReturnItem(Line):
    """Units of one order line that come back, in one condition."""

    PARENT = "sales_return"

    sales_return = models.ForeignKey("sales.SalesReturn", CASCADE, related_name="items", verbose_name=_("sales return"))
    order_item = models.ForeignKey(
        "sales.OrderItem", RESTRICT, related_name="sales_return_items", verbose_name=_("order line")
    )
    lot = models.ForeignKey(
        "stock.Lot",
        RESTRICT,
        related_name="sales_return_items",
        verbose_name=_("lot"),
        null=True,
        blank=True,
        help_text=_("For tracked products: the lot that comes back."),
    )
    quantity = models.IntegerField(_("quantity"))
    quantity_received = models.IntegerField(_("received"), default=0, editable=False)
    condition = models.CharField(
        _("condition"),
        max_length=20,
        choices=Condition.choices,
        default=Condition.RESELLABLE,
        help_text=_("Only resellable goods go back to stock."),
    )
    bin = models.ForeignKey(
        "stock.Bin",
        RESTRICT,
        related_name="sales_return_items",
        verbose_name=_("bin"),
        null=True,
        blank=True,
        help_text=_("Where they are put away. Empty: the warehouse's default bin."),
    )

    class Meta:
        db_table = "sales_return_item"
        verbose_name = _("sales return line")
        verbose_name_plural = _("sales return lines")
        ordering = ["sales_return_id", "id"]
        constraints = [
            *integers("sales_return_item", quantity=1),
            one_of("sales_return_item", "condition", Condition),
            check(
                "sales_return_item_received_within_quantity",
                Q(quantity_received__gte=0) & Q(quantity_received__lte=F("quantity")),
                _("No more can be received than was announced."),
            ),
        ]

    def clean(self) -> None:
        """The bin is in the warehouse that takes the goods back."""
        require_own_bin(self)

    def __str__(self) -> str:
        return f"{self.order_item.description} × {self.quantity}"
