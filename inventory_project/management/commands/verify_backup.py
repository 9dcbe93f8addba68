"""Rehearse a restore."""

from time import monotonic

from django.core.management.base import BaseCommand, CommandError

from inventory_project.backups.errors import BackupError
from inventory_project.backups.proving import NEWEST
from inventory_project.backups.restoring import verify_backup


class Command(BaseCommand):
    help = "Restore a backup into a scratch database, compare and check everything, and record that it succeeded."

    def add_arguments(self, parser) -> None:
        parser.add_argument("backup", nargs="?", default=NEWEST, help="a name or the path of a file; else the newest")

    def handle(self, *args, backup: str, **options) -> None:
        begun = monotonic()
        try:
            manifest = verify_backup(backup)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.portrait.rows.values())
        self.stdout.write(f"{manifest.name}: {rows} rows came back, all invariants hold ({monotonic() - begun:.1f} s)")
