"""A document of a closed year, from the files alone."""

import json

from django.core.management.base import BaseCommand, CommandError

from inventory_project.archives.reading import look_up
from inventory_project.base.errors import RuleViolation


class Command(BaseCommand):
    help = (
        "Prints a document of an archived year, with its lines, as JSON. It is read from the files, once found whole."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("year", type=int, help="The business year.")
        parser.add_argument("number", help="The number of the document, for instance INV-2025-000012.")

    def handle(self, *args, **options) -> None:
        try:
            found = look_up(options["year"], options["number"])
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        if found is None:
            raise CommandError(f"{options['number']} is not in the archive of {options['year']}.")
        self.stdout.write(json.dumps(found, indent=2, default=str, ensure_ascii=False))
