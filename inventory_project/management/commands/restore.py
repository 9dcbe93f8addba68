"""Restore a backup."""

from django.core.management.base import BaseCommand, CommandError

from inventory_project.backups.errors import BackupError
from inventory_project.backups.restoring import restore


class Command(BaseCommand):
    help = "Put a backup in place: into an empty database, or instead of the one that --replace names."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("backup", help="“newest”, a name that “backups” lists, or the path of a file (with a /)")
        parser.add_argument(
            "--replace", default="", metavar="DATABASE", help="the name of the database that holds something now"
        )
        parser.add_argument("--installation", default="", help="accept a backup of this other installation")

    def handle(self, *args, backup: str, replace: str, installation: str, **options) -> None:
        try:
            done = restore(backup, replace=replace, installation=installation)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(done.manifest.portrait.rows.values())
        self.stdout.write(f"Restored {done.manifest.name}: {rows} rows, {done.files} files. All invariants hold.")
        for place in done.kept:
            self.stdout.write(f"What was there before is kept as {place}")
