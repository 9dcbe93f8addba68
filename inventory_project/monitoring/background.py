"""Background work that got stuck or failed."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

MOST_ATTEMPTS = 3


class WorkerGone(Exception):
    """Whoever worked on a task never came back, several times."""


@dataclass(frozen=True)
class Rescued:
    """What became of the tasks whose worker is gone."""

    again: int
    given_up: int


def rescue_tasks(*, after: datetime.timedelta, dry_run: bool = False) -> Rescued:
    """Let tasks run again whose worker has been at them for longer than `after`: it was killed, or its machine.

    Every task of ours may run twice. One that has taken MOST_ATTEMPTS workers down is given up, as failed.
    """
    again = given_up = 0
    with transaction.atomic():
        stuck = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - after)
        for task in stuck.select_for_update(skip_locked=True, no_key=True):
            if len(task.worker_ids) < MOST_ATTEMPTS:
                again += 1
                task.status, task.started_at = TaskResultStatus.READY, None
                if not dry_run:
                    task.save(update_fields=["status", "started_at"])
            else:
                given_up += 1
                if not dry_run:
                    task.set_failed(WorkerGone(f"{len(task.worker_ids)} workers did not come back from it."))
    return Rescued(again, given_up)


def failed_tasks(since: datetime.datetime) -> int:
    """How many tasks have failed since then."""
    return DBTaskResult.objects.failed().filter(finished_at__gte=since).count()


def waiting_tasks(before: datetime.datetime) -> int:
    """How many tasks have been ready to run since before that, and nobody has begun: is there a worker?"""
    return DBTaskResult.objects.ready().filter(enqueued_at__lt=before).count()
