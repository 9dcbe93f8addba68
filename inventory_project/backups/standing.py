"""How it stands with the backups: for pages, health checks and the list on the command line."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from inventory_project.models.operation import OperationRun

VERIFICATION_DUE = datetime.timedelta(days=7)
LEEWAY = datetime.timedelta(hours=6)
"""A timer may start late, and a backup takes its time."""


@dataclass(frozen=True)
class Standing:
    """When an operation last succeeded and failed, and whether it is late."""

    kind: str
    last_success: OperationRun | None
    last_failure: OperationRun | None
    due_after: datetime.timedelta
    is_late: bool

    @property
    def has_failed_since(self) -> bool:
        """Whether the newest run that ended was a failure."""
        if not self.last_failure:
            return False
        return self.last_success is None or self.last_failure.started_at > self.last_success.started_at


def backup_standing(now: datetime.datetime | None = None) -> Standing:
    """The last backup; late after twice the time between two."""
    return _standing(OperationRun.BACKUP, 2 * datetime.timedelta(hours=settings.BACKUP_EVERY_HOURS), now)


def verification_standing(now: datetime.datetime | None = None) -> Standing:
    """The last rehearsal of a restore; late after a week."""
    return _standing(OperationRun.VERIFICATION, VERIFICATION_DUE + LEEWAY, now)


def _standing(kind: str, due_after: datetime.timedelta, now: datetime.datetime | None) -> Standing:
    runs = OperationRun.objects.of(kind)
    success, failure = runs.successful().first(), runs.failed().first()
    is_late = success is None or (now or timezone.now()) - success.started_at > due_after
    return Standing(kind, success, failure, due_after, is_late)
