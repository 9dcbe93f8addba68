"""Background work whose worker was killed."""

import datetime

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from inventory_project.monitoring.background import rescue_tasks


class Command(BaseCommand):
    help = "Lets background tasks run again whose worker has been killed; gives up those that took three workers down."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--after-minutes",
            type=int,
            default=30,
            help="Tasks that have run for longer are taken to be stuck (default: 30).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *args, **options) -> None:
        after = datetime.timedelta(minutes=options["after_minutes"])
        rescued = rescue_tasks(after=after, dry_run=options["dry_run"])
        self.stdout.write(
            _("Run again: %(again)d. Given up: %(given_up)d.") % {"again": rescued.again, "given_up": rescued.given_up}
        )
