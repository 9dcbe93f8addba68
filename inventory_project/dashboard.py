"""The start page: what waits to be done, as numbers that lead to their lists."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count, Exists, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from billing.models import Invoice
from catalog.models import Product, TaxRate
from inventory_project.base.clock import today
from sales.models import Customer, Order, SalesReturn
from stock.models import Inventory, PurchaseOrder, Warehouse

REMEMBERED_SECONDS = 30
COUNTED = 10_000


@dataclass(frozen=True)
class Figure:
    """A number with its list behind it."""

    label: str
    value: str
    url: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Step:
    """Something a new installation needs before work can start."""

    label: str
    url: str
    is_done: bool


def start_page(user: User) -> dict[str, object]:
    """The context of the start page, as far as the person may see it; remembered for half a minute."""
    permissions = " ".join(sorted(user.get_all_permissions()))
    key = f"start-page-{hashlib.sha256(permissions.encode()).hexdigest()}"
    page = cache.get(key)
    if page is None:
        page = {"figures": list(_figures(user)), "steps": _steps(user)}
        cache.set(key, page, REMEMBERED_SECONDS)
    return {**page, "today": today()}


def _figures(user: User) -> Iterator[Figure]:
    makers: list[tuple[str, Callable[[], Iterator[Figure]]]] = [
        ("sales.view_order", _orders),
        ("billing.view_invoice", _invoices),
        ("stock.view_inventory", _stock),
        ("stock.view_purchaseorder", _purchases),
        ("sales.view_salesreturn", _returns),
    ]
    for permission, make in makers:
        if user.has_perm(permission):
            yield from make()


def _bounded(queryset: QuerySet, **aggregates) -> dict[str, int]:
    """Several counts in one query that reads no more than COUNTED rows."""
    return queryset.order_by()[: COUNTED + 1].aggregate(all=Count("pk"), **aggregates)


def _text(count: int) -> str:
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def _list(name: str, view: str = "") -> str:
    return reverse(f"admin:{name}_changelist", query={"view": view} if view else None)


def _orders() -> Iterator[Figure]:
    pending = _bounded(Order.objects.filter(status="pending"))["all"]
    yield Figure(_("Orders to confirm"), _text(pending), _list("sales_order", "pending"))
    open_orders = _bounded(Order.objects.to_ship(), late=Count("pk", filter=Q(requested_on__lt=today())))
    late = open_orders["late"]
    note = _("%(count)s late") % {"count": _text(late)} if late else ""
    yield Figure(_("Orders to ship"), _text(open_orders["all"]), _list("sales_order", "to_ship"), note, "red")


def _invoices() -> Iterator[Figure]:
    unpaid = _bounded(
        Invoice.objects.open(), sum=Sum("balance"), overdue=Count("pk", filter=Q(due_date__lt=timezone.now()))
    )
    overdue = unpaid["overdue"]
    note = _("%(count)s overdue") % {"count": _text(overdue)} if overdue else ""
    total = number_format(unpaid["sum"] or Decimal("0"), 2, force_grouping=True)
    yield Figure(_("Unpaid invoices"), total, _list("billing_invoice", "overdue" if overdue else "open"), note, "red")


def _stock() -> Iterator[Figure]:
    low = _bounded(Inventory.objects.low(), out=Count("pk", filter=Q(available__lte=0)))
    out = low["out"]
    note = _("%(count)s out of stock") % {"count": _text(out)} if out else ""
    yield Figure(_("Low stock"), _text(low["all"]), _list("stock_inventory", "low"), note, "amber")


def _purchases() -> Iterator[Figure]:
    coming = _bounded(PurchaseOrder.objects.receivable(), late=Count("pk", filter=Q(expected_at__lt=timezone.now())))
    late = coming["late"]
    note = ngettext("%(count)s late", "%(count)s late", late) % {"count": _text(late)} if late else ""
    yield Figure(_("Deliveries to receive"), _text(coming["all"]), _list("stock_purchaseorder", "open"), note, "amber")


def _returns() -> Iterator[Figure]:
    waiting = _bounded(SalesReturn.objects.filter(status__in=["requested", "approved"]))["all"]
    yield Figure(_("Returns to handle"), _text(waiting), _list("sales_salesreturn", "open"))


def _steps(user: User) -> list[Step]:
    """The checklist of a new installation; nothing once every step is done."""
    wanted = [
        ("catalog.add_taxrate", TaxRate, _("Enter a tax rate")),
        ("stock.add_warehouse", Warehouse, _("Add a warehouse")),
        ("catalog.add_product", Product, _("Add or import products")),
        ("sales.add_customer", Customer, _("Add a customer")),
    ]
    mine = [(model, label) for permission, model, label in wanted if user.has_perm(permission)]
    if not mine:
        return []
    exists = {model._meta.model_name: Exists(model.objects.order_by()) for model, _label in mine}
    done = User.objects.filter(pk=user.pk).values(**exists).get()
    names = [(model._meta.app_label, model._meta.model_name, label) for model, label in mine]
    steps = [Step(label, reverse(f"admin:{app}_{name}_add"), done[name]) for app, name, label in names]
    return [] if all(step.is_done for step in steps) else steps
