"""Closed years in files."""

from django.core.management.base import BaseCommand, CommandError

from inventory_project.archives.reading import check_archive, differences_from_database, manifest_of
from inventory_project.archives.writing import archive_year
from inventory_project.base.clock import today
from inventory_project.base.errors import RuleViolation


class Command(BaseCommand):
    help = (
        "Writes the documents, the ledger and the records of a closed year as Parquet files with checksums below "
        "ARCHIVE_ROOT, for any tool that reads Parquet. Nothing leaves the database by that."
    )

    def add_arguments(self, parser) -> None:
        help_year = "The business year, for instance 2025; without it, the last one."
        parser.add_argument("year", type=int, nargs="?", default=today().year - 1, help=help_year)
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--again", action="store_true", help="Write it anew; the older one is kept beside it.")
        group.add_argument("--check", action="store_true", help="Only say whether the files are as they were written.")

    def handle(self, *args, **options) -> None:
        year = options["year"]
        try:
            if not options["check"]:
                place = archive_year(year, again=options["again"], tell=self.stdout.write)
                self.stdout.write(self.style.SUCCESS(f"{place}"))
            faults, differences = check_archive(year), differences_from_database(year)
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
        for line in differences:
            self.stdout.write(self.style.WARNING(line))
        self.stdout.write(f"{len(manifest_of(year)['tables'])} files, all as they were written.")
