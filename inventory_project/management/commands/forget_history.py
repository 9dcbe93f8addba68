"""Delete the oldest part of the history of changes."""

import datetime

from django.core.management.base import BaseCommand, CommandError

from inventory_project.base.clock import start_of_day
from inventory_project.base.errors import RuleViolation
from inventory_project.history.services import forget_history_before
from inventory_project.models import ChangeHistory


class Command(BaseCommand):
    help = "Deletes the history of changes before a day. Nothing else can delete any of it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--before", required=True, type=datetime.date.fromisoformat, help="a day as 2020-01-01")
        parser.add_argument("--dry-run", action="store_true", help="Only say how many changes that are.")

    def handle(self, *args, before: datetime.date, dry_run: bool, **options) -> None:
        instant = start_of_day(before)
        if dry_run:
            number = ChangeHistory.objects.filter(happened_at__lt=instant).count()
            self.stdout.write(f"{number} changes are older.")
            return
        try:
            number = forget_history_before(instant, by=None)
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{number} changes were deleted.")
