"""List the backups, and remove old ones."""

import datetime
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from inventory_project.backups.errors import BackupError
from inventory_project.backups.retention import to_discard
from inventory_project.backups.shelf import backup_names, discard, remove_unfinished, stored_backups
from inventory_project.backups.standing import Standing, backup_standing, verification_standing
from inventory_project.models.operation import OperationRun, recorded

DAY = 86_400


class Command(BaseCommand):
    help = "List the backups that there are, the newest first; with --prune remove those that are no longer kept."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--prune",
            action="store_true",
            help="keep all of the last BACKUP_KEEP_ALL_DAYS days, the last one of each day for BACKUP_KEEP_DAYS days, "
            "and in any case the newest; remove the others",
        )
        parser.add_argument("--dry-run", action="store_true", help="with --prune: only say what would be removed")

    def handle(self, *args, prune: bool, dry_run: bool, **options) -> None:
        try:
            if prune:
                self._prune(dry_run)
            else:
                self._list()
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _list(self) -> None:
        for stored in stored_backups():
            self.stdout.write(
                f"{stored.name.taken_at:%Y-%m-%d %H:%M:%S}  {filesizeformat(stored.size):>10}  {stored.name}"
            )
        self._say("Last backup", backup_standing())
        self._say("Last verification", verification_standing())

    def _say(self, what: str, standing: Standing) -> None:
        success = standing.last_success
        when = f"{success.started_at:%Y-%m-%d %H:%M:%S} {success.subject}" if success else "never"
        self.stdout.write(f"{what}: {when}{' (late)' if standing.is_late else ''}")
        if standing.has_failed_since:
            failure = standing.last_failure
            self.stdout.write(
                f"  failed since: {failure.started_at:%Y-%m-%d %H:%M:%S} {failure.details.get('error', '')}"
            )

    def _prune(self, dry_run: bool) -> None:
        names = backup_names()
        unwanted = to_discard(
            (name for name in names if name.installation == settings.INSTALLATION),
            timezone.now(),
            keep_all=datetime.timedelta(days=settings.BACKUP_KEEP_ALL_DAYS),
            keep=datetime.timedelta(days=settings.BACKUP_KEEP_DAYS),
        )
        if dry_run:
            for name in unwanted:
                self.stdout.write(f"would remove {name}")
            return
        with recorded(OperationRun.PRUNING) as run:
            for name in unwanted:
                discard(name.text)
                self.stdout.write(f"removed {name}")
            left = remove_unfinished(older_than=time.time() - DAY)
            run.details = {"removed": len(unwanted), "unfinished": len(left), "kept": len(names) - len(unwanted)}
