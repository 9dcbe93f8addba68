"""manage.py import_data: bring data in from CSV files."""

import csv
import sys
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.imports import IMPORTERS, ImportFailed, Mapping, Report, Table, read_csv, refused_rows


class Command(BaseCommand):
    help = (
        "Import a CSV file: categories, suppliers, products, customers, opening stock, orders ... All rows or none, "
        "unless --skip-errors is given. With --mapping, whole folders of foreign files, kind after kind. "
        "--columns shows the template of a kind. See docs/import.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", choices=[*IMPORTERS, "all"], help="what the file holds")
        parser.add_argument("file", nargs="?", type=Path, help="the CSV file; with --mapping the folder of the files")
        parser.add_argument("--mapping", type=Path, help="a TOML file that says how foreign columns become ours")
        parser.add_argument("--columns", action="store_true", help="show the columns of the kind and stop")
        parser.add_argument(
            "--skip-errors", type=Path, metavar="FILE", help="import the good rows; write the bad to FILE"
        )
        parser.add_argument("--user", metavar="USERNAME", help="who imports (default: the first superuser)")

    def handle(self, *args, kind, file, mapping, columns, skip_errors, user, **options) -> None:
        if columns:
            return self._show_columns([kind] if kind in IMPORTERS else list(IMPORTERS))
        if not kind or not file:
            raise CommandError("Say what to import: manage.py import_data KIND FILE. --help lists the kinds.")
        by = self._user(user)
        try:
            for name, table in self._tables(kind, file, mapping):
                self._import(name, table, skip_errors, by)
        except InvalidInput as error:
            raise CommandError(str(error)) from error

    def _tables(self, kind: str, file: Path, mapping: Path | None):
        if mapping:
            rules = Mapping(mapping, file)
            kinds = rules.kinds if kind == "all" else [kind]
            return ((name, rules.table(name)) for name in kinds)
        if kind == "all":
            raise CommandError("“all” needs --mapping.")
        return ((name, read_csv(file)) for name in [kind])

    def _import(self, kind: str, table: Table, skip_errors: Path | None, by) -> None:
        importer = IMPORTERS[kind]()
        try:
            report = importer.run(table, by=by, skip_errors=bool(skip_errors), progress=self._progress(kind))
        except ImportFailed as error:
            for line in error.errors[:20]:
                self.stderr.write(f"{table.name}, {line}")
            if len(error.errors) > 20:
                self.stderr.write(f"... and {len(error.errors) - 20} more")
            raise CommandError(str(error)) from error
        except RuleViolation as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{importer.title}: {report}")
        if report.errors:
            self._write_errors(skip_errors, table, report)

    def _write_errors(self, path: Path, table: Table, report: Report) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(refused_rows(table, report.errors))
        self.stdout.write(f"The rows that were left out, with the reason, are in {path}.")

    def _progress(self, kind: str):
        if not sys.stderr.isatty():
            return None
        return lambda done, total: self.stderr.write(
            f"\r{kind}: {done} of {total}", ending="" if done < total else "\n"
        )

    def _user(self, username: str | None):
        if not username:
            return get_user_model().objects.active().filter(is_superuser=True).order_by("pk").first()
        try:
            return get_user_model().objects.get_by_natural_key(username)
        except get_user_model().DoesNotExist as error:
            raise CommandError(f"There is no user “{username}”.") from error

    def _show_columns(self, kinds: list[str]) -> None:
        for kind in kinds:
            self.stdout.write(self.style.MIGRATE_HEADING(f"{kind}: {IMPORTERS[kind].__doc__.strip()}"))
            for column in IMPORTERS[kind].columns:
                need = "required" if column.required else "optional"
                self.stdout.write(f"  {column.name:24} {need:9} {column.meaning}")
