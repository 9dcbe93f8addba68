"""PostgreSQL: pg_dump at one snapshot, pg_restore into a database of its own, put in place by renaming."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ..errors import BackupError
from ..manifest import Portrait
from ..portrait import portrait_of
from .base import Database, Snapshot

NOT_LIBPQ = {"pool", "options", "cursor_factory", "context", "prepare_threshold", "server_side_binding", "assume_role"}
LONGEST_NAME = 63
LOCK_WAIT = "60s"
EXTENSIONS = ("--extension=pg_trgm",)


class PostgreSQL(Database):
    """A database on a server."""

    vendor = "postgresql"

    @property
    def name(self) -> str:
        return self.path

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self._connect() as connection, tempfile.TemporaryFile() as file:
            connection.execute("SET idle_in_transaction_session_timeout = 0")
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            exported = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
            # First: counters go on while pg_dump runs, and those in its file must not be behind these.
            portrait = portrait_of(self.vendor, lambda query: connection.execute(query).fetchall())
            self._dump(file, exported)
            version = connection.execute("SHOW server_version").fetchone()[0]
            connection.execute("ROLLBACK")
            file.seek(0)
            yield Snapshot(file, portrait, {"postgresql": version, "pg_dump": _version_of("pg_dump")})

    def _dump(self, file: BinaryIO, snapshot: str) -> None:
        # Not compressed here: the archive is, as a whole. An extension that migrations did not make, for statistics
        # perhaps, is the server's own, and needs rights to be made that the application does not have.
        arguments = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", *EXTENSIONS]
        self._call("pg_dump", *arguments, f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_WAIT}", stdout=file)

    def is_empty(self) -> bool:
        if not self._exists():
            return True
        with self._connect() as connection:
            return not connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0]

    def _exists(self) -> bool:
        with self._connect_to_server() as server:
            return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone())

    @contextmanager
    def scratch(self, file: Path, mark: str) -> Iterator[Database]:
        scratch = PostgreSQL({**self.settings, "NAME": _suffixed(self.name, f"_scratch_{mark}")})
        with self._connect_to_server() as server:
            try:
                server.execute(sql.SQL("CREATE DATABASE {} {}").format(_quoted(scratch), self._as_this_one(server)))
            except psycopg.errors.InsufficientPrivilege as error:
                raise BackupError(
                    _("%s may not create databases. Let it for restores: ALTER ROLE ... CREATEDB.") % server.info.user
                ) from error
        try:
            # Django's own connection limits stay out of it; pg_restore rebuilds indexes for as long as that takes.
            scratch._call(
                "pg_restore",
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                str(file),
            )
            with scratch._connect() as connection:
                connection.execute("ANALYZE")
            yield scratch
        finally:
            with self._connect_to_server() as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_quoted(scratch)))

    def _as_this_one(self, server: psycopg.Connection) -> sql.Composable:
        found = server.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s",
            [self.name],
        ).fetchone()
        if not found:
            return sql.SQL("TEMPLATE template0 ENCODING 'UTF8'")
        return sql.SQL("TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, found))

    def portrait(self) -> Portrait:
        with self._connect() as connection:
            return portrait_of(self.vendor, lambda query: connection.execute(query).fetchall())

    def put_in_place(self, scratch: Database, mark: str) -> str:
        _close_ours()
        kept = ""
        with self._connect_to_server() as server:
            if self._exists():
                if self.is_empty():
                    server.execute(sql.SQL("DROP DATABASE {}").format(_quoted(self)))
                else:
                    kept = _suffixed(self.name, f"_before_{mark}")
                    self._send_everybody_away(server)
            try:
                with server.transaction():
                    if kept:
                        _rename(server, self.name, kept)
                    _rename(server, scratch.name, self.name)
            finally:
                if kept:
                    _allow_connections(server, kept)
                    _allow_connections(server, self.name)
        return kept

    def _send_everybody_away(self, server: psycopg.Connection) -> None:
        server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(_quoted(self)))
        server.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [self.name])

    def _connect(self) -> psycopg.Connection:
        try:
            return psycopg.connect(make_conninfo(**self._parameters()), autocommit=True)
        except psycopg.OperationalError as error:
            raise BackupError(_("The database can't be reached: %s") % str(error).strip()) from error

    def _connect_to_server(self) -> psycopg.Connection:
        return PostgreSQL({**self.settings, "NAME": "postgres"})._connect()

    def _parameters(self) -> dict[str, str]:
        given = {k: v for k, v in self.settings.get("OPTIONS", {}).items() if k not in NOT_LIBPQ}
        usual = {"dbname": self.path, **{k.lower(): self.settings.get(k) for k in ("USER", "PASSWORD", "HOST", "PORT")}}
        return {**given, **{k: str(v) for k, v in usual.items() if v}}

    def _call(self, program: str, *arguments: str, stdout: BinaryIO | None = None) -> None:
        """Run one of PostgreSQL's programs. Its password travels in the environment, where others can't see it."""
        parameters = self._parameters()
        password = {"PGPASSWORD": parameters.pop("password")} if "password" in parameters else {}
        try:
            done = subprocess.run(
                [program, f"--dbname={make_conninfo(**parameters)}", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stdout or subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, **password},
                check=False,
            )
        except FileNotFoundError as error:
            raise BackupError(_("%s is not installed. On Debian: apt install postgresql-client.") % program) from error
        if done.returncode:
            raise BackupError(f"{program}: {done.stderr.decode(errors='replace').strip()}")


def _close_ours() -> None:
    connections[DEFAULT_DB_ALIAS].close()
    if hasattr(connections[DEFAULT_DB_ALIAS], "close_pool"):
        connections[DEFAULT_DB_ALIAS].close_pool()


def _version_of(program: str) -> str:
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"[0-9][0-9.]*", text)[0]


def _quoted(database: Database) -> sql.Identifier:
    return sql.Identifier(database.name)


def _suffixed(name: str, suffix: str) -> str:
    return name[: LONGEST_NAME - len(suffix)] + suffix


def _rename(server: psycopg.Connection, name: str, to: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def _allow_connections(server: psycopg.Connection, name: str) -> None:
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(sql.Identifier(name)))
