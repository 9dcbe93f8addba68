"""The start page: the day's numbers, what waits to be done, and the rows that it is about."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language

from inventory_project.base.clock import today

from .activity import activity
from .figures import figures, to_do
from .numbers import Numbers
from .rows import low_stock, next_to_ship
from .steps import first_steps
from .trade import trade, unpaid_by_age

REMEMBERED_SECONDS = 60


def start_page(request: HttpRequest) -> dict[str, object]:
    """The context of the start page, as far as the person may see it; remembered for a minute."""
    permissions = " ".join(sorted(request.user.get_all_permissions()))
    mark = f"{permissions} {today()} {get_language()}"
    key = f"start-page-{hashlib.sha256(mark.encode()).hexdigest()}"
    page = cache.get(key)
    if page is None:
        page = _make(request)
        cache.set(key, page, REMEMBERED_SECONDS)
    return {**page, "today": today()}


def _make(request: HttpRequest) -> dict[str, object]:
    user = request.user
    numbers = Numbers(request)
    steps = first_steps(user)
    if steps and not any(step.is_done for step in steps):
        return {"steps": steps}  # nothing to count yet
    sold, owed = trade(user), unpaid_by_age(user)
    return {
        "steps": steps,
        "figures": figures(numbers, sold, owed),
        "trade": sold,
        "to_do": to_do(numbers),
        "owed": owed,
        "next_to_ship": next_to_ship(user),
        "low_stock": low_stock(user),
        "activity": activity(user),
    }
