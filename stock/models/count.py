"""Counting what is really there."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, one_of, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, Text
from inventory_project.base.models import Document, Line, act, number_field
from stock.models.places import require_own_bin, require_own_bins, require_own_lot


class CountStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    COUNTING = "counting", _("counting")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")


class StockCount(Document):
    """A stock-take of a warehouse or a part of it."""

    NUMBER = "count_number"
    SERIES = "SC"
    EDITABLE = frozenset({CountStatus.DRAFT})
    ACTS = {
        "start": act(_("Start"), [CountStatus.DRAFT], [CountStatus.COUNTING]),
        "enter": act(_("Enter counts"), [CountStatus.COUNTING]),
        "post": act(_("Post differences"), [CountStatus.COUNTING], [CountStatus.POSTED]),
        "cancel": act(_("Cancel"), [CountStatus.DRAFT, CountStatus.COUNTING], [CountStatus.CANCELLED]),
    }

    count_number = number_field(_("number"))
    warehouse = models.ForeignKey("stock.Warehouse", RESTRICT, related_name="counts", verbose_name=_("warehouse"))
    category = models.ForeignKey(
        "catalog.Category",
        RESTRICT,
        related_name="counts",
        verbose_name=_("only this category"),
        null=True,
        blank=True,
    )
    bin = models.ForeignKey(
        "stock.Bin", RESTRICT, related_name="counts", verbose_name=_("only this bin"), null=True, blank=True
    )
    only_low = models.BooleanField(
        _("only what is low"),
        default=False,
        db_default=False,
        help_text=_("What is at or below its reorder level then."),
    )
    uncounted_days = models.IntegerField(
        _("not counted for days"),
        null=True,
        blank=True,
        help_text=_("Only what was not counted for more than so many days. Empty: whenever it was counted."),
    )
    only_chosen = models.BooleanField(
        _("only chosen places"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Its lines were named one by one."),
    )
    is_blind = models.BooleanField(
        _("blind"), default=False, help_text=_("Counters don't see what the system expects.")
    )
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=CountStatus.choices,
        default=CountStatus.DRAFT,
        editable=False,
        db_index=True,
    )
    started_at = Instant(_("started"), editable=False)
    posted_at = Instant(_("posted"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)

    class Meta:
        db_table = "stock_count"
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        ordering = ["-id"]
        permissions = [("see_expected_stockcount", _("Can see expected quantities of blind counts"))]
        constraints = [
            unique("stock_count_number_unique", "count_number", message=_("This number is taken.")),
            one_of("stock_count", "status", CountStatus),
            *integers("stock_count", uncounted_days=0),
        ]

    def clean(self) -> None:
        """The bin, and those of the lines, are in the warehouse that is counted."""
        if self.bin and self.bin.warehouse_id != self.warehouse_id:
            raise ValidationError({"bin": _("This bin is in another warehouse.")})
        require_own_bins(self)


class StockCountItem(Line):
    """One place to count: what was expected there, what was found."""

    PARENT = "count"

    count = models.ForeignKey("stock.StockCount", CASCADE, related_name="items", verbose_name=_("count"))
    stock_item = models.ForeignKey(
        "stock.StockItem", RESTRICT, related_name="count_items", verbose_name=_("stock item"), null=True, blank=True
    )
    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="count_items", verbose_name=_("product"))
    bin = models.ForeignKey("stock.Bin", RESTRICT, related_name="count_items", verbose_name=_("bin"))
    lot = models.ForeignKey(
        "stock.Lot", RESTRICT, related_name="count_items", verbose_name=_("lot"), null=True, blank=True
    )
    counted_quantity = models.IntegerField(
        _("counted"), null=True, blank=True, help_text=_("Empty: not counted yet. 0: nothing there.")
    )
    expected_quantity = models.IntegerField(_("expected"), null=True, blank=True, editable=False)
    counted_at = Instant(_("counted at"), editable=False)
    counted_by = models.ForeignKey(
        "accounts.User",
        RESTRICT,
        related_name="+",
        verbose_name=_("counted by"),
        null=True,
        blank=True,
        editable=False,
    )
    reason = Text(_("reason"), max_length=300, blank=True)

    class Meta:
        db_table = "stock_count_item"
        verbose_name = _("count line")
        verbose_name_plural = _("count lines")
        ordering = ["id"]
        constraints = [
            unique(
                "stock_count_item_unique",
                "count",
                "product",
                "bin",
                "lot",
                condition=Q(lot__isnull=False),
                message=_("This place has a line already."),
            ),
            unique(
                "stock_count_item_unique_without_lot",
                "count",
                "product",
                "bin",
                condition=Q(lot__isnull=True),
                message=_("This place has a line already."),
            ),
            *integers("stock_count_item", counted_quantity=0, expected_quantity=0),
            check(
                "stock_count_item_counted_has_stamp",
                Q(counted_quantity=None, counted_at=None, expected_quantity=None)
                | Q(counted_quantity__isnull=False, counted_at__isnull=False, expected_quantity__isnull=False),
                _("A counted line says when, and what was expected at that instant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} / {self.bin}"

    def clean(self) -> None:
        """The bin is in the warehouse that is counted, the lot is of the product."""
        require_own_bin(self)
        require_own_lot(self)

    @property
    def difference(self) -> int | None:
        """Counted less expected; None until counted."""
        return None if self.counted_quantity is None else self.counted_quantity - self.expected_quantity
