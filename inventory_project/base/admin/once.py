"""A form has one effect, however often it is sent: each carries a key, kept beside those of the API's requests."""

import hashlib
import uuid
from collections.abc import Callable

from django.apps import apps
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

FIELD = "once"
DONE = (301, 302, 303)
NOTHING_DONE = object()  # what an effect returns that was refused, and said so: its key stays good


def new_key() -> str:
    """The key of a form that is about to be shown."""
    return uuid.uuid4().hex


def answer_once(request: HttpRequest, effect: Callable[[], HttpResponse | None]) -> HttpResponse | None:
    """Run the effect of a form unless it was sent before; then say so and go where the first answer went.

    The record is written in the transaction of the effect. A form that comes back with errors has had none, so its
    key can be used again. None stands for going back to the page.
    """
    mark, records = _mark(request), _records()
    if not mark:
        response = effect()
        return None if response is NOTHING_DONE else response
    with transaction.atomic():
        try:
            with transaction.atomic():
                record = records.create(**mark, fingerprint=hashlib.sha256(request.path.encode()).hexdigest())
        except IntegrityError:
            return _as_before(request, records.get(**mark))
        response = effect()
        if response is NOTHING_DONE:
            record.delete()
            return None
        target = getattr(response, "then", "")  # of a page that shows something once
        if response is None or target or response.status_code in DONE:
            record.status_code = 302
            record.headers = {} if response is None else {"Location": target or response["Location"]}
            record.save(update_fields=["status_code", "headers"])
        else:
            record.delete()
    return response


def was_answered(request: HttpRequest) -> bool:
    """Whether this very form was sent before and had its effect.

    To be asked before its entries are looked at: after the effect they may not be possible any more.
    """
    mark = _mark(request)
    return bool(mark) and _records().filter(**mark, status_code__in=DONE).exists()


def answer_again(request: HttpRequest) -> HttpResponse | None:
    """The answer that the form had when it was sent first."""
    return _as_before(request, _records().get(**_mark(request)))


def _mark(request: HttpRequest) -> dict[str, object]:
    """Under what the answer to this form is kept; nothing for pages without a key."""
    key = request.POST.get(FIELD, "")[:64].strip() if request.method == "POST" else ""
    return {"user": request.user, "key": f"form {key}"} if key else {}  # programs' keys have no spaces


def _records():
    return apps.get_model("inventory_project", "IdempotencyRecord")._default_manager


def _as_before(request: HttpRequest, record) -> HttpResponse | None:
    messages.info(request, _("This form was sent before; nothing was done a second time."))
    location = record.headers.get("Location")
    return HttpResponseRedirect(location) if location else None
