"""Two PostgreSQL servers, the second a streaming replica of the first, and the product in front of them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.proof.server import APPLICATION, ROOT, Caller, serving
from tests.run_postgres import DATABASE, Server, find_server_programs, free_port

SYNCHRONOUS = "synchronous_standby_names = '*'\nsynchronous_commit = on\nfsync = on\n"


class Replica(Server):
    """A server that follows another."""

    def follow(self, primary: Server) -> None:
        """Copy the primary and stream what it writes from then on."""
        if self.user:
            shutil.chown(self.directory, self.user, self.user)
        source = ("-h", "127.0.0.1", "-p", primary.port, "-U", "postgres")
        copied = self.call("pg_basebackup", *source, "-D", self.data, "-R", "-X", "stream", "--checkpoint=fast")
        assert copied.returncode == 0, copied.stdout
        self.port = free_port()
        self.start_again()

    def start_again(self) -> None:
        options = f"-p {self.port} -c unix_socket_directories={self.directory}"
        log = self.directory / "server.log"
        started = self.call("pg_ctl", "-D", self.data, "-l", log, "-o", options, "-t", 60, "-w", "start")
        assert started.returncode == 0, started.stdout + log.read_text()

    def promote(self) -> None:
        """Become the primary."""
        promoted = self.call("pg_ctl", "-D", self.data, "-t", 60, "-w", "promote")
        assert promoted.returncode == 0, promoted.stdout


@dataclass
class Pair:
    """A primary and its replica, with the tables of the product and a user's key."""

    primary: Server
    replica: Replica
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def urls(self) -> str:
        """Both, of which the program takes the one that can be written to."""
        ports = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.replica.port}"
        return f"postgres://postgres@{ports}/{DATABASE}?target_session_attrs=read-write"

    def ask(self, server: Server, sql: str) -> object:
        """The first value of what a server answers."""
        with psycopg.connect(server.url, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
            return row[0] if row else None

    def manage(self, *arguments: str) -> str:
        """Run a command of the product on the primary."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def key(self, username: str) -> str:
        """A new administrator's key."""
        code = (
            "from accounts.models import User; from accounts.services import create_token;"
            f"user = User.objects.create_superuser({username!r}, {username!r} + '@example.com', 'x');"
            "print(create_token(user, 'test')[1])"
        )
        return self.manage("shell", "--no-imports", "-c", code).strip().splitlines()[-1]

    @contextmanager
    def product(self, log: Path, **environment: str) -> Iterator["Product"]:
        """The product, served by gunicorn."""
        with serving(log, APPLICATION, **self.environment, **environment) as server:
            yield Product(server.caller, server.port, log)


@dataclass
class Product:
    """The running product."""

    caller: object
    port: int
    log: Path

    def as_user(self, key: str) -> Caller:
        return self.caller(key)


@contextmanager
def pair_of_servers(*, synchronous: bool = False) -> Iterator[Pair]:
    """Start both and remove them afterwards, whatever happens."""
    places = [Path(tempfile.mkdtemp(prefix="inventory-pair-", dir="/tmp")) for _one in range(2)]
    programs = find_server_programs()
    primary, replica = Server(programs, places[0]), Replica(programs, places[1])
    try:
        primary.start()
        replica.follow(primary)
        if synchronous:
            with (primary.data / "postgresql.conf").open("a") as configuration:
                configuration.write(SYNCHRONOUS)
            assert primary.call("pg_ctl", "-D", primary.data, "-w", "restart", "-l", places[0] / "log").returncode == 0
        pair = Pair(primary, replica)
        pair.environment = {
            "ENVIRONMENT": "development",
            "DEBUG": "false",
            "DATABASE_URL": pair.urls,
            "REPLICA_URLS": replica.url,
            "CACHE_ROOT": str(places[0] / "cache"),
            "METRICS_TOKEN": "metrics",
            "LOG_FORMAT": "json",
        }
        pair.manage("migrate", "--verbosity", "0")
        yield pair
    finally:
        for server in (primary, replica):
            server.stop()
        for place in places:
            shutil.rmtree(place, ignore_errors=True)
