"""Whoever kills, at random, what serves the clients, and looks how long it takes until one is answered again."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from .mortal_database import MortalDatabase
from .mortal_server import MortalServer
from .persistent import Book
from .processes import wait_until

POSTMASTER = "PostgreSQL, all processes (-9)"
SESSION = "one session of PostgreSQL (-9)"
IMMEDIATE = "pg_ctl restart -m immediate"
WORKER = "one gunicorn worker (-9)"
FIRST = "gunicorn's first process (-9)"
BOTH = "one gunicorn worker while PostgreSQL is away"
OF_THE_DATABASE = (POSTMASTER, SESSION, IMMEDIATE, BOTH)
ALL = (*OF_THE_DATABASE, WORKER, FIRST)


AWAY = 3


@dataclass(frozen=True)
class Death:
    """What was killed, and for how many seconds nothing was acknowledged once the database was back."""

    what: str
    after: float


def deaths_to_come(chance: Random) -> Iterator[str]:
    """Every one once in a row of all of them, in any order."""
    while True:
        yield from chance.sample(ALL, len(ALL))


class Killer:
    """Kills one thing after another while clients work."""

    def __init__(self, database: MortalDatabase, server: MortalServer, book: Book, chance: Random) -> None:
        self.database = database
        self.server = server
        self.book = book
        self.chance = chance
        self.ways: dict[str, Callable[[], object]] = {
            POSTMASTER: database.crash,
            SESSION: lambda: database.kill_a_session(chance.choice),
            IMMEDIATE: database.restart_immediately,
            WORKER: lambda: server.kill_a_worker(chance.choice),
            FIRST: server.kill_the_first,
            BOTH: self._kill_both,
        }

    def kill(self, whats: Iterable[str], is_over: Callable[[], bool]) -> list[Death]:
        """Kill these, each when work is under way again; it is over when a client meets what it should not."""
        deaths = []
        for what in whats:
            self._let_work(is_over)
            self.ways[what]()
            back = self.database.wait_until_back()
            deaths.append(Death(what, self._acknowledged_after(back, is_over) - back))
            if is_over():
                break
        return deaths

    def _kill_both(self) -> None:
        """The worker that takes its place begins without a database."""
        self.database.kill_all()
        self.server.kill_a_worker(self.chance.choice)
        time.sleep(AWAY)
        self.database.start_again()

    def _let_work(self, is_over: Callable[[], bool]) -> None:
        self._acknowledged_after(time.monotonic(), is_over)
        time.sleep(self.chance.uniform(0, 1))

    def _acknowledged_after(self, moment: float, is_over: Callable[[], bool]) -> float:
        """When the first write since then was acknowledged."""
        known = self.book.acknowledged
        wait_until(lambda: is_over() or (known and known[-1] > moment), "a write is acknowledged")
        return next((when for when in known if when > moment), moment)
