"""What customers need not pay after all, or get back."""

import datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from inventory_project.base.actor import current_actor_id
from inventory_project.base.constraints import amounts, check, integers, one_of, percents, prices, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Amount, Instant, Percent, Price, Text
from inventory_project.base.models import Document, Line, StampedQuerySet, act
from inventory_project.base.money import ZERO

from .document import document_field, document_hash_field
from .number import legal_number_field
from .payment import PaymentMethod


class CreditNoteStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    CANCELLED = "cancelled", _("cancelled")


class CreditNoteQuerySet(StampedQuerySet):
    """Named sets of credit notes."""

    def to_refund(self) -> Self:
        """Issued, with something that the customer is still to get back."""
        used = Round(F("set_off_amount") + F("refunded_amount"), 2)
        return self.filter(status=CreditNoteStatus.ISSUED, total_amount__gt=used)


class CreditNote(Document):
    """A correction of an issued invoice in the customer's favour."""

    NUMBER = "credit_note_number"
    SERIES = "CN"
    EDITABLE = frozenset({CreditNoteStatus.DRAFT})
    ACTS = {
        "issue": act(_("Issue"), [CreditNoteStatus.DRAFT], [CreditNoteStatus.ISSUED]),
        "refund": act(_("Refund"), [CreditNoteStatus.ISSUED]),
        "cancel": act(_("Cancel"), [CreditNoteStatus.DRAFT], [CreditNoteStatus.CANCELLED]),
    }

    credit_note_number = legal_number_field(_("credit note number"))
    series_year = models.IntegerField(_("year of the number"), null=True, blank=True, editable=False)
    series_number = models.IntegerField(_("number within the year"), null=True, blank=True, editable=False)
    invoice = models.ForeignKey("billing.Invoice", RESTRICT, related_name="credit_notes", verbose_name=_("invoice"))
    sales_return = models.ForeignKey(
        "sales.SalesReturn",
        RESTRICT,
        related_name="credit_notes",
        verbose_name=_("sales return"),
        null=True,
        blank=True,
        help_text=_("The return that is credited, if there is one."),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=CreditNoteStatus.choices, default=CreditNoteStatus.DRAFT, editable=False
    )
    reason = Text(_("reason"), max_length=300, help_text=_("Why the customer is credited; printed on the note."))
    subtotal_amount = Amount(_("subtotal"), default=ZERO, editable=False)
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)
    total_amount = Amount(_("total"), default=ZERO, editable=False)
    set_off_amount = Amount(_("set off against the invoice"), default=ZERO, editable=False)
    refund_method = models.CharField(
        _("refund method"), max_length=20, choices=PaymentMethod.choices, blank=True, default="", editable=False
    )
    refunded_amount = Amount(_("refunded"), default=ZERO, editable=False)
    refunded_at = Instant(_("refunded on"), editable=False)
    refund_reference = Text(_("refund reference"), max_length=140, blank=True, editable=False)
    # One entry per time that money went back: amount, method, reference, refunded_at, user. The columns above have
    # the sum and the last one.
    refunds = models.JSONField(
        _("refunds"), default=list, db_default=models.Value([], models.JSONField()), blank=True, editable=False
    )
    issued_at = Instant(_("issued"), editable=False)
    cancelled_at = Instant(_("cancelled"), editable=False)
    document = document_field()
    document_sha256 = document_hash_field()

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        db_table = "credit_note"
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status"], name="credit_note_status"),
            models.Index(fields=["issued_at"], name="credit_note_issued_at"),
        ]
        constraints = [
            unique(
                "credit_note_number_unique", "credit_note_number", message=_("Another credit note has this number.")
            ),
            unique(
                "credit_note_series_unique",
                "series_year",
                "series_number",
                message=_("Another credit note has this number of the year."),
            ),
            one_of("credit_note", "status", CreditNoteStatus),
            check(
                "credit_note_refund_method_known",
                Q(refund_method__in=["", *sorted(PaymentMethod.values)]),
                _("The refund method must be empty or one of the payment methods."),
                code="invalid_choice",
            ),
            *integers("credit_note", series_year=1, series_number=1),
            *amounts("credit_note", "subtotal_amount", "tax_amount", "total_amount"),
            *amounts("credit_note", "set_off_amount", "refunded_amount"),
            check(
                "credit_note_total_adds_up",
                Q(total_amount=Round(F("subtotal_amount") + F("tax_amount"), 2)),
                _("The total must be subtotal plus tax."),
            ),
            check(
                "credit_note_used_within_total",
                Q(total_amount__gte=Round(F("set_off_amount") + F("refunded_amount"), 2)),
                _("No more can be set off and refunded than the credit note comes to."),
            ),
            check(
                "credit_note_refund_complete",
                Q(refunded_amount=0) | (Q(refunded_at__isnull=False) & ~Q(refund_method="")),
                _("A refund needs its date and its method."),
            ),
            check(
                "credit_note_issued_with_amount",
                ~Q(status=CreditNoteStatus.ISSUED) | Q(total_amount__gt=0),
                _("A credit note of 0 can't be issued."),
            ),
            check(
                "credit_note_numbered_once_issued",
                Q(status=CreditNoteStatus.ISSUED, series_number__isnull=False, issued_at__isnull=False)
                | (~Q(status=CreditNoteStatus.ISSUED) & Q(series_number=None, issued_at=None)),
                _("A credit note has a number and a date of issue from the moment of its issue."),
            ),
            check(
                "credit_note_series_complete",
                Q(series_year=None, series_number=None) | Q(series_year__isnull=False, series_number__isnull=False),
                _("A legal number consists of year and number."),
            ),
        ]

    @property
    def has_document(self) -> bool:
        """Whether the PDF has been made."""
        return bool(self.document_sha256)

    @property
    def amount_to_refund(self) -> Decimal:
        """What the customer is still to get back."""
        if self.status != CreditNoteStatus.ISSUED:
            return ZERO
        return self.total_amount - self.set_off_amount - self.refunded_amount

    def add_refund(self, amount: Decimal, method: str, reference: str, instant: datetime.datetime) -> None:
        """Money went back to the customer. Nothing is written yet."""
        entry = {
            "amount": str(amount),
            "method": method,
            "reference": reference,
            "refunded_at": instant.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z"),
            "user": current_actor_id(),
        }
        self.refunds = [*self.refunds, entry]
        self.refunded_amount += amount
        self.refund_method, self.refund_reference = method, reference
        self.refunded_at = max(filter(None, [self.refunded_at, instant]))


class CreditNoteItem(Line):
    """Units of one invoice line that are credited."""

    PARENT = "credit_note"

    credit_note = models.ForeignKey("billing.CreditNote", CASCADE, related_name="items", verbose_name=_("credit note"))
    invoice_item = models.ForeignKey(
        "billing.InvoiceItem", RESTRICT, related_name="credit_note_items", verbose_name=_("invoice line")
    )
    quantity = models.IntegerField(_("quantity"))
    unit_price = Price(_("unit price"), default=ZERO, editable=False)
    tax_percent = Percent(_("tax in percent"), editable=False)
    subtotal = Amount(_("net amount"), default=ZERO, editable=False)
    tax_amount = Amount(_("tax"), default=ZERO, editable=False)

    class Meta:
        db_table = "credit_note_item"
        verbose_name = _("credit note line")
        verbose_name_plural = _("credit note lines")
        ordering = ["credit_note_id", "id"]
        constraints = [
            unique(
                "credit_note_item_unique",
                "credit_note",
                "invoice_item",
                message=_("The invoice line is on this credit note already."),
            ),
            *integers("credit_note_item", quantity=1),
            *prices("credit_note_item", "unit_price"),
            *percents("credit_note_item", "tax_percent"),
            *amounts("credit_note_item", "subtotal", "tax_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_item.description} × {self.quantity}"
