"""Making a backup."""

import platform
from itertools import chain
from typing import BinaryIO

import django
import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from inventory_project.models.operation import OperationRun, recorded

from .archive import Source, write_archive
from .databases import Database, database
from .databases.base import Snapshot
from .errors import BackupError
from .files import sources
from .keys import Keyring, keyring
from .manifest import FORMAT, Manifest, Part
from .names import BackupName, new_name
from .shelf import Stored, put

DATABASE = "database"


def make_backup() -> Stored:
    """Back up the database, the documents and the images as they are now, while people work.

    The database is copied first: whatever file a row of it names was there already.
    """
    keys, source = keyring(), database()
    with recorded(OperationRun.BACKUP) as run, source.snapshot() as snapshot:
        name = new_name(settings.INSTALLATION, source.vendor)
        run.subject = name.text
        try:
            size = put(name, lambda out: _write(out, keys, source, snapshot, name))
        except (OSError, pyrage.EncryptError) as error:
            raise BackupError(_("The backup can't be written: %s.") % error) from error
        run.details = {"size": size, "rows": sum(snapshot.portrait.rows.values())}
        return Stored(name, size)


def _write(out: BinaryIO, keys: Keyring, source: Database, snapshot: Snapshot, name: BackupName) -> None:
    def describe(parts: list[Part]) -> Manifest:
        return Manifest(
            format=FORMAT,
            name=name.text,
            installation=settings.INSTALLATION,
            environment=settings.ENVIRONMENT,
            database=source.vendor,
            database_name=source.name,
            versions={**snapshot.versions, "django": django.__version__, "python": platform.python_version()},
            taken_at=name.taken_at,
            portrait=snapshot.portrait,
            parts=parts,
        )

    write_archive(out, keys, chain([Source(DATABASE, snapshot.file)], sources()), describe)
