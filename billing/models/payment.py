"""What customers have paid."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import amounts, check, one_of, unique
from inventory_project.base.deletion import RESTRICT
from inventory_project.base.fields import Amount, Instant, Text
from inventory_project.base.models import Document, act, number_field


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("cash")
    CARD = "card", _("card")
    BANK_TRANSFER = "bank_transfer", _("bank transfer")
    CHECK = "check", _("check")


class PaymentStatus(models.TextChoices):
    RECORDED = "recorded", _("recorded")
    VOIDED = "voided", _("voided")


class Payment(Document):
    """Money that came in for one invoice."""

    IS_EXPORTED = True

    NUMBER = "payment_number"
    SERIES = "PAY"
    EDITABLE = frozenset()
    ACTS = {"void": act(_("Void"), [PaymentStatus.RECORDED], [PaymentStatus.VOIDED])}

    payment_number = number_field(_("payment number"))
    invoice = models.ForeignKey("billing.Invoice", RESTRICT, related_name="payments", verbose_name=_("invoice"))
    status = models.CharField(
        _("status"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.RECORDED, editable=False
    )
    amount = Amount(_("amount"), help_text=_("At most what is still to be paid."))
    payment_method = models.CharField(
        _("payment method"), max_length=20, choices=PaymentMethod.choices, default=PaymentMethod.BANK_TRANSFER
    )
    reference = Text(
        _("reference"), max_length=140, blank=True, help_text=_("As on the bank statement, the check or the receipt.")
    )
    # What a bank statement's line is known again by, so that it is never recorded twice.
    bank_entry = Text(_("bank entry"), max_length=60, blank=True, db_default="", editable=False)
    paid_date = Instant(_("paid"), null=False, blank=False, default=timezone.now)
    voided_at = Instant(_("voided"), editable=False)
    void_reason = Text(_("reason for voiding"), max_length=300, blank=True, editable=False)

    class Meta:
        db_table = "payment"
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["paid_date"], name="payment_paid_date")]
        constraints = [
            unique("payment_number_unique", "payment_number", message=_("Another payment has this number.")),
            unique(
                "payment_bank_entry_unique",
                "bank_entry",
                condition=Q(status=PaymentStatus.RECORDED) & ~Q(bank_entry=""),
                message=_("Another payment has this line of the bank statement already."),
            ),
            one_of("payment", "status", PaymentStatus),
            one_of("payment", "payment_method", PaymentMethod),
            *amounts("payment", "amount", least=Decimal("0.01")),
            check(
                "payment_voided_with_date",
                Q(status=PaymentStatus.VOIDED, voided_at__isnull=False)
                | Q(status=PaymentStatus.RECORDED, voided_at=None),
                _("Exactly a voided payment has a date on which it was voided."),
            ),
        ]
