"""What customers owe."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import TaxCategory
from catalog.pricing import price_lines
from inventory_project.base.actor import current_actor_id
from inventory_project.base.clock import today
from inventory_project.base.constraints import amounts, check, integers, one_of, percents, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Amount, Instant, Percent, Price, Text
from inventory_project.base.models import Document, Line, StampedQuerySet, act
from inventory_project.base.money import ZERO

from .document import document_field, document_hash_field
from .number import legal_number_field


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    PAID = "paid", _("paid")
    OVERDUE = "overdue", _("overdue")
    CANCELLED = "cancelled", _("cancelled")


class InvoiceItemKind(models.TextChoices):
    GOODS = "goods", _("goods")
    SHIPPING = "shipping", _("shipping")


UNPAID = (InvoiceStatus.ISSUED, InvoiceStatus.OVERDUE)


class InvoiceQuerySet(StampedQuerySet):
    """Named sets of invoices."""

    def open(self) -> Self:
        """Issued, with something still to be paid."""
        return self.filter(status__in=UNPAID, balance__gt=0)

    def overdue(self) -> Self:
        """Still open after the due date, whether or not they have been marked so yet."""
        return self.open().filter(due_date__lt=timezone.now())


class Invoice(Document):
    """A demand for payment."""

    IS_EXPORTED = True

    NUMBER = "invoice_number"
    SERIES = "INV"
    EDITABLE = frozenset({InvoiceStatus.DRAFT})
    ACTS = {
        "issue": act(_("Issue"), [InvoiceStatus.DRAFT], [InvoiceStatus.ISSUED, InvoiceStatus.PAID]),
        "pay": act(_("Record payment"), UNPAID, [*UNPAID, InvoiceStatus.PAID]),
        "mark_overdue": act(_("Mark overdue"), [InvoiceStatus.ISSUED], [InvoiceStatus.OVERDUE]),
        # Of the paid ones only those of 0: see allowed_actions.
        "cancel": act(_("Cancel"), [InvoiceStatus.DRAFT, *UNPAID, InvoiceStatus.PAID], [InvoiceStatus.CANCELLED]),
    }

    invoice_number = legal_number_field(_("invoice number"))
    series_year = models.IntegerField(_("year of the number"), null=True, blank=True, editable=False)
    series_number = models.IntegerField(_("number within the year"), null=True, blank=True, editable=False)
    customer = models.ForeignKey("sales.Customer", RESTRICT, related_name="invoices", verbose_name=_("customer"))
    order = models.ForeignKey(
        "sales.Order",
        RESTRICT,
        related_name="invoices",
        verbose_name=_("order"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Empty: an invoice without an order."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        RESTRICT,
        default=current_actor_id,
        related_name="invoices",
        verbose_name=_("ordered by"),
        editable=False,
        help_text=_("Who placed the order; without an order, who wrote the invoice."),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT, editable=False
    )
    billing_to = models.ForeignKey(
        "sales.CustomerAddress",
        RESTRICT,
        related_name="invoices",
        verbose_name=_("billing address"),
        null=True,
        blank=True,
        help_text=_("Empty: the customer's default."),
    )
    billing_address = models.JSONField(_("frozen billing address"), default=dict, blank=True, editable=False)
    seller = models.JSONField(_("frozen seller"), default=dict, blank=True, editable=False)
    particulars = models.JSONField(_("frozen particulars"), default=dict, blank=True, editable=False)
    due_date = Instant(_("due"), help_text=_("Empty: by the customer's payment terms, from the day of issue."))
    issued_date = Instant(_("issued"), editable=False)
    sent_at = Instant(_("sent"), editable=False)
    paid_date = Instant(_("paid"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)
    cancel_reason = Text(_("reason for cancelling"), max_length=300, blank=True, editable=False)
    subtotal_amount = Amount(_("subtotal"), default=ZERO, editable=False)
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)
    total_amount = Amount(_("total"), default=ZERO, editable=False)
    amount_paid = Amount(_("amount paid"), default=ZERO, editable=False)
    # What credit notes have taken off: set off against the balance, or refunded. What is still to be refunded is not
    # in it, since the balance (paid - refunded + credited <= total) would fall below 0.
    amount_credited = Amount(_("amount credited"), default=ZERO, editable=False)
    amount_refunded = Amount(_("amount refunded"), default=ZERO, editable=False)
    balance = models.GeneratedField(
        expression=Round(F("total_amount") - F("amount_paid") - F("amount_credited") + F("amount_refunded"), 2),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("balance"),
    )
    document = document_field()
    document_sha256 = document_hash_field()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        db_table = "invoice"
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-id"]
        permissions = [("export_report", _("Can download reports as CSV"))]
        indexes = [
            models.Index(fields=["status"], name="invoice_status"),
            models.Index(fields=["due_date"], name="invoice_due_date"),
            models.Index(fields=["issued_date"], name="invoice_issued_date"),
            models.Index(fields=["updated_at", "id"], name="invoice_updated_at"),
        ]
        constraints = [
            unique("invoice_number_unique", "invoice_number", message=_("Another invoice has this number.")),
            unique(
                "invoice_series_unique",
                "series_year",
                "series_number",
                message=_("Another invoice has this number of the year."),
            ),
            one_of("invoice", "status", InvoiceStatus),
            *integers("invoice", series_year=1, series_number=1),
            *amounts("invoice", "subtotal_amount", "tax_amount", "total_amount"),
            *amounts("invoice", "amount_paid", "amount_credited", "amount_refunded"),
            check(
                "invoice_total_adds_up",
                Q(total_amount=Round(F("subtotal_amount") + F("tax_amount"), 2)),
                _("The total must be subtotal plus tax."),
            ),
            check(
                "invoice_refunded_within_paid",
                Q(amount_refunded__lte=F("amount_paid")),
                _("No more can be refunded than was paid."),
            ),
            check(
                "invoice_balance_not_negative",
                Q(balance__gte=0),
                _("Payments and credits would come to more than the total."),
            ),
            check(
                "invoice_paid_exactly_without_balance",
                Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.CANCELLED])
                | Q(status=InvoiceStatus.PAID, balance=0)
                | Q(status__in=UNPAID, balance__gt=0),
                _("An issued invoice is paid exactly when nothing is left to pay."),
            ),
            check(
                "invoice_numbered_once_issued",
                Q(status=InvoiceStatus.CANCELLED)
                | Q(status=InvoiceStatus.DRAFT, series_number=None, issued_date=None)
                | (
                    ~Q(status=InvoiceStatus.DRAFT)
                    & Q(series_number__isnull=False, issued_date__isnull=False, due_date__isnull=False)
                ),
                _("An invoice has a number, a date of issue and a due date from the moment of its issue."),
            ),
            check(
                "invoice_paid_date_once_paid",
                Q(status=InvoiceStatus.PAID, paid_date__isnull=False)
                | (~Q(status=InvoiceStatus.PAID) & Q(paid_date=None)),
                _("Exactly a paid invoice has a date on which it was paid."),
            ),
            check(
                "invoice_series_complete",
                Q(series_year=None, series_number=None) | Q(series_year__isnull=False, series_number__isnull=False),
                _("A legal number consists of year and number."),
            ),
        ]

    def clean(self) -> None:
        """The invoice goes to an address of its customer."""
        if self.billing_to_id and self.customer_id and self.billing_to.customer_id != self.customer_id:
            raise ValidationError({"billing_to": _("This is an address of another customer.")})

    @property
    def allowed_actions(self) -> list[str]:
        """The steps that the status allows now. An invoice of 0 is paid at once, and can be called off all the same."""
        settled = self.status == InvoiceStatus.PAID and self.total_amount
        return [name for name in super().allowed_actions if not (settled and name == "cancel")]

    @property
    def is_in_force(self) -> bool:
        """Issued, and not called off: it can be sent and credited."""
        return self.series_number is not None and self.status != InvoiceStatus.CANCELLED

    @property
    def has_document(self) -> bool:
        """Whether the PDF has been made."""
        return bool(self.document_sha256)

    @property
    def is_unpaid(self) -> bool:
        """Issued, and something of it is to be paid."""
        return self.status in UNPAID

    @property
    def is_overdue(self) -> bool:
        """Whether the due date has passed with something still to be paid."""
        return (
            self.status in UNPAID and self.balance > 0 and self.due_date is not None and self.due_date < timezone.now()
        )


class InvoiceItem(Line):
    """What is charged for: goods of an order, shipping, or anything described freely."""

    PARENT = "invoice"

    invoice = models.ForeignKey("billing.Invoice", CASCADE, related_name="items", verbose_name=_("invoice"))
    kind = models.CharField(
        _("kind"), max_length=20, choices=InvoiceItemKind.choices, default=InvoiceItemKind.GOODS, editable=False
    )
    product = models.ForeignKey(
        "catalog.Product",
        RESTRICT,
        related_name="invoice_items",
        verbose_name=_("product"),
        null=True,
        blank=True,
        help_text=_("Empty: a free line."),
    )
    order_item = models.ForeignKey(
        "sales.OrderItem",
        RESTRICT,
        related_name="invoice_items",
        verbose_name=_("order line"),
        null=True,
        blank=True,
        editable=False,
    )
    description = Text(
        _("description"), max_length=300, blank=True, help_text=_("Empty: the product's name. A free line needs one.")
    )
    unit = Text(_("unit"), max_length=3, default="C62", editable=False)
    quantity = models.IntegerField(_("quantity"))
    unit_price = Price(
        _("unit price"), blank=True, help_text=_("Without tax. Empty: the customer's price of the product.")
    )
    discount_percent = Percent(_("discount in percent"))
    tax_percent = Percent(_("tax in percent"), blank=True)
    tax_category = models.CharField(
        _("tax category"),
        max_length=2,
        choices=TaxCategory.choices,
        blank=True,
        default="",
        help_text=_("Empty: tax as for this product and customer, unless a percentage is given."),
    )
    # The tax that was looked up, if it was. As long as the line bears it, it is looked up again, until the issue.
    usual_tax = Text(_("usual tax"), max_length=20, blank=True, db_default="", editable=False)
    subtotal = Amount(_("net amount"), default=ZERO, editable=False)
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)

    class Meta:
        db_table = "invoice_item"
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["invoice_id", "id"]
        indexes = [models.Index(fields=["invoice", "product"], name="invoice_item_invoice_product")]
        constraints = [
            one_of("invoice_item", "kind", InvoiceItemKind),
            check(
                "invoice_item_tax_category_known",
                Q(tax_category__in=["", *sorted(TaxCategory.values)]),
                _("The tax category must be empty or one of the known categories."),
                code="invalid_choice",
            ),
            check(
                "invoice_item_untaxed_categories_are_zero",
                Q(tax_category__in=["", TaxCategory.STANDARD]) | Q(tax_percent=0),
                _("Only the standard tax category has a rate above 0."),
            ),
            *integers("invoice_item", quantity=1),
            *prices("invoice_item", "unit_price"),
            *percents("invoice_item", "discount_percent", "tax_percent"),
            *amounts("invoice_item", "subtotal", "tax_amount"),
            check(
                "invoice_item_says_what_for",
                Q(product__isnull=False) | ~Q(description=""),
                _("A line without a product needs a description."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description or self.product} × {self.quantity}"

    @property
    def tax_is_usual(self) -> bool:
        """Whether the tax is to be looked up: nobody has chosen another than was found."""
        if not self.tax_category:
            return not self.tax_percent
        return self.usual_tax == self._tax

    def set_usual_tax(self, percent: Decimal, category: str) -> None:
        """Take over what was looked up."""
        self.tax_percent, self.tax_category = percent, category
        self.usual_tax = self._tax

    @property
    def _tax(self) -> str:
        return f"{self.tax_category} {self.tax_percent:.3f}"

    def clean(self) -> None:
        """A price left empty is the customer's; tax left empty is found when the invoice is recalculated."""
        if self.tax_percent is None:
            self.tax_percent = ZERO
        if self.unit_price is None and self.product_id is None:
            raise ValidationError({"unit_price": _("A line without a product needs a price.")}, code="required")
        if self.unit_price is None:
            [quote] = price_lines([self], price_list=self.invoice.customer.price_list, day=today())
            self.unit_price = quote.price
