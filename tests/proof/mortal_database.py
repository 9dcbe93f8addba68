"""A PostgreSQL that writes safely, as in production, and is killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.run_postgres import Server, find_server_programs

from .processes import children_of, kill, wait_until

SAFELY = "\nfsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"


class MortalDatabase(Server):
    """Its first process is a child of the test, so that it is known when it has gone."""

    process: subprocess.Popen

    def start(self) -> None:
        super().start()
        self.stop()
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(SAFELY)
        self.start_again()

    def start_again(self) -> None:
        """Start it, after a crash with its recovery, and wait until it answers."""
        as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        with (self.directory / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_user,
            )
        self.wait_until_back()

    def wait_until_back(self) -> float:
        """When it answered again."""
        return wait_until(self.answers, "the database answers")

    def answers(self) -> bool:
        """Whether it takes a connection and a statement."""
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def crash(self) -> None:
        """Kill it, and start it again."""
        self.kill_all()
        self.start_again()

    def kill_all(self) -> None:
        """Kill the first process and every other one at once."""
        kill([self.process.pid, *children_of(self.process.pid)])
        self.process.wait()

    def restart_immediately(self) -> None:
        """What `pg_ctl restart -m immediate` does."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        self.start_again()

    def kill_a_session(self, choose) -> None:
        """Kill one process that serves a connection. PostgreSQL then ends them all and recovers by itself."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            own = connection.info.backend_pid
            sessions = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> %s"
            found = [pid for (pid,) in connection.execute(sessions, [own])]
            kill([choose(found or [own])])
            # Told of the death, the first process ends this session as well.
            wait_until(lambda: connection.broken or not _alive(connection), "every session has ended")

    def stop(self) -> None:
        super().stop()
        if process := getattr(self, "process", None):
            process.wait(60)


def _alive(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def mortal_database() -> Iterator[MortalDatabase]:
    """Start one and remove it afterwards, whatever happens."""
    place = Path(tempfile.mkdtemp(prefix="inventory-mortal-", dir="/tmp" if os.geteuid() == 0 else None))
    server = MortalDatabase(find_server_programs(), place)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
