"""Each request is measured, and written down in one line."""

import logging
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from . import metrics
from .queries import tallied

logger = logging.getLogger("inventory.requests")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECRETS = frozenset({"token"})
"""Parts of addresses that are not for the log."""


class ObserveRequests:
    """Counts, times and logs each request: never its query string, its body or its headers."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        with tallied() as tally:
            response = self.get_response(request)
        seconds = perf_counter() - started
        method = request.method if request.method in METHODS else "other"
        route = _route(request)
        metrics.requests_total.labels(method, route, response.status_code).inc()
        metrics.request_seconds.labels(method, route).observe(seconds)
        metrics.request_queries.labels(route).observe(tally.queries)
        if response.status_code >= 500:
            metrics.errors_total.labels(route).inc()
        logger.info(
            "%s %s %s",
            method,
            _path(request)[:300],
            response.status_code,
            extra={
                "method": method,
                "route": route,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "queries": tally.queries,
                "query_milliseconds": round(tally.seconds * 1000, 1),
                "user": _user(request),
            },
        )
        return response


def _route(request: HttpRequest) -> str:
    """The name of the address: as many as the program has, however many records there are."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unknown"


def _path(request: HttpRequest) -> str:
    """The address without what opens something, such as the end of a link for a new password."""
    path, match = request.path, request.resolver_match
    for name in SECRETS & match.kwargs.keys() if match else ():
        path = path.replace(str(match.kwargs[name]), "...")
    return path


def _user(request: HttpRequest) -> int | None:
    """Whoever was recognised while the request was answered; asking must not cost a query."""
    user = request.__dict__.get("_cached_user") or request.__dict__.get("user")
    return None if isinstance(user, SimpleLazyObject) else getattr(user, "pk", None)
