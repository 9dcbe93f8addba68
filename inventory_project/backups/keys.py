"""The keys that lock and open backups."""

import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from .errors import BackupError

PURPOSE = b"seal of a backup's manifest, version 1"


class Keyring:
    """The keys of the installation: the first one locks, each of them opens."""

    def __init__(self, texts: Sequence[str]) -> None:
        try:
            self.identities = [pyrage.x25519.Identity.from_str(text) for text in texts]
        except pyrage.IdentityError:
            raise BackupError(
                _("BACKUP_KEY holds something that is no key. “manage.py create_backup_key” makes one.")
            ) from None
        self.recipients = [identity.to_public() for identity in self.identities[:1]]

    def seal(self, content: bytes) -> str:
        """What only a holder of the key can have written under the content."""
        return _seal(self.identities[0], content)

    def has_sealed(self, content: bytes, seal: str) -> bool:
        return any(hmac.compare_digest(_seal(identity, content), seal) for identity in self.identities)


def _seal(identity: pyrage.x25519.Identity, content: bytes) -> str:
    key = hmac.digest(str(identity).encode(), PURPOSE, hashlib.sha256)
    return hmac.digest(key, content, hashlib.sha256).hex()


def create_key() -> str:
    """A new key, as BACKUP_KEY takes it and the program `age`, too."""
    return str(pyrage.x25519.Identity.generate())


def keyring() -> Keyring:
    """The keys of BACKUP_KEY. In development a key is made and kept; elsewhere there is no backup without one."""
    if settings.BACKUP_KEY:
        return Keyring(settings.BACKUP_KEY)
    if not settings.DEVELOPMENT:
        raise BackupError(
            _("BACKUP_KEY is not set, and no backup is written unencrypted. “manage.py create_backup_key” makes one.")
        )
    return Keyring([_development_key(settings.INSTANCE_DIR / "backup.key")])


def _development_key(file: Path) -> str:
    file.parent.mkdir(exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with open(descriptor, "w") as opened:
        opened.write(key := create_key())
    return key
