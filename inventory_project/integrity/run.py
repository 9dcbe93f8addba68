"""Checking all invariants against one state of the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from inventory_project.monitoring.queries import may_be_slow

from . import amounts, counters, invoices, ledger, order_lines, people, schema, sources, stock
from .registry import Finding, Invariant, Reader

AREAS = (schema, counters, people, stock, ledger, sources, order_lines, amounts, invoices)
INVARIANTS = [rule for area in AREAS for rule in vars(area).values() if isinstance(rule, Invariant)]


@dataclass(frozen=True)
class Result:
    """What came of one invariant; `error` if it could not be checked."""

    invariant: Invariant
    finding: Finding
    error: str = ""

    @property
    def holds(self) -> bool:
        return not self.finding.faults and not self.error

    @property
    def is_violation(self) -> bool:
        return bool(self.error) or (not self.holds and self.invariant.severity == "violation")


def check_all(*, using: str = DEFAULT_DB_ALIAS, only: Sequence[str] = ()) -> list[Result]:
    """Check every invariant, or those that are named, in one read-only snapshot.

    Inside a transaction it looks at what that transaction sees.
    """
    wanted = [each for each in INVARIANTS if not only or each.name in only]
    with may_be_slow(), snapshot(using) as reader:
        return [_check(each, reader) for each in wanted]


def _check(invariant: Invariant, reader: Reader) -> Result:
    try:
        with _savepoint(reader.connection):
            return Result(invariant, invariant.check(reader))
    except DatabaseError as error:  # a value that can't even be added up; the others can still be checked
        return Result(invariant, Finding(0), error=str(error).strip())


@contextmanager
def _savepoint(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT invariant")
    try:
        yield
    except DatabaseError:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT invariant")
        raise
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RELEASE SAVEPOINT invariant")


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[Reader]:
    """One state of the database, to be read only, that holds nobody up."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield Reader(connection)
    elif connection.vendor == "sqlite":
        with _deferred(connection) as own:
            yield Reader(own)
    else:
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Reader(connection)


@contextmanager
def _deferred(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to the SQLite file: the usual one begins every transaction by locking out writers."""
    if connection.is_in_memory_db():  # there is no other connection to it
        yield connection
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("BEGIN DEFERRED")
        yield own
    finally:
        with suppress(DatabaseError), own.cursor() as cursor:
            cursor.execute("ROLLBACK")
        own.close()
