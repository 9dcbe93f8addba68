"""Where backups are kept: the storage “backups” of the settings, a directory or a bucket."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from .errors import BackupError
from .names import BackupName, parse_name

CHUNK = 1 << 20
UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Stored:
    """A backup that lies there."""

    name: BackupName
    size: int


def shelf() -> Storage:
    return storages["backups"]


def stored_backups() -> list[Stored]:
    """All that bear the name of a backup, the newest first."""
    storage = shelf()
    try:
        files = storage.listdir("")[1]
    except FileNotFoundError:
        return []
    found = [Stored(name, storage.size(name.text)) for name in map(parse_name, files) if name]
    return sorted(found, key=lambda each: (each.name.taken_at, each.name.text), reverse=True)


def put(name: BackupName, write: Callable[[BinaryIO], None]) -> int:
    """Let `write` fill a new backup; gives its size. It appears under its name whole, or not at all."""
    storage = shelf()
    if isinstance(storage, FileSystemStorage):
        return _put_in_directory(Path(storage.path("")), name.text, write)
    with tempfile.TemporaryFile() as file:  # a bucket shows an object once all of it has arrived
        write(file)
        size = file.tell()
        file.seek(0)
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


def fetch(name: str, target: BinaryIO) -> None:
    """Copy a stored backup to a file of this machine."""
    storage = shelf()
    if not storage.exists(name):
        raise BackupError(_("There is no backup %s. “manage.py backups” lists what there is.") % name)
    with storage.open(name, "rb") as file:
        shutil.copyfileobj(file, target, CHUNK)


def discard(name: str) -> None:
    shelf().delete(name)


def remove_unfinished(older_than: float) -> list[str]:
    """Remove what killed backups left in the directory."""
    storage = shelf()
    if not isinstance(storage, FileSystemStorage):
        return []
    left = [
        file
        for file in Path(storage.path("")).glob(f"{UNFINISHED}*")
        if parse_name(file.name.removeprefix(UNFINISHED)) and file.stat().st_mtime < older_than
    ]
    for file in left:
        file.unlink(missing_ok=True)
    return [file.name for file in left]
