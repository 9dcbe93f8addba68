"""Many clients at once: real threads, each with a connection of its own, that start together."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

PATIENCE = 120


class Crowd:
    """So many clients. They keep their connections from one turn to the next, until they are sent home."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool = ThreadPoolExecutor(size)
        self._start = threading.Barrier(size)

    def all_do[R](self, work: Callable[[int], R]) -> list[R | Exception]:
        """Let every client do the work, all starting at once; gives what each returned or raised, in their order."""
        # Each waits at the barrier until all are there, so every one of them is a thread of its own.
        turns = [self._pool.submit(self._turn, work, client) for client in range(self.size)]
        return [turn.result() for turn in turns]

    def _turn[R](self, work: Callable[[int], R], client: int) -> R | Exception:
        self._start.wait(PATIENCE)
        try:
            return work(client)
        except Exception as problem:
            return problem

    def go_home(self) -> None:
        """Close every client's connection and end the threads."""
        self.all_do(lambda client: connections.close_all())
        self._pool.shutdown()


def problems(outcomes: list[object]) -> list[Exception]:
    """Those that are errors."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
