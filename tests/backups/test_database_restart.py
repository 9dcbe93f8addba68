"""The database is stopped and started while people work: 503 meanwhile, and whole again by itself."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from tests.backups.site import Site
from tests.conftest import ROOT
from tests.proof.server import Server, serving
from tests.run_postgres import Server as PostgreSQL
from tests.run_postgres import find_server_programs

pytestmark = pytest.mark.postgres

AWAY = 4  # seconds: long enough that whoever tries again and again waits long between two attempts
WHOLE_WITHIN = 5
KINDS = {"pool": {"POOL_MAX_SIZE": "4"}, "kept": {"POOL_MAX_SIZE": "0", "CONN_MAX_AGE": "60"}}
PATHS = ("/api/v1/products/", "/admin/")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[PostgreSQL]:
    directory = Path(tempfile.mkdtemp(prefix="inventory-restart-", dir="/tmp"))
    server = PostgreSQL(find_server_programs(), directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def key(postgresql: PostgreSQL, company: Site, backup: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program's key to the restored company."""
    place = tmp_path_factory.mktemp("restart")
    environment = os.environ | {
        "ENVIRONMENT": "development",
        "DATABASE_URL": postgresql.url,
        "BACKUP_KEY": company.keys[0],
        "INSTALLATION": company.name,
        "DOCUMENTS_ROOT": str(place / "documents"),
        "MEDIA_ROOT": str(place / "media"),
        "DJANGO_SUPERUSER_PASSWORD": "of no use",
    }

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout

    manage("restore", str(backup))
    manage("createsuperuser", "--noinput", "--username=watcher", "--email=watcher@example.com")
    return manage("create_api_token", "watcher", "--name=watcher").split()[-1]


@dataclass
class Watcher:
    """Asks for a page again and again, and writes down what came."""

    server: Server
    key: str
    path: str
    seen: list[tuple[float, int, str | None]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.stopped.is_set():
            http = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            # A session that is looked for in the database, and not found.
            who = {"Authorization": f"Bearer {self.key}"} if "api" in self.path else {"Cookie": f"sessionid={'x' * 32}"}
            http.request("GET", self.path, headers=who)
            answer = http.getresponse()
            answer.read()
            self.seen.append((time.monotonic(), answer.status, answer.getheader("Retry-After")))
            http.close()
            time.sleep(0.02)


def start_again(server: PostgreSQL) -> float:
    done = server.call("pg_ctl", "-D", server.data, "-l", server.directory / "server.log", "-t", 60, "-w", "start")
    assert done.returncode == 0, done.stdout
    with psycopg.connect(server.url) as connection:
        connection.execute("SELECT 1")
    return time.monotonic()


@pytest.mark.parametrize(("kind", "way"), [("pool", "fast"), ("kept", "immediate")])
def test_while_the_database_is_away_everybody_is_told_when_to_come_back(postgresql, key, kind, way, tmp_path):
    connections = KINDS[kind]
    with serving(tmp_path / "server.log", DATABASE_URL=postgresql.url, **connections) as server:
        watchers = [Watcher(server, key, path) for path in PATHS for _ in range(2)]
        threads = [threading.Thread(target=watcher.watch) for watcher in watchers]
        for thread in threads:
            thread.start()
        try:
            while any(len(watcher.seen) < 5 for watcher in watchers):
                time.sleep(0.1)
            postgresql.call("pg_ctl", "-D", postgresql.data, "-m", way, "-w", "stop")
            time.sleep(AWAY)
            back = start_again(postgresql)
            time.sleep(WHOLE_WITHIN + 2)
        finally:
            for watcher in watchers:
                watcher.stopped.set()
            for thread in threads:
                thread.join()

    for watcher in watchers:
        usual = watcher.seen[0][1]
        assert usual in (200, 302), watcher.seen[:3]
        assert {status for _at, status, _later in watcher.seen} == {usual, 503}
        assert all(later for _at, status, later in watcher.seen if status == 503)
        late = [round(at - back, 1) for at, status, _later in watcher.seen if status == 503 and at > back]
        assert max(late, default=0) < WHOLE_WITHIN, late
        assert watcher.seen[-1][1] == usual
