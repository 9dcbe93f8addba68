"""SQLite: one file, copied by SQLite's own online backup."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from ..errors import BackupError
from ..manifest import Portrait
from ..portrait import portrait_of
from .base import Database, Snapshot

PATIENCE = 30
SIDE_FILES = ("-wal", "-shm", "-journal")


class SQLite(Database):
    """A database in one file."""

    vendor = "sqlite"

    @property
    def name(self) -> str:
        return Path(self.path).name

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        if not Path(self.path).is_file():
            raise BackupError(_("There is no database %s.") % self.path)
        with tempfile.TemporaryDirectory(prefix="inventory-backup-") as directory:
            copy = Path(directory, "database")
            try:
                with closing(_connect(self.path)) as source, closing(_connect(copy)) as target:
                    source.backup(target)  # all pages in one go: writers go on, in the write-ahead log
                    target.execute("PRAGMA journal_mode = DELETE")  # one file, without its log
                portrait = SQLite({"NAME": copy}).portrait()
            except sqlite3.Error as error:
                raise BackupError(_("The database can't be copied: %s.") % error) from error
            with copy.open("rb") as file:
                yield Snapshot(file, portrait, {"sqlite": sqlite3.sqlite_version})

    def is_empty(self) -> bool:
        if not Path(self.path).exists():
            return True
        with closing(_connect(self.path)) as connection:
            return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    @contextmanager
    def scratch(self, file: Path, mark: str) -> Iterator[Database]:
        beside = Path(self.path).parent
        beside.mkdir(parents=True, exist_ok=True)
        path = beside / f".{self.name}-scratch-{mark}"
        try:
            shutil.copyfile(file, path)
            path.chmod(0o600)
            with closing(_connect(path)) as connection:
                self._require_whole(connection)
            yield SQLite({**self.settings, "NAME": path})
        finally:
            _remove(path)

    def _require_whole(self, connection: sqlite3.Connection) -> None:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            found = str(error)
        if found != "ok":
            raise BackupError(_("The database in the backup is damaged: %s.") % found)

    def portrait(self) -> Portrait:
        with closing(_connect(self.path)) as connection:
            return portrait_of(self.vendor, lambda sql: connection.execute(sql).fetchall())

    def put_in_place(self, scratch: Database, mark: str) -> str:
        _fold_log(scratch.path)
        path, kept = Path(self.path), ""
        connections[DEFAULT_DB_ALIAS].close()
        if path.exists():
            _fold_log(self.path)
            shutil.copymode(path, scratch.path)
            if not self.is_empty():
                kept = f"{self.path}.before-{mark}"
                shutil.copyfile(path, kept)
        Path(scratch.path).replace(path)
        return kept


def _connect(path: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


def _fold_log(path: str) -> None:
    """Bring the write-ahead log into the file. SQLite does so only if nobody else has the file open."""
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "locked"
    if mode != "delete":
        raise BackupError(
            _("%s is in use. Stop the application and everything else that has it open, then restore.") % path
        )


def _remove(path: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
