"""Is the program alive, and can it serve? For load balancers and whoever wakes people at night."""

from collections.abc import Callable
from functools import partial
from time import monotonic

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory_project.backups.standing import Standing, backup_standing, verification_standing

from .caches import cache_problem

RETRY_AFTER_SECONDS = 5
MIGRATIONS_LOOKED_AT_EVERY = 60.0
_migrated_at: list[float] = []


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing else: a database that is away is no reason to kill the process."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: 200, or 503 while the database is away or its tables are older than the code.

    What does not stop anybody from working, a late backup or a cache that is down, is a warning.
    """
    problems = {name: text for name, check in CHECKS.items() if (text := check())}
    warnings = {name: text for name, check in WARNINGS.items() if not problems and (text := check())}
    status = "failing" if problems else "warning" if warnings else "ok"
    answer = JsonResponse({"status": status, "problems": problems, "warnings": warnings})
    if problems:
        answer.status_code = 503
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _database() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error:  # its text may name hosts and users
        connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
        return "does not answer"
    return ""


def _migrations() -> str:
    """Migrations that have not run. Once there are none, that is believed for a minute."""
    now = monotonic()
    if _migrated_at and now - _migrated_at[0] < MIGRATIONS_LOOKED_AT_EVERY:
        return ""
    try:
        pending = pending_migrations()
    except Error:
        return "cannot be read"
    if pending:
        return f"{len(pending)} to run"
    _migrated_at[:] = [now]
    return ""


def _late(standing: Callable[[], Standing]) -> str:
    """Backups, and the rehearsals of restoring one, that are too long ago. While developing nobody misses them."""
    try:
        now = standing()
    except Error:
        return "cannot be read"
    if settings.DEVELOPMENT and now.last_success is None:
        return ""
    return "the last success is too long ago" if now.is_late else "failed" if now.has_failed_since else ""


def pending_migrations() -> list[str]:
    """The names of migrations that this program has and the database lacks."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations}
WARNINGS: dict[str, Callable[[], str]] = {
    "cache": cache_problem,
    "backup": partial(_late, backup_standing),
    "verification": partial(_late, verification_standing),
}
