"""Where backups are kept: the storage “backups” of the settings, a directory or a bucket."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from .errors import BackupError
from .names import BackupName, parse_name

UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Stored:
    """A backup that lies there."""

    name: BackupName
    size: int


@contextmanager
def _shelf() -> Iterator[Storage]:
    """The storage; what it can't do is told in a sentence, whichever library says it."""
    try:
        yield storages["backups"]
    except BackupError:
        raise
    except Exception as error:  # each kind of bucket has exceptions of its own, of a library that need not be there
        raise BackupError(
            _("The storage of the backups, BACKUPS_URL, does not do what it should: %s") % error
        ) from error


def backup_names() -> list[BackupName]:
    """The names of all backups that are there, the newest first."""
    with _shelf() as storage:
        try:
            files = storage.listdir("")[1]
        except FileNotFoundError:
            return []
    return sorted(filter(None, map(parse_name, files)), key=lambda name: (name.taken_at, name.text), reverse=True)


def stored_backups() -> list[Stored]:
    """All backups that are there with their sizes, each of which a bucket is asked for; the newest first."""
    names = backup_names()
    with _shelf() as storage:
        return [Stored(name, storage.size(name.text)) for name in names]


def put(name: BackupName, write: Callable[[BinaryIO], None]) -> int:
    """Let `write` fill a new backup; gives its size. It appears under its name whole, or not at all."""
    with _shelf() as storage:
        directory = Path(storage.path("")) if isinstance(storage, FileSystemStorage) else None
    if directory:
        return _put_in_directory(directory, name.text, write)
    with tempfile.TemporaryFile() as file:  # a bucket shows an object once all of it has arrived
        write(file)
        size = file.tell()
        file.seek(0)
        with _shelf() as storage:
            kept = storage.save(name.text, File(file, name.text))
            if kept != name.text:
                storage.delete(kept)
                raise BackupError(_("There is a file named %s in the storage already.") % name)
    return size


def _put_in_directory(directory: Path, name: str, write: Callable[[BinaryIO], None]) -> int:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = directory / f"{UNFINISHED}{name}"
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            write(file)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(directory / name)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(directory)
    return size


def _sync(directory: Path) -> None:
    """After a power cut, too, the new name is there."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def fetched(name: str) -> Iterator[BinaryIO]:
    """A stored backup, open for reading; one in a bucket is copied to this machine for as long."""
    with _shelf() as storage:
        if not storage.exists(name):
            raise BackupError(_("There is no backup %s. “manage.py backups” lists what there is.") % name)
        file = storage.open(name, "rb")
        file.seek(0)  # a bucket is asked for the content at the first touch
    with file:
        yield file


def discard(name: str) -> None:
    with _shelf() as storage:
        storage.delete(name)


def remove_unfinished(older_than: float) -> list[str]:
    """Remove what killed backups left in the directory."""
    with _shelf() as storage:
        if not isinstance(storage, FileSystemStorage):
            return []
        directory = Path(storage.path(""))
    left = [
        file
        for file in directory.glob(f"{UNFINISHED}*")
        if parse_name(file.name.removeprefix(UNFINISHED)) and file.stat().st_mtime < older_than
    ]
    for file in left:
        file.unlink(missing_ok=True)
    return [file.name for file in left]
