"""What is old enough leaves the database."""

from django.core.management.base import BaseCommand, CommandError

from inventory_project.archives.tidying import tidy
from inventory_project.base.errors import RuleViolation


class Command(BaseCommand):
    help = (
        "Removes what is older than KEEP_DAYS allows: cancelled drafts, change history, kept answers, ended sessions, "
        "lapsed keys, done background work, failed sign-ins. Documents that ever counted and the ledger stay. "
        "Run it every night."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be removed.")

    def handle(self, *args, **options) -> None:
        word = "would be removed" if options["dry_run"] else "removed"
        try:
            for rule, count in tidy(dry_run=options["dry_run"]):
                if count or options["verbosity"] > 1:
                    self.stdout.write(f"{rule.label}, after {rule.days} days: {count} {word}")
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
