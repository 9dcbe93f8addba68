"""What is read often and changes seldom, kept in the cache for a time, and never stale.

Each table that is watched has a generation in the cache. Whatever is kept remembers the generations of the tables that
it was read from, and counts only while they are the same. A statement that writes to such a table marks it as changing
before it runs; once the transaction is committed the table gets a new generation. While a table is changing nothing
kept from it is believed, and nothing is kept. So two processes never disagree for longer than a commit takes, however
the table is written: by a form, in bulk, by a command, or by a cascade that names the table.

Only a process that alone can't reach the cache fails to tell the others; then what they keep lapses with its time.
Within a transaction that has written to a table nothing of it is believed or kept: nobody knows yet how it ends.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import Signal

HOUR, MINUTE = 3600, 60
CHANGING = "changing "
CHANGING_SECONDS = 60
"""For how long a table counts as changing if nobody says how the change ended: the process may be gone."""
LONGEST_HEAD = 400
SPACE = r"(?:\s|/\*.*?\*/)"  # comments are space: who acts is told to the database in one
VERBS = f"INSERT{SPACE}+INTO|UPDATE|DELETE{SPACE}+FROM|TRUNCATE(?:{SPACE}+TABLE)?"
WRITE = re.compile(rf'{SPACE}*(?:{VERBS}){SPACE}+"(\w+)"', re.DOTALL)

looked_up = Signal()
"""Sent per look-up with `what` (a table) and `hit`; the metrics count them."""

_watched: set[str] = set()


class Shelf[T]:
    """A kind of thing that is kept, and the tables that it is read from."""

    def __init__(self, name: str, *, tables: Iterable[str], seconds: int = HOUR) -> None:
        self.name = name
        self.tables = tuple(tables)
        self.seconds = seconds
        _watched.update(self.tables)

    def get(self, key: object, make: Callable[[], T]) -> T:
        """What is kept under the key; if there is nothing that still counts, what `make` returns."""
        if _has_written(self.tables):
            return make()
        name = f"shelf:{self.name}:{key}"
        generations = [_generation_key(table) for table in self.tables]
        found = cache.get_many([*generations, name])
        now = [found.get(generation) or _begin(generation) for generation in generations]
        kept = found.get(name)
        hit = kept is not None and kept[0] == now and not any(map(_is_changing, now))
        looked_up.send(Shelf, what=self.name, hit=hit)
        if hit:
            return kept[1]
        made = make()
        if all(now) and not any(map(_is_changing, now)):
            cache.set(name, (now, made), self.seconds)
        return made


def _generation_key(table: str) -> str:
    return f"generation:{table}"


def _has_written(tables: Iterable[str]) -> bool:
    """Whether the transaction that is under way has."""
    pending = (hook for _savepoints, hook, _robust in transaction.get_connection().run_on_commit)
    return any(isinstance(hook, partial) and hook.func is _end and hook.args[0] in tables for hook in pending)


def _begin(generation: str) -> str:
    """The first generation of a table, or the one that somebody else has begun meanwhile; '' without a cache."""
    cache.add(generation, uuid.uuid4().hex, None)
    return cache.get(generation) or ""


def _is_changing(generation: str) -> bool:
    return generation.startswith(CHANGING)


def watch_tables() -> None:
    """From now on, notice whatever writes to a table that something is kept from."""
    connection_created.connect(_watch, dispatch_uid="watch_cached_tables")


def _watch(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if _notice not in connection.execute_wrappers:
        connection.execute_wrappers.append(_notice)


def _notice(execute: Callable, sql: str, params: object, many: bool, context: dict[str, object]) -> object:
    written = WRITE.match(sql, 0, LONGEST_HEAD)
    if not written or written[1] not in _watched:
        return execute(sql, params, many, context)
    table, using = written[1], context["connection"].alias
    mark = f"{CHANGING}{uuid.uuid4().hex}"
    cache.set(_generation_key(table), mark, CHANGING_SECONDS)
    result = execute(sql, params, many, context)
    transaction.on_commit(partial(_end, table, mark), using=using, robust=True)
    return result


def _end(table: str, mark: str) -> None:
    """The change is committed. If somebody else is changing the table as well, it stays so until they have ended."""
    generation = _generation_key(table)
    now = cache.get(generation) or mark
    if now == mark or not _is_changing(now):
        cache.set(generation, uuid.uuid4().hex, None)
