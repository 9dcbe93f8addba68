"""The server of the proof that a worker's death leaves nothing half done.

A request says in the header X-Die-At before which of its writes the worker is to be killed as by `kill -9`; "end":
when all is done, before the answer leaves. An answer that does leave says in X-Writes how many there were. Never part
of the product: only tests start this.
"""

import os
import signal
from collections.abc import Callable, Iterable

from django.db import connection

from inventory_project.wsgi import application as product

WRITES = ("INSERT", "UPDATE", "DELETE")
END = "end"


class Fate:
    """Counts the writes of one request, and ends it at the one that was chosen."""

    def __init__(self, die_at: str) -> None:
        self.die_at = die_at
        self.writes = 0

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        if sql.lstrip().upper().startswith(WRITES):
            self.writes += 1
            if self.die_at == str(self.writes):
                die()
        return execute(sql, params, many, context)


def die() -> None:
    """As `kill -9` does it: nothing is caught, closed or rolled back by this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """The product, mortal."""
    fate = Fate(environ.get("HTTP_X_DIE_AT", ""))

    def start(status: str, headers: list[tuple[str, str]], *more: object) -> object:
        return start_response(status, [*headers, ("X-Writes", str(fate.writes))], *more)

    with connection.execute_wrapper(fate):
        answer = product(environ, start)
    if fate.die_at == END:
        die()
    return answer
