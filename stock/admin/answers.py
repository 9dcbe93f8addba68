"""What the pages that answer questions about stock share: whose rows they show, and how."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import columns
from inventory_project.base.clock import start_of_day
from stock.models import StockMovement
from stock.registry import Named

SEE_STOCK = "stock.view_inventory"
SEE_LEDGER = "stock.view_stockmovement"

CARD, WHY = "admin:stock_inventory_card", "admin:stock_inventory_why"

PAGE = 50
MOST_DIGITS = 18


def last_instant(day: datetime.date) -> datetime.datetime:
    """The very end of a business day."""
    return start_of_day(day + datetime.timedelta(days=1)) - datetime.timedelta(microseconds=1)


def record(request: HttpRequest, named: Named | None, otherwise: object = columns.EMPTY) -> object:
    """A record's name, leading to its page, for those who may see such records."""
    if named is None:
        return otherwise
    app, model = named.type.split(".")
    if not request.user.has_perm(f"{app}.view_{model}"):
        return otherwise
    try:
        url = reverse(f"admin:{app}_{model}_change", args=[quote(named.id)])
    except NoReverseMatch:
        return named.name
    return format_html('<a href="{}">{}</a>', url, named.name)


def signed(number: int) -> SafeString:
    """A number with its sign."""
    sign = "+" if number > 0 else ""
    return format_html('<span class="num">{}{}</span>', sign, f"{number:,}")


def cost(value: Decimal) -> SafeString:
    """What a unit costs."""
    return format_html('<span class="num">{}</span>', columns.price_text(value))


def ledger_page(request: HttpRequest, rows: QuerySet) -> tuple[list, list[tuple[object, str]]]:
    """A page of rows, the newest first, and the links to those before and after it. No page is slower than another."""
    older, newer = _position(request, "older"), _position(request, "newer")
    if newer:
        found = list(rows.filter(pk__gt=newer).order_by("pk")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return found, _links(request, found, newer=more, older=True)
    if older:
        rows = rows.filter(pk__lt=older)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], _links(request, found[:PAGE], newer=bool(older), older=len(found) > PAGE)


def _links(request: HttpRequest, found: Sequence, *, newer: bool, older: bool) -> list[tuple[object, str]]:
    if not found:
        return []
    ends = [("newer", _("Newer"), found[0].pk, newer), ("older", _("Older"), found[-1].pk, older)]
    return [(label, _with(request, name, pk)) for name, label, pk, there in ends if there]


def _with(request: HttpRequest, name: str, pk: int) -> str:
    query = request.GET.copy()
    for other in ("older", "newer"):
        query.pop(other, None)
    query[name] = str(pk)
    return f"?{query.urlencode()}"


def _position(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def when(movement: StockMovement) -> SafeString:
    return unbroken(date_format(localtime(movement.created_at), "DATETIME_FORMAT"))


def unbroken(text: object) -> SafeString:
    """A number or an instant, which is not to be broken at a hyphen or a space."""
    return format_html('<span class="nowrap">{}</span>', text)


def ledger_cells(request: HttpRequest, row) -> list[object]:
    """What is said of every movement: when, which kind, which document, and who is at its other end."""
    moved, origin = row.movement, row.origin
    document = record(request, origin and origin.document, moved.reference or columns.EMPTY)
    return [
        when(moved),
        capfirst(moved.get_kind_display()),
        unbroken(document),
        record(request, origin and origin.party),
    ]
