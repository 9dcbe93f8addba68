"""Runs a command with a PostgreSQL of its own: python tests/run_postgres.py -- pytest ...

Makes a throwaway server in a temporary directory, on a free port of 127.0.0.1, gives its address to the command as
DATABASE_URL and TEST_DATABASE_URL, and removes it afterwards, whatever happens. If TEST_DATABASE_URL is already set,
that server is used instead. Exits with the command's code; with 2 if there is no PostgreSQL.
Only the standard library is used: `--where` must be able to run before anything is installed.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

OLDEST = 15  # the oldest PostgreSQL that Django 6.1 speaks to
DATABASE = "inventory"
STOP_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora, Red Hat
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
NOT_FOUND = f"""\
No PostgreSQL {OLDEST} or newer was found: these tests need its server programs (initdb, pg_ctl), not a running server.
  Debian, Ubuntu:  apt-get install postgresql
  macOS:           brew install postgresql@17
Or name a server on which a database may be created: TEST_DATABASE_URL=postgres://user:password@host:5432/inventory
The tests that need only SQLite: make test-sqlite"""
# A server that may be lost at any moment need not write anything safely.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{directory}'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
shared_preload_libraries = '{libraries}'
"""


class Unavailable(Exception):
    """There is no PostgreSQL to run the command with; the text says why."""


class Stopped(Exception):
    """Somebody asked this process to end."""


def version_of(bin_directory: Path) -> int:
    """The major version of the server programs in a directory; 0 if they are not all there or do not run."""
    if not all((bin_directory / name).exists() for name in ("initdb", "pg_ctl", "createdb")):
        return 0
    try:
        answer = subprocess.run([bin_directory / "initdb", "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def find_server_programs() -> Path:
    """The PATH comes first, then the usual places; of those, the newest."""
    usual = {path.resolve() for pattern in PLACES for path in Path("/").glob(pattern[1:])}
    on_path = shutil.which("initdb")
    if on_path and version_of(Path(on_path).resolve().parent) >= OLDEST:
        return Path(on_path).resolve().parent
    newest = max(usual, key=version_of, default=None)
    if newest is None or version_of(newest) < OLDEST:
        raise Unavailable(NOT_FOUND)
    return newest


def statistics_library(bin_directory: Path) -> str:
    """The library that counts statements, where it is installed: it has to be loaded when the server starts."""
    name = "pg_stat_statements"
    places = (bin_directory.parent / "lib", bin_directory.parent / "lib" / "postgresql")
    installed = any(path for place in places for path in place.glob(f"{name}.*"))
    return name if installed else ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A PostgreSQL that lives in one directory."""

    def __init__(self, bin_directory: Path, directory: Path) -> None:
        self.bin = bin_directory
        self.directory = directory
        self.data = directory / "data"
        self.port = 0
        # PostgreSQL refuses to run as root; Debian's packages make this user.
        self.user = "postgres" if os.geteuid() == 0 else None

    def call(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """In a session of its own, so that a Ctrl-C in the terminal cannot hit it half-way."""
        as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        # pg_ctl hands its output on to the server, so it goes to a file: a pipe would stay open as long as the server.
        with open(self.directory / f"{program}.log", "w+") as log:
            done = subprocess.run(
                [self.bin / program, *map(str, arguments)],
                check=False,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_user,
            )
            log.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, log.read())

    def start(self) -> None:
        if self.user:
            try:
                shutil.chown(self.directory, self.user, self.user)
            except LookupError:
                raise Unavailable("PostgreSQL does not run as root, and there is no user `postgres`.") from None
        self.create()
        for _attempt in range(5):  # somebody else may take the port between the probe and the start
            self.port = free_port()
            settings = CONFIGURATION.format(
                port=self.port, directory=self.directory, libraries=statistics_library(self.bin)
            )
            with open(self.data / "postgresql.conf", "a") as configuration:
                configuration.write(settings)
            log = self.directory / "server.log"
            started = self.call("pg_ctl", "-D", self.data, "-l", log, "-t", 60, "-w", "start")
            if started.returncode == 0:
                break
        else:
            raise Unavailable(f"PostgreSQL did not start.\n{started.stdout}{log.read_text() if log.exists() else ''}")
        made = self.call("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", DATABASE)
        if made.returncode:
            raise Unavailable(f"The database could not be created.\n{made.stdout}")

    def create(self) -> None:
        # C.UTF-8 sorts by code point, as SQLite does, and still knows that ä is the small Ä; macOS may lack it.
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
            made = self.call(
                "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", f"--locale={locale}", "-E", "UTF8"
            )
            if made.returncode == 0:
                return
        raise Unavailable(f"No PostgreSQL cluster could be made in {self.directory}.\n{made.stdout}")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.call("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{DATABASE}"


@contextmanager
def server_url() -> Iterator[str]:
    """The address of a PostgreSQL: the one that was named, else a temporary one."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        if not named.startswith(("postgres://", "postgresql://")):
            raise Unavailable(f"TEST_DATABASE_URL does not name a PostgreSQL: {named.partition(':')[0]}:...")
        yield named
        return
    # The directory is the server's user's, to whom root's own TMPDIR may be closed.
    directory = Path(tempfile.mkdtemp(prefix="inventory-pg-", dir="/tmp" if os.geteuid() == 0 else None))
    server = None
    try:
        server = Server(find_server_programs(), directory)
        server.start()
        yield server.url
    finally:
        for number in (*STOP_SIGNALS, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # nothing interrupts the cleaning up
        if server:
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def run(command: list[str], url: str) -> int:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "TEST_DATABASE_URL": url,
        "REQUIRE_POSTGRES": "1",  # tests/conftest.py then refuses to run on anything else
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as problem:
        print(f"{command[0]} cannot be run: {problem.strerror}", file=sys.stderr)
        return 127
    try:
        code = child.wait()
    except KeyboardInterrupt:  # a Ctrl-C in the terminal has reached the command as well: let it end in its own way
        code = end(child, patience=20)
    except Stopped:
        child.terminate()
        code = end(child, patience=5)
    return code if code >= 0 else 128 - code


def end(child: subprocess.Popen, patience: int) -> int:
    try:
        return child.wait(patience)
    except (subprocess.TimeoutExpired, KeyboardInterrupt, Stopped):
        child.kill()
        return child.wait()


def stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def main(arguments: list[str]) -> int:
    if arguments == ["--where"]:
        print("TEST_DATABASE_URL" if os.environ.get("TEST_DATABASE_URL") else find_server_programs())
        return 0
    if len(arguments) < 2 or arguments[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    with server_url() as url:
        return run(arguments[1:], url)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Unavailable as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, Stopped):
        sys.exit(130)
