"""Point-in-time recovery: the primary's data directory is destroyed, and comes back as it was at a noted moment."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.backups.site import Site
from tests.conftest import ROOT
from tests.run_postgres import Server, find_server_programs

pytestmark = pytest.mark.postgres

DEPLOY = ROOT / "deploy" / "postgresql"
PATIENCE = 60


class ArchivingServer(Server):
    """A primary that sends its write-ahead log away, as the files in deploy/ say."""

    def __init__(self, bin_directory: Path, directory: Path) -> None:
        super().__init__(bin_directory, directory)
        self.archive = directory / "archive"

    def create(self) -> None:
        super().create()
        self.prepare()
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(self.configuration())

    def own(self, path: Path) -> Path:
        if self.user:
            shutil.chown(path, self.user, self.user)
        return path

    def run(self, program: str | Path, *arguments: object) -> None:
        done = self.call(program, *arguments)
        assert done.returncode == 0, done.stdout

    def query(self, statement: str) -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            done = connection.execute(statement)
            return str(done.fetchone()[0]) if done.description else ""

    def start_again(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-l", self.directory / "server.log", "-t", PATIENCE, "-w", "start")
        wait_for(lambda: self.query("SELECT pg_is_in_recovery()") == "False")

    def prepare(self) -> None: ...

    def configuration(self) -> str:
        raise NotImplementedError

    def back_up(self) -> None:
        raise NotImplementedError

    def recover(self, moment: str) -> None:
        raise NotImplementedError


class Plain(ArchivingServer):
    """With what comes with PostgreSQL."""

    def prepare(self) -> None:
        self.archive.mkdir()
        self.own(self.archive)

    def configuration(self) -> str:
        return (DEPLOY / "archive.conf").read_text().replace("/srv/wal-archive", str(self.archive))

    def back_up(self) -> None:
        address = ["-h", "127.0.0.1", "-p", self.port, "-U", "postgres"]
        self.run("pg_basebackup", *address, "-D", self.directory / "base", "--checkpoint=fast", "--wal-method=none")
        self.run("pg_verifybackup", "--no-parse-wal", self.directory / "base")

    def recover(self, moment: str) -> None:
        shutil.copytree(self.directory / "base", self.data, copy_function=shutil.copy2)
        for path in (self.data, *self.data.rglob("*")):
            self.own(path)
        self.data.chmod(0o700)
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"restore_command = 'cp {self.archive}/%f %p'\n")
            configuration.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
        (self.data / "recovery.signal").touch()
        self.own(self.data / "recovery.signal")


class WithPgBackRest(ArchivingServer):
    """With pgBackRest: compressed, encrypted, its own retention."""

    def prepare(self) -> None:
        text = (DEPLOY / "pgbackrest.conf").read_text()
        text = text.replace("/var/lib/pgbackrest", str(self.archive)).replace("CHANGE-ME", "for this test only")
        text = text.replace("/var/lib/postgresql/15/main", str(self.data))
        text += f"pg1-socket-path={self.directory}\npg1-user=postgres\npg1-database=postgres\n"
        text = text.replace("[global]", f"[global]\nlog-path={self.directory}\nlock-path={self.directory}")
        self.config = self.own_file("pgbackrest.conf", text)
        self.archive.mkdir()
        self.own(self.archive)

    def own_file(self, name: str, text: str) -> Path:
        (self.directory / name).write_text(text)
        return self.own(self.directory / name)

    def configuration(self) -> str:
        return (
            "wal_level = replica\narchive_mode = on\narchive_timeout = 60\n"
            f"archive_command = 'pgbackrest --config={self.config} --stanza=inventory archive-push %p'\n"
        )

    def pgbackrest(self, *arguments: str) -> None:
        self.run(Path(shutil.which("pgbackrest")), f"--config={self.config}", "--stanza=inventory", *arguments)

    def back_up(self) -> None:
        with self.config.open("a") as config:  # the port is known only now
            config.write(f"pg1-port={self.port}\n")
        self.pgbackrest("stanza-create")
        self.pgbackrest("backup")

    def recover(self, moment: str) -> None:
        self.data.mkdir(mode=0o700)
        self.own(self.data)
        self.pgbackrest("restore", "--type=time", f"--target={moment}", "--target-action=promote")


@pytest.fixture(params=[Plain, WithPgBackRest], ids=["plain", "pgbackrest"])
def primary(request: pytest.FixtureRequest) -> Iterator[ArchivingServer]:
    if request.param is WithPgBackRest and not shutil.which("pgbackrest"):
        pytest.skip("pgbackrest is not installed")
    directory = Path(tempfile.mkdtemp(prefix="inventory-pitr-", dir="/tmp"))
    server = request.param(find_server_programs(), directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def manage(site: Site, url: str, *arguments: str) -> str:
    environment = os.environ | {
        "ENVIRONMENT": "development",
        "DATABASE_URL": url,
        "BACKUP_KEY": site.keys[0],
        "INSTALLATION": site.name,
        "DOCUMENTS_ROOT": str(site.documents),
        "MEDIA_ROOT": str(site.media),
    }
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_back_to_a_moment_after_the_disk_is_lost(primary, backup, elsewhere):
    manage(elsewhere, primary.url, "restore", str(backup))
    primary.back_up()
    time.sleep(1.1)  # pgBackRest counts in seconds: the moment must be one after the base backup
    rename = "UPDATE customer SET name = '{}' WHERE id = (SELECT min(id) FROM customer)"
    primary.query(rename.format("Before the moment"))
    moment = primary.query("SELECT clock_timestamp()")
    time.sleep(0.5)
    primary.query(rename.format("After the moment"))
    primary.query("DELETE FROM operation_run")
    last = primary.query("SELECT pg_walfile_name(pg_switch_wal())")
    wait_for(lambda: primary.query("SELECT last_archived_wal FROM pg_stat_archiver") >= last)

    primary.stop()
    shutil.rmtree(primary.data)
    primary.recover(moment)
    primary.start_again()

    assert primary.query("SELECT name FROM customer ORDER BY id LIMIT 1") == "Before the moment"
    assert int(primary.query("SELECT count(*) FROM operation_run")) > 0
    assert "invariants hold" in manage(elsewhere, primary.url, "check_integrity")
    primary.query(rename.format("Work goes on"))
