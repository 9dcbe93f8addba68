"""Every statement that goes to a database: counted, timed, and written down with its plan when it was slow."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic, perf_counter

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from . import metrics

logger = logging.getLogger("inventory.slow_queries")

EXPLAINED_KINDS = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"})
EXPLAIN = {"postgresql": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}
PLAN_AGAIN_AFTER = 300.0
"""Seconds for which the plan of the same statement is not asked again."""
MOST_PLANS = 500
LONGEST = 4000


@dataclass
class Tally:
    """What one request or command has asked of the databases."""

    queries: int = 0
    seconds: float = 0.0


_tally: ContextVar[Tally | None] = ContextVar("query_tally", default=None)
_may_be_slow: ContextVar[bool] = ContextVar("statements_may_be_slow", default=False)
_planned: dict[str, float] = {}


@contextmanager
def tallied() -> Iterator[Tally]:
    """Count the statements of what runs inside."""
    tally = Tally()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)


@contextmanager
def may_be_slow() -> Iterator[None]:
    """Write no slow statement down inside: it reads all there is, on purpose, and whoever waits for it has asked."""
    token = _may_be_slow.set(True)
    try:
        yield
    finally:
        _may_be_slow.reset(token)


def watch_connections() -> None:
    """From now on, watch each database connection that is opened."""
    connection_created.connect(_watch, dispatch_uid="watch_queries")


def _watch(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    # A connection that was opened again still has its wrapper.
    if _observe not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _observe)


def _observe(execute: Callable, sql: str, params: object, many: bool, context: dict[str, object]) -> object:
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - started
        connection = context["connection"]
        kind = _kind(sql)
        if tally := _tally.get():
            tally.queries += 1
            tally.seconds += seconds
        metrics.query(connection.alias, kind, seconds)
        limit = 0 if _may_be_slow.get() else settings.SLOW_QUERY_MILLISECONDS
        if limit and seconds * 1000 >= limit and not sql.startswith(tuple(EXPLAIN.values())):
            _report(connection, sql, params, many, kind, seconds)


def _kind(sql: str) -> str:
    """The statement's first word; comments in front of it don't count."""
    text = sql[:400].lstrip()
    while text.startswith("/*"):
        text = text.partition("*/")[2].lstrip()
    return text[:10].partition(" ")[0].upper()


def _report(connection: BaseDatabaseWrapper, sql: str, params: object, many: bool, kind: str, seconds: float) -> None:
    """Write down a slow statement. Never its parameters: they may be anybody's data."""
    may_explain = kind in EXPLAINED_KINDS and not many and sys.exc_info()[0] is None
    logger.warning(
        "A statement took %.0f ms",
        seconds * 1000,
        extra={
            "milliseconds": round(seconds * 1000),
            "database": connection.alias,
            "sql": sql[:LONGEST],
            "where": _caller(),
            "plan": _plan(connection, sql, params) if may_explain else "",
        },
    )


def _plan(connection: BaseDatabaseWrapper, sql: str, params: object) -> str:
    """How the database runs the statement, as far as it tells; '' if it was asked a short while ago."""
    now = monotonic()
    if now - _planned.get(sql, -PLAN_AGAIN_AFTER) < PLAN_AGAIN_AFTER or connection.needs_rollback:
        return ""
    if len(_planned) >= MOST_PLANS:
        _planned.clear()
    _planned[sql] = now
    try:
        # A refused question must not cost the transaction that is under way.
        with transaction.atomic(using=connection.alias, durable=False), connection.cursor() as cursor:
            cursor.execute(EXPLAIN[connection.vendor] + sql, params)
            return "\n".join(str(row[-1]) for row in cursor.fetchall())[:LONGEST]
    except DatabaseError as error:
        return f"no plan: {error}".strip()


def _caller() -> str:
    """The line of our own code that asked, as path:line in function."""
    frame = sys._getframe(2)
    base = str(settings.BASE_DIR)
    while frame:
        name = frame.f_code.co_filename
        if name.startswith(base) and "site-packages" not in name and name != __file__:
            return f"{name.removeprefix(base).lstrip('/')}:{frame.f_lineno} in {frame.f_code.co_name}"
        frame = frame.f_back
    return ""
