"""Forgetting: the only way by which history goes."""

import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import service
from inventory_project.models import ChangeHistory

from .context import forgetting_before
from .guards import SETTING

SHORTEST_MEMORY = datetime.timedelta(days=90)
AT_ONCE = 10_000


@service
def forget_history_before(instant: datetime.datetime, *, by) -> int:
    """Delete the changes before an instant, and return how many those were. Refuses what is too recent.

    The table's own trigger refuses every other deletion, and of this one what is not before the stated instant.
    """
    if instant > timezone.now() - SHORTEST_MEMORY:
        raise RuleViolation(
            _("History is kept for at least %(days)d days.") % {"days": SHORTEST_MEMORY.days}, code="too_recent"
        )
    until = instant.astimezone(datetime.UTC)
    with forgetting_before(f"{until:%Y-%m-%d %H:%M:%S.%f}"):
        _state(until.isoformat())
        forgotten = 0
        while ids := list(ChangeHistory.objects.filter(happened_at__lt=until).values_list("id", flat=True)[:AT_ONCE]):
            ChangeHistory.objects.filter(id__in=ids).delete()
            forgotten += len(ids)
        _state("")
    return forgotten


def _state(instant: str) -> None:
    """Tell PostgreSQL's trigger, until the transaction ends; that of SQLite asks the program itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, TRUE)", [SETTING, instant])
