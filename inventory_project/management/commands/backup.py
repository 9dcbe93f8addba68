"""Make a backup of everything."""

from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from inventory_project.backups.errors import BackupError
from inventory_project.backups.making import make_backup


class Command(BaseCommand):
    help = "Back up the database, the documents and the images into one encrypted file (see docs/runbook.md)."

    def handle(self, *args, **options) -> None:
        begun = monotonic()
        try:
            stored = make_backup()
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{stored.name} ({filesizeformat(stored.size)}, {monotonic() - begun:.1f} s)")
