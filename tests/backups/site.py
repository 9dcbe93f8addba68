"""An installation of its own: database, documents, images and backups, which tests enter and leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test import override_settings
from psycopg import sql

from inventory_project.backups.databases import database
from inventory_project.backups.keys import create_key

FOLDERS = {"documents": "documents", "default": "media", "backups": "backups"}


def on_server(statement: str, *names: str) -> list[tuple]:
    """Run a statement on the test server, outside of the databases concerned."""
    given = connection.settings_dict
    parameters = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **parameters) as server:
        done = server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        return done.fetchall() if done.description else []


def connect(name: str) -> None:
    """Every thread reads the name from these settings when it connects."""
    connection.close()
    connection.settings_dict["NAME"] = name


@dataclass
class Site:
    """Where one installation keeps its things. Its database need not exist."""

    directory: Path
    database: str
    name: str = "production"
    keys: list[str] = field(default_factory=lambda: [create_key()])

    @property
    def address(self) -> str:
        """What DATABASE_URL is here."""
        given = connection.settings_dict
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.database}"
        return f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{self.database}"

    def environment(self) -> dict[str, str]:
        """The settings of this installation, as its file of settings has them."""
        return {
            "ENVIRONMENT": "development",
            "DATABASE_URL": self.address,
            "PGPASSWORD": connection.settings_dict["PASSWORD"] or "",
            "BACKUP_KEY": ",".join(self.keys),
            "INSTALLATION": self.name,
            "BACKUPS_URL": str(self.backups),
            "DOCUMENTS_ROOT": str(self.documents),
            "MEDIA_ROOT": str(self.media),
        }

    @property
    def documents(self) -> Path:
        return self.directory / "documents"

    @property
    def media(self) -> Path:
        return self.directory / "media"

    @property
    def backups(self) -> Path:
        return self.directory / "backups"

    @contextmanager
    def entered(self) -> Iterator["Site"]:
        """Everything within happens in this installation."""
        before = connection.settings_dict["NAME"]
        with pytest.MonkeyPatch.context() as patch, override_settings(BACKUP_KEY=self.keys, INSTALLATION=self.name):
            for alias, folder in FOLDERS.items():
                for attribute in ("base_location", "location"):  # computed once, when first asked for
                    patch.setitem(storages[alias].__dict__, attribute, str(self.directory / folder))
            connect(self.database)
            try:
                yield self
            finally:
                connect(before)

    @property
    def is_untouched(self) -> bool:
        """Whether there is no database, no document and no image."""
        with self.entered():
            there = Path(self.database).exists() if connection.vendor == "sqlite" else database()._exists()
        return not (there or self.documents.exists() or self.media.exists() or list(self.directory.glob(".*")))

    def everything(self) -> dict[str, list[tuple]]:
        """All rows of all tables."""
        with self.entered(), connection.cursor() as cursor:
            rows = {}
            for table in sorted(connection.introspection.table_names(cursor)):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                rows[table] = cursor.fetchall()
            return rows

    def files(self) -> dict[str, bytes]:
        """All documents and images."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for root in (self.documents, self.media)
            for path in root.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
        }
