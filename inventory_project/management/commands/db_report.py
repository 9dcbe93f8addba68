"""How are the database and everything around it doing?"""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections

from inventory_project.monitoring.report import report
from inventory_project.monitoring.sections import Section


class Command(BaseCommand):
    help = (
        "Reports on the installation: migrations, cache, backups, invariants; and from the database's own statistics "
        "slow statements, unused indexes, table sizes and bloat, connections, replicas."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="Write one JSON object instead of text.")
        parser.add_argument(
            "--strict", action="store_true", help="End with an error if anything is worth somebody's attention."
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=list(connections), help="Which database.")

    def handle(self, *args, **options) -> None:
        sections = report(options["database"])
        if options["json"]:
            self.stdout.write(json.dumps([vars(section) for section in sections], indent=2, default=str))
        else:
            for section in sections:
                self._print(section)
        concerns = [section for section in sections if section.concern]
        if concerns and options["strict"]:
            raise CommandError(f"{len(concerns)} of {len(sections)} want attention.", returncode=1)

    def _print(self, section: Section) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(section.title))
        if section.concern:
            self.stdout.write(self.style.ERROR(f"  ! {section.concern}"))
        elif section.remark:
            self.stdout.write(f"  {section.remark}")
        table = [[str(cell) for cell in row] for row in ([section.head] if section.rows else []) + list(section.rows)]
        widths = [max(map(len, column)) for column in zip(*(row for row in table if row), strict=True)]
        for row in table:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            self.stdout.write("  " + "  ".join(cells).rstrip())
        self.stdout.write("")
