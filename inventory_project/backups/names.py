"""What a backup is called: which installation, which kind of database, when, and four bytes of chance."""

import datetime
import re
import secrets
from dataclasses import dataclass

from django.utils import timezone

SUFFIX = ".tar.gz.age"
STAMP = "%Y%m%dT%H%M%SZ"
FORM = re.compile(
    r"(?P<installation>[a-z0-9][a-z0-9-]*)_(?P<database>postgresql|sqlite)_(?P<taken>\d{8}T\d{6}Z)_[0-9a-f]{8}\.tar\.gz\.age",
    re.ASCII,
)


@dataclass(frozen=True)
class BackupName:
    """What can be read from a name alone."""

    text: str
    installation: str
    database: str
    taken_at: datetime.datetime

    def __str__(self) -> str:
        return self.text


def new_name(installation: str, database: str) -> BackupName:
    """The name of a backup that is made now. No two are alike."""
    taken_at = timezone.now().replace(microsecond=0)
    text = f"{installation}_{database}_{taken_at:{STAMP}}_{secrets.token_hex(4)}{SUFFIX}"
    return BackupName(text, installation, database, taken_at)


def parse_name(text: str) -> BackupName | None:
    """Read a name; None if it is not one of a backup."""
    found = FORM.fullmatch(text)
    if not found:
        return None
    try:
        taken_at = datetime.datetime.strptime(found["taken"], STAMP).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
    return BackupName(text, found["installation"], found["database"], taken_at)
