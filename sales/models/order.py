"""What customers have committed to buy."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import TaxCategory
from inventory_project.base.constraints import amounts, check, integers, one_of, percents, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Amount, Instant, Percent, Price, Text
from inventory_project.base.models import Document, Line, StampedQuerySet, act, number_field
from inventory_project.base.money import ZERO

from .progress import Progress, annotations, progress
from .reservation import Reservation


class OrderStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    CONFIRMED = "confirmed", _("confirmed")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class PriceOrigin(models.TextChoices):
    NONE = "", _("not priced yet")
    LIST = "list", _("price list")
    PRODUCT = "product", _("product")
    MANUAL = "manual", _("typed")


class OrderQuerySet(StampedQuerySet):
    """Named sets of orders."""

    def to_ship(self) -> Self:
        """Confirmed, with something still to be shipped."""
        return self.filter(status=OrderStatus.CONFIRMED)

    def late(self, today: date) -> Self:
        """Still to be shipped although the day that the customer asked for has passed."""
        return self.to_ship().filter(requested_on__lt=today)

    def with_progress(self) -> Self:
        """Each with the sums that `Order.progress` needs, so that a list costs no query per order."""
        return self.annotate(**annotations(Order.objects.all(), OrderItem.objects.all()))


class Order(Document):
    """A customer's commitment to buy."""

    IS_EXPORTED = True

    NUMBER = "order_number"
    SERIES = "SO"
    EDITABLE = frozenset({OrderStatus.PENDING})
    ACTS = {
        "confirm": act(_("Confirm"), [OrderStatus.PENDING], [OrderStatus.CONFIRMED]),
        # A confirmed order whose lines are cut down to what has left is shipped by that.
        "change": act(
            _("Change"),
            [OrderStatus.PENDING, OrderStatus.CONFIRMED],
            [OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.SHIPPED],
        ),
        "reserve": act(_("Reserve"), [OrderStatus.CONFIRMED]),
        "release": act(_("Release"), [OrderStatus.CONFIRMED]),
        "ship": act(_("Ship"), [OrderStatus.CONFIRMED], [OrderStatus.CONFIRMED, OrderStatus.SHIPPED]),
        "close": act(_("Close short"), [OrderStatus.CONFIRMED], [OrderStatus.SHIPPED]),
        "deliver": act(_("Mark delivered"), [OrderStatus.SHIPPED], [OrderStatus.DELIVERED]),
        "cancel": act(_("Cancel"), [OrderStatus.PENDING, OrderStatus.CONFIRMED], [OrderStatus.CANCELLED]),
    }
    OPEN_LATER = {"requested_on": {OrderStatus.CONFIRMED}}

    order_number = number_field(_("order number"))
    customer = models.ForeignKey("sales.Customer", RESTRICT, related_name="orders", verbose_name=_("customer"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, RESTRICT, related_name="orders", verbose_name=_("placed by"), editable=False
    )
    status = models.CharField(
        _("status"), max_length=20, choices=OrderStatus.choices, default=OrderStatus.PENDING, editable=False
    )
    warehouse = models.ForeignKey(
        "stock.Warehouse",
        RESTRICT,
        related_name="orders",
        verbose_name=_("warehouse"),
        null=True,
        blank=True,
        help_text=_("Where the goods come from. Empty: chosen when the order is confirmed."),
    )
    price_list = models.ForeignKey(
        "catalog.PriceList",
        RESTRICT,
        related_name="orders",
        verbose_name=_("price list"),
        null=True,
        blank=True,
        help_text=_("Empty: the customer's."),
    )
    ordered_at = Instant(_("ordered"), null=False, blank=False, default=timezone.now)
    requested_on = models.DateField(
        _("requested for"), null=True, blank=True, help_text=_("The day by which the customer wants the goods shipped.")
    )
    customer_reference = Text(
        _("customer reference"), max_length=100, blank=True, help_text=_("The customer's own order number.")
    )
    allow_backorder = models.BooleanField(
        _("allow back-order"), default=False, help_text=_("Confirm with what is available; the rest follows later.")
    )
    billing_to = models.ForeignKey(
        "sales.CustomerAddress",
        RESTRICT,
        related_name="billed_orders",
        verbose_name=_("billing address"),
        null=True,
        blank=True,
        help_text=_("Empty: the customer's default."),
    )
    shipping_to = models.ForeignKey(
        "sales.CustomerAddress",
        RESTRICT,
        related_name="shipped_orders",
        verbose_name=_("shipping address"),
        null=True,
        blank=True,
        help_text=_("Empty: the customer's default."),
    )
    billing_address = models.JSONField(_("frozen billing address"), default=dict, blank=True, editable=False)
    shipping_address = models.JSONField(_("frozen shipping address"), default=dict, blank=True, editable=False)
    subtotal_amount = Amount(_("subtotal"), default=ZERO, editable=False)
    shipping_amount = Amount(_("shipping"), default=ZERO, help_text=_("Charge for the delivery, without tax."))
    shipping_tax_percent = Percent(_("tax on shipping in percent"), editable=False)
    shipping_tax_category = models.CharField(
        _("tax category of shipping"),
        max_length=2,
        choices=TaxCategory.choices,
        default=TaxCategory.STANDARD,
        editable=False,
    )
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)
    total_amount = Amount(_("total"), default=ZERO, editable=False)
    confirmed_at = Instant(_("confirmed"), editable=False)
    shipped_at = Instant(_("shipped"), editable=False)
    delivered_at = Instant(_("delivered"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)
    cancel_reason = Text(_("reason for cancelling"), max_length=300, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "order"
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status"], name="order_status"),
            models.Index(fields=["-created_at"], name="order_created_at"),
            models.Index(fields=["ordered_at"], name="order_ordered_at"),
            models.Index(fields=["updated_at", "id"], name="order_updated_at"),
        ]
        constraints = [
            unique("order_number_unique", "order_number", message=_("Another order has this number.")),
            one_of("order", "status", OrderStatus),
            one_of("order", "shipping_tax_category", TaxCategory),
            *amounts("order", "subtotal_amount", "shipping_amount", "tax_amount", "total_amount"),
            *percents("order", "shipping_tax_percent"),
            check(
                "order_total_adds_up",
                Q(total_amount=Round(F("subtotal_amount") + F("shipping_amount") + F("tax_amount"), 2)),
                _("The total must be subtotal plus shipping plus tax."),
            ),
        ]

    def clean(self) -> None:
        """The total follows the charge for the delivery at once; recalculating adds the charge's tax."""
        if self.shipping_amount is not None:
            self.total_amount = self.subtotal_amount + self.shipping_amount + self.tax_amount

    @property
    def progress(self) -> dict[str, Progress]:
        """How far the order is reserved, shipped, invoiced and paid."""
        known = hasattr(self, "units_ordered")
        return progress(self if known else Order.objects.with_progress().get(pk=self.pk))


class OrderItemQuerySet(StampedQuerySet):
    """Named sets of order lines."""

    def open(self) -> Self:
        """Lines of confirmed orders of which something is still to be shipped."""
        return self.filter(order__status=OrderStatus.CONFIRMED, quantity_shipped__lt=F("quantity"))

    def with_reserved(self) -> Self:
        """Each with the units that are reserved for it, as `reserved`."""
        mine = Reservation.objects.filter(order_item=OuterRef("pk")).order_by().values("order_item")
        return self.annotate(reserved=Coalesce(Subquery(mine.annotate(units=Sum("quantity")).values("units")), 0))

    def backordered(self) -> Self:
        """Open lines for which less is reserved than is still to be shipped."""
        return self.open().with_reserved().filter(reserved__lt=F("quantity") - F("quantity_shipped"))

    def to_invoice(self) -> Self:
        """Lines of which something is not on an invoice yet."""
        return self.filter(quantity_invoiced__lt=F("quantity"))


# What a person may change on a line, and what its price and description depend on.
AGREED = ("product_id", "quantity", "unit_price", "description")


class OrderItem(Line):
    """A quantity of one product within an order, at the price agreed."""

    IS_EXPORTED = True

    PARENT = "order"

    order = models.ForeignKey("sales.Order", CASCADE, related_name="items", verbose_name=_("order"))
    product = models.ForeignKey("catalog.Product", RESTRICT, related_name="order_items", verbose_name=_("product"))
    description = Text(_("description"), max_length=300, blank=True, help_text=_("Empty: the product's name."))
    unit = Text(_("unit"), max_length=3, default="C62", editable=False)
    quantity = models.IntegerField(_("quantity"))
    warehouse = models.ForeignKey(
        "stock.Warehouse",
        RESTRICT,
        related_name="order_items",
        verbose_name=_("warehouse"),
        null=True,
        blank=True,
        help_text=_("Empty: the order's."),
    )
    unit_price = Price(
        _("unit price"), blank=True, help_text=_("Without tax. Empty: from the price list or the product.")
    )
    price_origin = models.CharField(
        _("origin of the price"),
        max_length=20,
        choices=PriceOrigin.choices,
        default=PriceOrigin.NONE,
        blank=True,
        editable=False,
    )
    discount_percent = Percent(_("discount in percent"))
    tax_percent = Percent(_("tax in percent"), editable=False)
    tax_category = models.CharField(
        _("tax category"), max_length=2, choices=TaxCategory.choices, default=TaxCategory.STANDARD, editable=False
    )
    subtotal = Amount(_("net amount"), default=ZERO, editable=False)
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)
    quantity_shipped = models.IntegerField(_("shipped"), default=0, editable=False)
    quantity_returned = models.IntegerField(_("returned"), default=0, editable=False)
    quantity_invoiced = models.IntegerField(_("invoiced"), default=0, editable=False)

    objects = OrderItemQuerySet.as_manager()

    class Meta:
        db_table = "order_item"
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order_id", "id"]
        indexes = [models.Index(fields=["order", "product"], name="order_item_order_product")]
        constraints = [
            *integers("order_item", quantity=1),
            *prices("order_item", "unit_price"),
            *percents("order_item", "discount_percent", "tax_percent"),
            *amounts("order_item", "subtotal", "tax_amount"),
            one_of("order_item", "price_origin", PriceOrigin),
            one_of("order_item", "tax_category", TaxCategory),
            check(
                "order_item_shipped_within_quantity",
                Q(quantity_shipped__gte=0) & Q(quantity_shipped__lte=F("quantity")),
                _("No more can be shipped than was ordered."),
            ),
            check(
                "order_item_returned_within_shipped",
                Q(quantity_returned__gte=0) & Q(quantity_returned__lte=F("quantity_shipped")),
                _("No more can come back than was shipped."),
            ),
            check(
                "order_item_invoiced_within_quantity",
                Q(quantity_invoiced__gte=0) & Q(quantity_invoiced__lte=F("quantity")),
                _("No more can be invoiced than was ordered."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description or self.product} × {self.quantity}"

    @property
    def quantity_open(self) -> int:
        """What is still to be shipped."""
        return self.quantity - self.quantity_shipped

    @property
    def quantity_to_invoice(self) -> int:
        """What is on no invoice yet."""
        return self.quantity - self.quantity_invoiced

    @property
    def quantity_returnable(self) -> int:
        """What the customer has and may send back."""
        return self.quantity_shipped - self.quantity_returned

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs) -> Self:
        """Remember what was agreed, so that `clean` can tell what was typed."""
        line = super().from_db(db, field_names, values, **kwargs)
        loaded = line.__dict__
        line._agreed = {name: loaded[name] for name in AGREED if name in loaded}
        return line

    def clean(self) -> None:
        """A price that was typed stays. One left empty, or left as it was while product or quantity changed, is
        looked up when the order is recalculated."""
        agreed = getattr(self, "_agreed", {})
        changed = {name for name in agreed if getattr(self, name) != agreed[name]}
        if self.unit_price is None:
            self.unit_price, self.price_origin = ZERO, PriceOrigin.NONE
            self._agreed = {**agreed, "unit_price": ZERO}  # no price was typed, also if this is called again
        elif "unit_price" in changed or "unit_price" not in agreed:
            self.price_origin = PriceOrigin.MANUAL
        elif changed & {"product_id", "quantity"} and self.price_origin != PriceOrigin.MANUAL:
            self.price_origin = PriceOrigin.NONE
        if "product_id" in changed and "description" not in changed:
            self.description = ""
