"""The product as it runs in production: gunicorn with threads, on the database of the tests."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
APPLICATION = "inventory_project.wsgi:application"
WORKERS, THREADS = 2, 32


@dataclass(frozen=True)
class Answer:
    """What the API said."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict:
        return json.loads(self.text) if self.text else {}


@dataclass(frozen=True)
class Caller:
    """A program that calls the API with a key."""

    port: int
    key: str

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Ask for something to be done."""
        return self.send("POST", path, {} if body is None else body, **headers)

    def get(self, path: str) -> Answer:
        """Read something."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request on a connection of its own."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        http = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **told}
            http.request(method, f"/api/v1/{path}", None if body is None else json.dumps(body), sent)
            answer = http.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            http.close()


class Server:
    """A running server. It is stopped by its process, never by name."""

    def __init__(
        self, log: Path, application: str, *, port: int = 0, workers: int = WORKERS, **environment: str
    ) -> None:
        self.log = log
        self.port = port or _free_port()
        options = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--timeout", "120"]
        options += ["--workers", str(workers), "--threads", str(THREADS), "--no-control-socket"]
        with log.open("a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, application],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **_settings(), **environment},
            )

    def ready(self) -> Self:
        """Wait until it answers."""
        for _attempt in range(300):
            if self.process.poll() is not None:
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")
            try:
                if self.caller("").post("orders/").status == 401:
                    return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"The server does not answer:\n{self.log.read_text()}")

    def caller(self, key: str) -> Caller:
        return Caller(self.port, key)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _settings() -> dict[str, str]:
    place = connection.settings_dict
    account = f"{place['USER']}:{place['PASSWORD']}" if place["PASSWORD"] else place["USER"]
    return {
        "ENVIRONMENT": "development",
        "DEBUG": "false",
        "AUTO_ALLOCATE": "false",
        "API_RATE_USER": "1000000/min",
        "DATABASE_URL": f"postgres://{account}@{place['HOST']}:{place['PORT']}/{place['NAME']}",
        "PYTHONPATH": str(ROOT),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(
    log: Path, application: str = APPLICATION, *, workers: int = WORKERS, **environment: str
) -> Iterator[Server]:
    """Start a server and stop it afterwards, whatever happens."""
    server = Server(log, application, workers=workers, **environment)
    try:
        yield server.ready()
    finally:
        server.stop()
