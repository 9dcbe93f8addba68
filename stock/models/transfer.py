"""Goods on their way from one warehouse to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, one_of, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, Price, Text
from inventory_project.base.models import Document, Line, act, number_field
from stock.models.places import require_own_bin, require_own_bins, require_own_lot


class TransferStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_TRANSIT = "in_transit", _("in transit")
    RECEIVED = "received", _("received")
    CANCELLED = "cancelled", _("cancelled")


class StockTransfer(Document):
    """A move of goods between two warehouses, in two steps."""

    NUMBER = "transfer_number"
    SERIES = "TR"
    EDITABLE = frozenset({TransferStatus.DRAFT})
    ACTS = {
        "dispatch": act(_("Dispatch"), [TransferStatus.DRAFT], [TransferStatus.IN_TRANSIT]),
        "receive": act(_("Receive"), [TransferStatus.IN_TRANSIT], [TransferStatus.IN_TRANSIT, TransferStatus.RECEIVED]),
        "close": act(_("Close short"), [TransferStatus.IN_TRANSIT], [TransferStatus.RECEIVED]),
        "cancel": act(_("Cancel"), [TransferStatus.DRAFT], [TransferStatus.CANCELLED]),
    }
    OPEN_LATER = {"expected_at": {TransferStatus.IN_TRANSIT}}

    transfer_number = number_field(_("number"))
    from_warehouse = models.ForeignKey(
        "stock.Warehouse", RESTRICT, related_name="transfers_out", verbose_name=_("from")
    )
    to_warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="transfers_in", verbose_name=_("to"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=TransferStatus.choices,
        default=TransferStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    expected_at = Instant(_("expected"))
    dispatched_at = Instant(_("dispatched"), editable=False)
    received_at = Instant(_("received"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)
    close_reason = Text(_("reason for closing short"), max_length=300, blank=True, editable=False)

    class Meta:
        db_table = "stock_transfer"
        verbose_name = _("stock transfer")
        verbose_name_plural = _("stock transfers")
        ordering = ["-id"]
        constraints = [
            unique("stock_transfer_number_unique", "transfer_number", message=_("This number is taken.")),
            one_of("stock_transfer", "status", TransferStatus),
            check(
                "stock_transfer_two_warehouses",
                ~Q(from_warehouse=F("to_warehouse")),
                _("Choose two different warehouses."),
            ),
        ]

    def clean(self) -> None:
        """The bins of the lines are in the warehouses that the goods leave and reach."""
        require_own_bins(self, "from_bin", "from_warehouse")
        require_own_bins(self, "to_bin", "to_warehouse")


class StockTransferItem(Line):
    """A product and how much of it moves."""

    PARENT = "transfer"

    transfer = models.ForeignKey("stock.StockTransfer", CASCADE, related_name="items", verbose_name=_("transfer"))
    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="transfer_items", verbose_name=_("product"))
    lot = models.ForeignKey(
        "stock.Lot", RESTRICT, related_name="transfer_items", verbose_name=_("lot"), null=True, blank=True
    )
    from_bin = models.ForeignKey(
        "stock.Bin", RESTRICT, related_name="transfer_items_out", verbose_name=_("from bin"), null=True, blank=True
    )
    to_bin = models.ForeignKey(
        "stock.Bin", RESTRICT, related_name="transfer_items_in", verbose_name=_("to bin"), null=True, blank=True
    )
    quantity = models.IntegerField(_("quantity"))
    quantity_received = models.IntegerField(_("received"), default=0, editable=False)
    value_in_transit = Price(_("value in transit"), default=0, editable=False)

    class Meta:
        db_table = "stock_transfer_item"
        verbose_name = _("transfer line")
        verbose_name_plural = _("transfer lines")
        ordering = ["id"]
        constraints = [
            *integers("stock_transfer_item", quantity=1, quantity_received=0),
            check(
                "stock_transfer_item_received_within_sent",
                Q(quantity_received__lte=F("quantity")),
                _("More would be received than was sent."),
            ),
            *prices("stock_transfer_item", "value_in_transit"),
        ]

    def __str__(self) -> str:
        return f"{self.product} × {self.quantity}"

    @property
    def quantity_open(self) -> int:
        return self.quantity - self.quantity_received

    def clean(self) -> None:
        """The lot and the bins belong to the product and the warehouses."""
        require_own_lot(self)
        require_own_bin(self, "from_bin", "from_warehouse")
        require_own_bin(self, "to_bin", "to_warehouse")
