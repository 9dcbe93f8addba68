"""On SQLite one transaction writes at a time. Whoever waits for their turn is as likely as anybody to be next.

SQLite itself asks ever more rarely, the longer it has waited: under many writers those who came first come last, and
may be told after all that the database is locked.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep

from django.db import OperationalError
from django.db.backends.signals import connection_created

PATIENCE = 60.0
"""Seconds after which whoever waits gives up."""
LONGEST_PAUSE = 0.02

_patience: ContextVar[float] = ContextVar("patience", default=PATIENCE)


@contextmanager
def without_waiting() -> Iterator[None]:
    """For what may as well be left out: a transaction that can't begin at once is given up."""
    token = _patience.set(0.0)
    try:
        yield
    finally:
        _patience.reset(token)


def wait_in_turn(sender: object, connection, **kwargs: object) -> None:
    """Let a new connection wait fairly for its transactions to begin."""
    if connection.vendor == "sqlite" and _begin not in connection.execute_wrappers:
        connection.execute_wrappers.append(_begin)


def _begin(execute, sql: str, params, many: bool, context: dict):
    if sql != "BEGIN IMMEDIATE":
        return execute(sql, params, many, context)
    wrapper = context["connection"]
    begun, patience = monotonic(), _patience.get()
    wrapper.connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                return execute(sql, params, many, context)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlite_errorname", "") != "SQLITE_BUSY" or monotonic() - begun > patience:
                    raise
            sleep(random.uniform(0, LONGEST_PAUSE))
    finally:
        usual = wrapper.settings_dict["OPTIONS"].get("timeout", 5)
        wrapper.connection.execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")


def keep_turns() -> None:
    """Do so from now on."""
    connection_created.connect(wait_in_turn, dispatch_uid="wait in turn")
