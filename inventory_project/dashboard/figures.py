"""The large numbers and the list of things to do; each leads to exactly the rows that it counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory_project.base.admin.listing import COUNT_LIMIT

from .numbers import Numbers, View
from .trade import Owed, Trade


@dataclass(frozen=True)
class Figure:
    """A number with its list behind it, and a remark with the list behind that."""

    label: str
    value: str
    url: str
    note: str = ""
    note_url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Task:
    """Something that waits for those who may do it."""

    label: object
    view: View
    permission: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Waiting:
    """A task with how often it waits."""

    label: object
    count: str
    url: str
    is_urgent: bool


TO_SHIP = Numbers.register(View("sales.order", "to_ship"))
LATE = Numbers.register(View("sales.order", "late"))
OVERDUE = Numbers.register(View("billing.invoice", "overdue"))
UNPAID = Numbers.register(View("billing.invoice", "open"))
LOW = Numbers.register(View("stock.inventory", "low"))
OUT = Numbers.register(View("stock.inventory", "out"))


def _task(label: object, model: str, tab: str, permission: str, is_urgent: bool = False) -> Task:
    return Task(label, Numbers.register(View(model, tab)), permission, is_urgent)


TASKS = (
    _task(gettext_lazy("Ship late orders"), "sales.order", "late", "sales.ship_order", True),
    _task(gettext_lazy("Chase overdue invoices"), "billing.invoice", "overdue", "billing.pay_invoice", True),
    _task(gettext_lazy("Confirm new orders"), "sales.order", "pending", "sales.confirm_order"),
    _task(gettext_lazy("Issue drafted invoices"), "billing.invoice", "drafts", "billing.issue_invoice"),
    _task(gettext_lazy("Send drafted purchase orders"), "stock.purchaseorder", "drafts", "stock.send_purchaseorder"),
    _task(gettext_lazy("Receive purchase orders"), "stock.purchaseorder", "open", "stock.receive_purchaseorder"),
    _task(gettext_lazy("Receive transfers"), "stock.stocktransfer", "in_transit", "stock.receive_stocktransfer"),
    _task(gettext_lazy("Finish stock counts"), "stock.stockcount", "open", "stock.enter_stockcount"),
    _task(gettext_lazy("Take back returns"), "sales.salesreturn", "open", "sales.receive_salesreturn"),
    _task(gettext_lazy("Settle returns"), "sales.salesreturn", "received", "sales.close_salesreturn"),
    _task(gettext_lazy("Pay refunds"), "billing.creditnote", "to_refund", "billing.refund_creditnote"),
)


def figures(numbers: Numbers, sold: Trade | None, owed: Owed | None) -> list[Figure]:
    """What the day looks like, as far as the person may see it."""
    return list(_figures(numbers, sold, owed))


def _figures(numbers: Numbers, sold: Trade | None, owed: Owed | None) -> Iterator[Figure]:
    if sold:
        yield Figure(_("Sales, last 7 days"), _money(sold.week), sold.week_url, sold.trend, sold.before_url, sold.tone)
    if numbers.may_see(TO_SHIP):
        yield _counted(numbers, _("Orders to ship"), TO_SHIP, LATE, _("%(count)s late"), "red")
    if owed:
        yield Figure(
            _("Unpaid invoices"),
            _money(owed.total),
            UNPAID.url,
            *_note(numbers, OVERDUE, _("%(count)s overdue"), "red"),
        )
    if numbers.may_see(LOW):
        yield _counted(numbers, _("Low stock"), LOW, OUT, _("%(count)s out of stock"), "amber")


def _counted(numbers: Numbers, label: str, view: View, other: View, note: str, tone: str) -> Figure:
    return Figure(label, count_text(numbers.of(view)), view.url, *_note(numbers, other, note, tone))


def _note(numbers: Numbers, view: View, text: str, tone: str) -> tuple[str, str, str]:
    count = numbers.of(view)
    return (text % {"count": count_text(count)}, view.url, tone) if count else ("", "", "")


def to_do(numbers: Numbers) -> list[Waiting] | None:
    """What waits for this person, the urgent first; None for those who do nothing of it."""
    mine = [task for task in TASKS if numbers.may_see(task.view) and numbers.request.user.has_perm(task.permission)]
    if not mine:
        return None
    counts = [(task, numbers.of(task.view)) for task in mine]
    return [Waiting(task.label, count_text(n), task.view.url, task.is_urgent) for task, n in counts if n]


def count_text(count: int) -> str:
    """A number of rows that was counted up to a limit."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else f"{count:,}"


def _money(value) -> str:
    return number_format(value, 2, force_grouping=True)
