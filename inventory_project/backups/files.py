"""The files beside the database that belong to a backup: issued documents and images."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from .archive import Source
from .errors import BackupError

FOLDERS = {"documents": "documents", "media": "default"}
"""What a folder in the archive is called, and the storage that it comes from."""


def sources() -> Iterator[Source]:
    """Every file, in an order that does not change."""
    for folder, alias in FOLDERS.items():
        storage = storages[alias]
        for name in _walk(storage):
            try:
                file = storage.open(name, "rb")
            except FileNotFoundError:  # removed since it was listed
                continue
            yield Source(f"{folder}/{name}", file)


def _walk(storage: Storage, path: str = "") -> Iterator[str]:
    try:
        directories, files = storage.listdir(path)
    except FileNotFoundError:
        return
    for name in sorted(files):
        if not name.startswith("."):
            yield f"{path}{name}"
    for name in sorted(directories):
        if not name.startswith("."):
            yield from _walk(storage, f"{path}{name}/")


def occupied() -> list[str]:
    """The folders that hold files already."""
    return [folder for folder, alias in FOLDERS.items() if next(_walk(storages[alias]), None) is not None]


def put_aside(mark: str) -> list[str]:
    """Move the files that are there into a hidden directory beside them; gives where they are."""
    moved = []
    for folder in occupied():
        storage = storages[FOLDERS[folder]]
        if not isinstance(storage, FileSystemStorage):
            raise BackupError(_("The storage of %s is not a directory. Empty it yourself, then restore.") % folder)
        root = Path(storage.path(""))
        aside = root / f".before-{mark}"
        aside.mkdir()
        for entry in root.iterdir():
            if not entry.name.startswith("."):
                entry.rename(aside / entry.name)
        moved.append(str(aside))
    return moved


def put_back(directory: Path) -> int:
    """Put the unpacked files where they belong; gives how many there are."""
    count = 0
    for folder, alias in FOLDERS.items():
        storage = storages[alias]
        for file in sorted((directory / folder).rglob("*")):
            if file.is_file():
                _put(storage, file.relative_to(directory / folder).as_posix(), file)
                count += 1
    return count


def _put(storage: Storage, name: str, file: Path) -> None:
    if isinstance(storage, FileSystemStorage):
        target = Path(storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        if storage.file_permissions_mode is not None:
            target.chmod(storage.file_permissions_mode)
        return
    with file.open("rb") as opened:
        storage.save(name, File(opened, name))
