"""Make a key for backups."""

from django.core.management.base import BaseCommand

from inventory_project.backups.keys import create_key


class Command(BaseCommand):
    help = "Print a new key for BACKUP_KEY. Keep a copy away from the server: without it no backup can be opened."
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        self.stdout.write(create_key())
