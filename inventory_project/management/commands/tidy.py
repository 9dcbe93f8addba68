"""What is old enough leaves the database."""

from django.core.management.base import BaseCommand

from inventory_project.archives.tidying import tidy


class Command(BaseCommand):
    help = (
        "Removes what is older than KEEP_DAYS allows: cancelled drafts, change history, kept answers, ended sessions, "
        "lapsed keys, done background work. Documents that ever counted and the ledger stay. Run it every night."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be removed.")

    def handle(self, *args, **options) -> None:
        word = "would be removed" if options["dry_run"] else "removed"
        for rule, count in tidy(dry_run=options["dry_run"]):
            if count or options["verbosity"] > 1:
                self.stdout.write(f"{rule.label}, after {rule.days} days: {count} {word}")
