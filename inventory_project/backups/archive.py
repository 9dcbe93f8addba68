"""Writing and reading the file of a backup: tar, gzip and age, in one stream of a few kilobytes at a time."""

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pyrage
from django.utils.translation import gettext as _

from .errors import BackupError
from .keys import Keyring
from .manifest import FORMAT, Manifest, Part, decode, encode

MAGIC = b"age-encryption.org/v1\n"
MANIFEST, SEAL = "manifest.json", "manifest.seal"
CHUNK = 1 << 16
LARGEST_MANIFEST = 1 << 24
SPEED = 4  # of gzip, 1 to 9: a fifth less time than 6 for some percent more size


@dataclass(frozen=True)
class Source:
    """A file that goes into the archive, open for reading."""

    name: str
    file: BinaryIO


def write_archive(
    out: BinaryIO, keyring: Keyring, sources: Iterable[Source], describe: Callable[[list[Part]], Manifest]
) -> Manifest:
    """Write the sources, then the manifest that describes them, encrypted, to `out`."""
    with (
        _into(lambda reader: pyrage.encrypt_io(reader, out, keyring.recipients)) as pipe,
        gzip.GzipFile(fileobj=pipe, mode="wb", compresslevel=SPEED, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        manifest = describe([_add(tar, source) for source in sources])
        content = encode(manifest)
        for name, text in ((MANIFEST, content), (SEAL, keyring.seal(content).encode())):
            tar.addfile(_entry(name, len(text)), io.BytesIO(text))
    return manifest


def _add(tar: tarfile.TarFile, source: Source) -> Part:
    with source.file as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        hashing = _Hashing(file)
        tar.addfile(_entry(source.name, size), hashing)
    return Part(source.name, size, hashing.sha256.hexdigest())


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Hashing:
    """A file whose content is added up while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        content = self.file.read(size)
        self.sha256.update(content)
        return content


def read_archive(file: BinaryIO, name: str, keyring: Keyring, directory: Path) -> Manifest:
    """Unpack a backup into the directory, and prove that it is what was written, whole and unaltered.

    Refuses anything else. Nothing but the directory has been touched then.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError(_("%s is not a backup, or its first bytes are damaged.") % name)
    file.seek(0)
    try:
        with _from(lambda writer: pyrage.decrypt_io(file, writer, keyring.identities)) as packed:
            parts, content, seal = _unpack(packed, directory)
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise BackupError(
                _("%s can't be opened with BACKUP_KEY: it was locked with another key, or its head is damaged.") % name
            ) from error
        raise _damaged(name) from error
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise _damaged(name) from error
    except OSError as error:
        if error.errno:  # the disk, not the backup
            raise BackupError(_("%(name)s can't be unpacked: %(error)s.") % {"name": name, "error": error}) from error
        raise _damaged(name) from error
    if not keyring.has_sealed(content, seal):
        raise BackupError(_("%s was not made by a holder of BACKUP_KEY: its seal is wrong.") % name)
    return _agreed(decode(content), name, parts)


def _agreed(manifest: Manifest, name: str, parts: list[Part]) -> Manifest:
    if manifest.format != FORMAT:
        raise BackupError(_("%s has a format that this version does not know.") % name)
    if manifest.name != name:
        raise BackupError(
            _("%(name)s has been renamed: it was made as %(original)s. Give it back its name to use it.")
            % {"name": name, "original": manifest.name}
        )
    if manifest.parts != parts:
        raise _damaged(name)
    return manifest


def _damaged(name: str) -> BackupError:
    return BackupError(_("%s is damaged or cut short. Use another backup.") % name)


def _unpack(packed: BinaryIO, directory: Path) -> tuple[list[Part], bytes, str]:
    parts: dict[str, Part] = {}
    last = {MANIFEST: b"", SEAL: b""}
    with gzip.GzipFile(fileobj=packed, mode="rb") as unpacked:
        with tarfile.open(fileobj=unpacked, mode="r|") as tar:
            for entry in tar:
                if not entry.isfile() or entry.name in parts or not _is_inside(entry.name):
                    raise ValueError(entry.name)
                content = tar.extractfile(entry)
                if entry.name in last:
                    last[entry.name] = content.read(LARGEST_MANIFEST)
                else:
                    parts[entry.name] = _keep(content, entry.name, directory)
        while unpacked.read(CHUNK):  # to the end, where gzip's checksum is
            pass
    return list(parts.values()), last[MANIFEST], last[SEAL].decode()


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _keep(content: BinaryIO, name: str, directory: Path) -> Part:
    target = directory / name
    target.parent.mkdir(parents=True, exist_ok=True)
    hashing, size = _Hashing(content), 0
    with target.open("xb") as file:
        while chunk := hashing.read(CHUNK):
            size += file.write(chunk)
    return Part(name, size, hashing.sha256.hexdigest())


@contextmanager
def _into(work: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """A pipe to write to; `work` reads from it in a thread."""
    read_end, write_end = os.pipe()

    def run() -> None:
        with open(read_end, "rb") as reader:
            work(reader)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run)
        try:
            with open(write_end, "wb") as writer:
                yield writer
        except BrokenPipeError:
            done.result()  # says why nobody reads any more
            raise
        done.result()


@contextmanager
def _from(work: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """A pipe to read from; `work` writes to it in a thread. What went wrong there is what counts."""
    read_end, write_end = os.pipe()

    def run() -> None:
        with open(write_end, "wb") as writer:
            work(writer)

    with ThreadPoolExecutor(1) as pool:
        done: Future[None] = pool.submit(run)
        try:
            with open(read_end, "rb") as reader:
                yield reader
                while reader.read(CHUNK):
                    pass
        except Exception as error:
            if not (isinstance(error, OSError) and error.errno):  # the end of a stream that broke off in the thread
                done.result()
            raise
        done.result()
