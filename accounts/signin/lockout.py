"""Wrong passwords lock a name at an address for a while (django-axes keeps the count)."""

import datetime
import math

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import require_power_over
from inventory_project.base import rates
from inventory_project.base.client_address import client_address
from inventory_project.base.fields import fold
from inventory_project.base.services import service

SCOPE = "sign_in"
LONGEST = 255  # of axes' column; folding can make a name longer


def attempted_name(request: HttpRequest | None, credentials: dict | None) -> str:
    """The name as accounts are looked up by it, or each way of writing it would be a further five guesses."""
    found = (credentials or {}).get("username")
    if found is None and request is not None:
        found = request.POST.get("username", "")
    return fold(found or "")[:LONGEST]


def address_standing(request: HttpRequest) -> rates.Standing:
    """How many wrong passwords the address has left, whatever the names."""
    return rates.standing(SCOPE, client_address(request))


def count_failure(sender, credentials, request=None, **kwargs) -> None:
    """Receiver: a sign-in failed."""
    if request is not None:
        rates.count(SCOPE, client_address(request))


def locked_out_page(request: HttpRequest, response: HttpResponse | None = None, credentials=None) -> HttpResponse:
    """Says when to try again: the same for names that exist and for others."""
    name = attempted_name(request, credentials)
    attempts = AccessAttempt.objects.filter(username=name, ip_address=get_client_ip_address(request))
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    ends = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    return wait_page(request, max(ends - timezone.now(), datetime.timedelta(seconds=1)))


def wait_page(request: HttpRequest, pause: datetime.timedelta) -> HttpResponse:
    """Too many tries; come back later."""
    context = {
        "title": _("Too many attempts"),
        "minutes": math.ceil(pause.total_seconds() / 60),
        "sends_mail": settings.SENDS_MAIL,
    }
    page = render(request, "admin/locked_out.html", context, status=429)
    page["Retry-After"] = str(math.ceil(pause.total_seconds()))
    page["Cache-Control"] = "no-store"
    return page


def is_locked(user: User) -> bool:
    """Whether the name is locked at some address now."""
    recent = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=user.username_key[:LONGEST], attempt_time__gte=recent)
    counts: dict[str | None, int] = {}
    for address, failures in attempts.values_list("ip_address", "failures_since_start"):
        counts[address] = counts.get(address, 0) + failures
    return any(count >= settings.AXES_FAILURE_LIMIT for count in counts.values())


@service
def unlock(user: User, *, by: User | None) -> User:
    """Let the person try again at once, at every address. Refuses accounts that may do more than whoever acts."""
    require_power_over(user, by)
    AxesProxyHandler.reset_attempts(username=user.username_key[:LONGEST])
    return user
