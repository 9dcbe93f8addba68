"""The product, of which a worker or the first process is killed while it serves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import alive, children_of, kill, wait_until
from .server import APPLICATION, Caller, Server


class MortalServer:
    """Served at one address, whichever process does it."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.log = log
        self.environment = environment
        self.server = Server(log, APPLICATION, **environment).ready()

    def caller(self, key: str) -> Caller:
        return self.server.caller(key)

    @property
    def is_there(self) -> bool:
        """Whether it still runs by itself."""
        return self.server.process.poll() is None

    def kill_a_worker(self, choose: Callable[[list[int]], int]) -> None:
        """The first process starts another one."""
        workers = children_of(self.server.process.pid)
        if workers:  # else the one before has just been killed
            kill([choose(workers)])

    def kill_the_first(self) -> None:
        """Nobody is left who would start workers; all is started anew, as a service manager does it."""
        workers = children_of(self.server.process.pid)
        kill([self.server.process.pid])
        self.server.process.wait()
        wait_until(lambda: not alive().keys() & set(workers), "the workers have noticed, and ended")
        self.server = Server(self.log, APPLICATION, port=self.server.port, **self.environment)

    def stop(self) -> None:
        self.server.stop()


@contextmanager
def mortal_server(log: Path, **environment: str) -> Iterator[MortalServer]:
    """Start it and stop it afterwards, whatever happens."""
    server = MortalServer(log, **environment)
    try:
        yield server
    finally:
        server.stop()
