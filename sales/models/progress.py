"""How far an order has come: derived from its lines, reservations and invoices, never stored."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext_lazy as _

from inventory_project.base.money import ZERO, cents

from .reservation import Reservation


class Extent(models.TextChoices):
    NOT = "not", _("not at all")
    PARTLY = "partly", _("partly")
    FULLY = "fully", _("fully")


@dataclass(frozen=True)
class Progress:
    """So much of so much: units, or an amount of money."""

    done: int | Decimal
    of: int | Decimal

    @property
    def extent(self) -> Extent:
        if not self.done:
            return Extent.NOT
        return Extent.PARTLY if self.done < self.of else Extent.FULLY

    def __str__(self) -> str:
        return f"{self.done}/{self.of}"


MONEY = DecimalField(max_digits=14, decimal_places=2)


def annotations(orders: models.QuerySet, lines: models.QuerySet) -> dict[str, models.Expression]:
    """The sums behind an order's progress, as expressions over its row."""
    reserved = Reservation.objects.filter(order_item__order=OuterRef("pk")).order_by().values("order_item__order")
    paid = orders.filter(pk=OuterRef("pk")).order_by().values("pk")
    received = Sum(F("invoices__amount_paid") - F("invoices__amount_refunded"), output_field=MONEY)
    return {
        "units_ordered": _units(lines, "quantity"),
        "units_shipped": _units(lines, "quantity_shipped"),
        "units_invoiced": _units(lines, "quantity_invoiced"),
        "units_reserved": Coalesce(Subquery(reserved.annotate(sum=Sum("quantity")).values("sum")), 0),
        "money_received": Round(
            Coalesce(Subquery(paid.annotate(sum=received).values("sum")), ZERO, output_field=MONEY), 2
        ),
    }


def _units(lines: models.QuerySet, column: str) -> Coalesce:
    mine = lines.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(Subquery(mine.annotate(sum=Sum(column)).values("sum")), 0)


def progress(row: models.Model) -> dict[str, Progress]:
    """How far the order is reserved, shipped, invoiced and paid. What has left needs no reservation any more."""
    ordered = row.units_ordered
    return {
        "reserved": Progress(row.units_reserved + row.units_shipped, ordered),
        "shipped": Progress(row.units_shipped, ordered),
        "invoiced": Progress(row.units_invoiced, ordered),
        "paid": Progress(cents(row.money_received), row.total_amount),
    }
