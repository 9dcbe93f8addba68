"""How the business is doing, as figures to be watched: asked of the database at most every half minute."""

import datetime
from collections.abc import Iterator

from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from billing.models import Invoice
from inventory_project.base.clock import today
from inventory_project.models import OperationRun
from sales.models import Order
from stock.models import Inventory, PurchaseOrder

from .background import failed_tasks, waiting_tasks

REMEMBERED_SECONDS = 30
CACHE_KEY = "business-figures"

type Figures = dict[str, dict[str, float]]


class BusinessFigures:
    """Orders, invoices and stock for Prometheus; the figures are left out while the database is away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            figures = business_figures()
        except DatabaseError:
            return
        for name, (help_text, label) in FAMILIES.items():
            family = GaugeMetricFamily(f"inventory_{name}", help_text, labels=[label])
            for value, count in figures.get(name, {}).items():
                family.add_metric([value], count)
            yield family


FAMILIES = {
    "orders": ("Open orders", "state"),
    "invoices": ("Open invoices", "state"),
    "stock": ("Balances that need attention", "state"),
    "tasks": ("Background tasks", "state"),
    "late": ("Seconds since the last success", "operation"),
    "purchase_orders": ("Purchase orders on their way", "state"),
}


def business_figures() -> Figures:
    """Counts by kind and state; nine queries, or none when they were asked a moment ago."""
    figures = cache.get(CACHE_KEY)
    if figures is None:
        figures = _ask()
        cache.set(CACHE_KEY, figures, REMEMBERED_SECONDS)
    return figures


def _ask() -> Figures:
    now = timezone.now()
    return {
        "orders": Order.objects.filter(status__in=["pending", "confirmed"]).aggregate(
            pending=Count("pk", filter=Q(status="pending")),
            confirmed=Count("pk", filter=Q(status="confirmed")),
            late=Count("pk", filter=Q(status="confirmed", requested_on__lt=today())),
        ),
        "invoices": Invoice.objects.open().aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_date__lt=now))),
        "stock": Inventory.objects.low().aggregate(low=Count("pk"), out=Count("pk", filter=Q(available__lte=0))),
        "tasks": {
            "failed": failed_tasks(now - datetime.timedelta(days=1)),
            "waiting": waiting_tasks(now),
        },
        "late": dict(_seconds_since(now)),
        "purchase_orders": PurchaseOrder.objects.receivable().aggregate(
            open=Count("pk"), late=Count("pk", filter=Q(expected_at__lt=now))
        ),
    }


def _seconds_since(now: datetime.datetime) -> Iterator[tuple[str, float]]:
    for kind in (OperationRun.BACKUP, OperationRun.VERIFICATION, OperationRun.INTEGRITY):
        if last := OperationRun.objects.of(kind).successful().first():
            yield kind, (now - last.finished_at).total_seconds()
