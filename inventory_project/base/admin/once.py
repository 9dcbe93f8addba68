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


def new_key() -> str:
    """The key of a form that is about to be shown."""
    return uuid.uuid4().hex


def answer_once(request: HttpRequest, effect: Callable[[], HttpResponse | None]) -> HttpResponse | None:
    """Run the effect of a form unless it was sent before; then say so and go where the first answer went.

    The record is written in the transaction of the effect. A form that comes back with errors has had none, so its
    key can be used again. None stands for going back to the page.
    """
    key = request.POST.get(FIELD, "")[:64].strip()
    if request.method != "POST" or not key:
        return effect()
    records = apps.get_model("inventory_project", "IdempotencyRecord")._default_manager
    mark = {"user": request.user, "key": f"form {key}"}  # programs' keys have no spaces
    with transaction.atomic():
        try:
            with transaction.atomic():
                record = records.create(**mark, fingerprint=hashlib.sha256(request.path.encode()).hexdigest())
        except IntegrityError:
            return _as_before(request, records.get(**mark))
        response = effect()
        target = getattr(response, "then", "")  # of a page that shows something once
        if response is None or target or response.status_code in DONE:
            record.status_code = 302
            record.headers = {} if response is None else {"Location": target or response["Location"]}
            record.save(update_fields=["status_code", "headers"])
        else:
            record.delete()
    return response


def _as_before(request: HttpRequest, record) -> HttpResponse | None:
    messages.info(request, _("This form was sent before; nothing was done a second time."))
    location = record.headers.get("Location")
    return HttpResponseRedirect(location) if location else None
