"""Which backups are kept: all of the last days, then one a day."""

import datetime
from collections.abc import Iterable

from .names import BackupName


def to_discard(
    names: Iterable[BackupName], now: datetime.datetime, *, keep_all: datetime.timedelta, keep: datetime.timedelta
) -> list[BackupName]:
    """Those that are older than `keep`, and those older than `keep_all` that are not the last of their day (UTC).

    The newest backup of an installation always stays, however old it is.
    """
    ordered = sorted(names, key=lambda name: (name.taken_at, name.text), reverse=True)
    newest: set[str] = set()
    days: set[tuple[str, datetime.date]] = set()
    unwanted = []
    for name in ordered:
        day = (name.installation, name.taken_at.date())
        is_newest, is_last_of_day = name.installation not in newest, day not in days
        newest.add(name.installation)
        days.add(day)
        age = now - name.taken_at
        if not is_newest and (age > keep or (age > keep_all and not is_last_of_day)):
            unwanted.append(name)
    return unwanted
