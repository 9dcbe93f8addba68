"""What a backup says of itself."""

import datetime

import msgspec

from .errors import BackupError

FORMAT = 1


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file in the archive."""

    name: str
    size: int
    sha256: str


class Portrait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a database holds, by which a restored one is compared with the original."""

    rows: dict[str, int]
    objects: list[str]
    counters: dict[str, int]
    migrations: list[str]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose backup it is, of what and when, and what has to come out of it."""

    format: int
    name: str
    installation: str
    environment: str
    database: str
    database_name: str
    versions: dict[str, str]
    taken_at: datetime.datetime
    portrait: Portrait
    parts: list[Part]


def encode(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def decode(content: bytes) -> Manifest:
    try:
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"The manifest can't be read: {error}.") from error
