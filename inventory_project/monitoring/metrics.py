"""Figures for Prometheus: requests, statements, connections, cache, and how the business is doing."""

import hmac
import os

from django.conf import settings
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from inventory_project.base.caching import looked_up

FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
STATEMENT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30)

requests_total = Counter("inventory_requests", "Requests answered", ["method", "route", "status"])
request_seconds = Histogram("inventory_request_seconds", "Time to answer a request", ["method", "route"], buckets=FAST)
request_queries = Histogram(
    "inventory_request_queries", "Statements per request", ["route"], buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
query_seconds = Histogram("inventory_query_seconds", "Time of a statement", ["database", "kind"], buckets=STATEMENT)
cache_lookups = Counter("inventory_cache_lookups", "Look-ups in the cache", ["what", "result"])
errors_total = Counter("inventory_errors", "Requests that ended in an error of ours", ["route"])

KINDS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK"})


def query(database: str, kind: str, seconds: float) -> None:
    """Count a statement."""
    query_seconds.labels(database, kind if kind in KINDS else "other").observe(seconds)


def count_lookups() -> None:
    """From now on, count what is found in the cache and what is not."""
    looked_up.connect(_count_lookup, dispatch_uid="count_lookups")


def _count_lookup(sender: object, what: str, hit: bool, **kwargs: object) -> None:
    cache_lookups.labels(what, "hit" if hit else "miss").inc()


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures in Prometheus' text format, for whoever sends the token METRICS_TOKEN.

    Outside of development there is no such page until a token is set.
    """
    token = settings.METRICS_TOKEN
    if not token and not settings.DEVELOPMENT:
        raise Http404
    if token and not _is_sent(request, token):
        return HttpResponse("Send the token: Authorization: Bearer ...\n", status=401, content_type="text/plain")
    from .business import BusinessFigures

    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several workers: what each has counted, added up
        multiprocess.MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(ConnectionFigures())
    registry.register(BusinessFigures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_sent(request: HttpRequest, token: str) -> bool:
    sent = request.headers.get("Authorization", "")
    return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


class ConnectionFigures:
    """What the connection pools of this process say of themselves."""

    def collect(self):
        family = GaugeMetricFamily("inventory_pool", "Connection pool of this worker", labels=["database", "figure"])
        for connection in connections.all(initialized_only=True):
            pool = getattr(connection, "pool", None)
            for name, value in (pool.get_stats() if pool else {}).items():
                family.add_metric([connection.alias, name], value)
        yield family
