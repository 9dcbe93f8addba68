"""One transaction, run again when the database took it back for no fault of its own."""

import copy
import logging
import random
from collections.abc import Callable, Iterable, Iterator
from time import monotonic, sleep

from django.db import OperationalError, models, transaction
from django.utils.functional import LazyObject

logger = logging.getLogger(__name__)

# Of PostgreSQL: a deadlock, a serialization failure, a lock that was not to be had in time.
PASSING = frozenset({"40P01", "40001", "55P03"})
ATTEMPTS = 4
PATIENCE = 15.0
"""Seconds after which no further attempt is begun."""


def in_transaction[R](work: Callable[[], R], *, given: Iterable[object] = ()) -> R:
    """Run `work` as one transaction. If it is the outermost, and the database took it back, run it again.

    A few times, with a short pause, and never once it is committed. `work` must read anew what it decides by.
    `given` are its arguments: records among them are put back to how they were handed in.
    """
    if transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            return work()
    as_given = [(row, _state_of(row)) for row in _records(given)]
    begun = monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        committed: list[bool] = []
        try:
            with transaction.atomic():
                transaction.on_commit(lambda done=committed: done.append(True))
                return work()
        except OperationalError as error:
            late = attempt == ATTEMPTS or monotonic() - begun > PATIENCE
            if committed or late or not passes(error):
                raise
            logger.warning("The database took a transaction back, attempt %d is next: %s", attempt + 1, error)
        for row, state in as_given:
            row.__dict__ = _copied(state)
        sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def passes(error: OperationalError) -> bool:
    """Whether the same may well succeed a moment later: others were in the way."""
    return getattr(error.__cause__, "sqlstate", None) in PASSING


def _records(values: Iterable[object]) -> Iterator[models.Model]:
    for value in values:
        if isinstance(value, LazyObject):
            continue  # the signed-in person, as Django hands them over: who acts is not acted on
        if isinstance(value, models.Model):
            yield value
        elif isinstance(value, list | tuple):
            yield from (each for each in value if isinstance(each, models.Model))


def _state_of(row: models.Model) -> dict[str, object]:
    return _copied(row.__dict__)


def _copied(state: dict[str, object]) -> dict[str, object]:
    return {**state, "_state": copy.copy(state["_state"])}
