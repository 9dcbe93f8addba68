"""Stock held back for an order."""

import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import integers, unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Instant, LongText
from inventory_project.base.models import StampedQuerySet, State


class ReservationQuerySet(StampedQuerySet):
    """Named sets of reservations."""

    def expired(self, now: datetime.datetime | None = None) -> Self:
        """Those whose time is over."""
        return self.filter(expires_at__lte=now or timezone.now())


class Reservation(State):
    """Units in one warehouse that are promised to one order line."""

    # The unique constraint below starts with order_item and serves as its index.
    order_item = models.ForeignKey(
        "sales.OrderItem", CASCADE, related_name="reservations", verbose_name=_("order line"), db_index=False
    )
    inventory = models.ForeignKey("stock.Inventory", RESTRICT, related_name="reservations", verbose_name=_("inventory"))
    quantity = models.IntegerField(_("quantity"))
    expires_at = Instant(_("expires"), help_text=_("Empty: never."))
    notes = LongText(_("notes"))

    objects = ReservationQuerySet.as_manager()

    class Meta:
        db_table = "reservation"
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["id"]
        indexes = [models.Index(fields=["expires_at"], name="reservation_expires_at")]
        constraints = [
            *integers("reservation", quantity=1),
            unique(
                "reservation_unique",
                "order_item",
                "inventory",
                message=_("The order line has a reservation in this warehouse already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inventory} × {self.quantity}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
