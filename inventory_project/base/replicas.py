"""Reading from replicas: lists, reports and exports, which may be a few seconds late; never what decides anything.

A replica is used for somebody only while it is known to hold everything that they have written, and is not further
behind than settings.REPLICA_MAX_LAG_SECONDS. Each process looks once a second how far the replicas are: it notes the
primary's position in the log with the time, so that a replica's position tells up to when it has everything. A replica
that fails or falls behind is left alone for a while, and the primary answers. Whatever runs in a transaction, locks,
or reads people, sessions or keys asks the primary.
"""

import logging
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import time

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, models
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

READ_THERE = frozenset({"catalog", "stock", "sales", "billing"})
LOOK_EVERY = 1.0
LEFT_ALONE = 10.0
"""Seconds for which a replica that failed is not asked again."""
CLOCKS_DIFFER = 0.5
"""Seconds by which the clocks of two machines may differ."""
REMEMBERED = 600
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_reading: ContextVar[str] = ContextVar("replica", default=DEFAULT_DB_ALIAS)


class ReplicaRouter:
    """Sends what is asked within `reading_from` to that database; everything else goes to the primary."""

    def db_for_read(self, model: type[models.Model], **hints: object) -> str:
        return _reading.get() if model._meta.app_label in READ_THERE else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: object) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == DEFAULT_DB_ALIAS


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Within, records of the business are read from that database."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


def read_late[T](read: Callable[[], T], *, user_id: int | None) -> T:
    """Answer a question that nothing is decided by, from a replica if there is one that is fresh enough.

    `read` must return what it has read, not a queryset. If the replica fails the primary is asked.
    """
    alias = replica_for(user_id)
    if alias == DEFAULT_DB_ALIAS:
        return read()
    try:
        with reading_from(alias):
            return read()
    except (OperationalError, InterfaceError) as error:
        logger.warning("The replica %s failed, the primary answers: %s", alias, type(error).__name__)
        _replicas.leave_alone(alias)
        return read()


def replica_for(user_id: int | None) -> str:
    """A replica that holds all that this user has written, else the primary."""
    if not settings.REPLICAS or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    wrote = cache.get(_key(user_id), 0.0)
    if getattr(cache, "missed", False):  # nobody can say what was written lately
        return DEFAULT_DB_ALIAS
    return _replicas.choose(since=wrote + CLOCKS_DIFFER) or DEFAULT_DB_ALIAS


class RememberWrites:
    """Notes when somebody has written, so that they read it again."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.REPLICAS and request.method not in SAFE and request.user.is_authenticated:
            cache.set(_key(request.user.pk), time(), REMEMBERED)
        return response


def _key(user_id: int | None) -> str:
    return f"wrote:{user_id}"


class Replicas:
    """What this process knows of the replicas: up to when each has everything."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.looked_at = 0.0
        self.positions: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)
        self.complete_until: dict[str, float] = {}
        self.alone_until: dict[str, float] = {}

    def choose(self, *, since: float) -> str | None:
        """Any replica that has everything up to `since` (seconds of the epoch) and is not too far behind."""
        self._look()
        least = max(since, time() - settings.REPLICA_MAX_LAG_SECONDS)
        fresh = [alias for alias, until in self.complete_until.items() if until >= least]
        return random.choice(fresh) if fresh else None

    def leave_alone(self, alias: str) -> None:
        self.complete_until.pop(alias, None)
        self.alone_until[alias] = time() + LEFT_ALONE
        connections[alias].close()

    def _look(self) -> None:
        """Ask all how far they are, unless that was done a moment ago or somebody is at it."""
        if time() - self.looked_at < LOOK_EVERY or not self.lock.acquire(blocking=False):
            return
        try:
            self.looked_at = now = time()
            position = _ask(DEFAULT_DB_ALIAS, "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint")
            if position is not None:
                self.positions.append((now, position))
            for alias in settings.REPLICAS:
                if now >= self.alone_until.get(alias, 0.0):
                    self._look_at(alias)
        finally:
            self.lock.release()

    def _look_at(self, alias: str) -> None:
        try:
            there = _ask(alias, "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint WHERE pg_is_in_recovery()")
        except DatabaseError as error:
            logger.warning("The replica %s does not answer: %s", alias, type(error).__name__)
            self.leave_alone(alias)
            return
        passed = [when for when, position in self.positions if there is not None and position <= there]
        if passed:
            self.complete_until[alias] = passed[-1]
        else:  # not following, or too far behind to tell
            self.complete_until.pop(alias, None)


def _ask(alias: str, sql: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


_replicas = Replicas()
