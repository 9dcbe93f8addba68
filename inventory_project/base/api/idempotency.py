"""One effect per user and Idempotency-Key: the record of the answer is written in the transaction of the effect."""

import hashlib
import re
from collections.abc import Callable
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.response import Response

from .exceptions import ApiProblem, parameter_error
from .renderers import ENCODER

KEY = re.compile(r"[\x21-\x7e]{1,255}")
WAIT_SECONDS = 10
KEPT_HEADERS = ("Location", "ETag", "Link")


def key_of(request) -> str:
    """The request's key, '' without one."""
    key = request.headers.get("Idempotency-Key", "")
    if key and not KEY.fullmatch(key):
        message = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
        entry = parameter_error("Idempotency-Key", message)
        raise ApiProblem("invalid_parameter", message, errors=[entry])
    return key


def fingerprint_of(request) -> str:
    """What makes two requests the same: method, address and body."""
    parts = (request.method, request.get_full_path(), request.content_type or "")
    return _keyed(hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).hexdigest())


def _keyed(digest: str) -> str:
    """Whoever reads the records can't try out which password was in a body: that takes the secret of the server."""
    return salted_hmac("inventory.idempotency", digest, algorithm="sha256").hexdigest()


def answer_once(request, key: str, fingerprint: str, effect: Callable[[], Response]) -> HttpResponse:
    """Run the effect and keep its answer, or return the answer that the first request with this key got.

    A refusal rolls everything back, the record too: the key can be used again once the cause is put right.
    """
    records = apps.get_model("inventory_project", "IdempotencyRecord")._default_manager
    with transaction.atomic():
        try:
            with _short_wait(), transaction.atomic():
                record = records.create(user=request.user, key=key, fingerprint=fingerprint)
        except IntegrityError:
            return _replayed(records.get(user=request.user, key=key), fingerprint)
        response = effect()
        record.status_code = response.status_code
        record.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        record.body = "" if response.data is None else ENCODER.encode(response.data).decode()
        record.save(update_fields=["status_code", "headers", "body"])
    return response


def _replayed(record, fingerprint: str) -> HttpResponse:
    if fingerprint not in (record.fingerprint, _keyed(record.fingerprint)):  # older records have the bare digest
        raise ApiProblem("key_reused", _("The key “%(key)s” was used for another request.") % {"key": record.key})
    headers = {**record.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(record.body, "application/json", record.status_code, headers=headers)


@contextmanager
def _short_wait():
    """Wait for whoever holds the key, but not for ever. SQLite has one writer: its own time-out does it there."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55P03":
            raise ApiProblem("in_progress", headers={"Retry-After": "1"}) from error
        raise
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
