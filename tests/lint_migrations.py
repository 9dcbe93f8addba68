"""Checks that new migrations can run while the former version of the program still serves (docs/migrations.md).

    python tests/run_postgres.py -- python tests/lint_migrations.py

What it finds is decided by the SQL, so it needs PostgreSQL, though nothing is migrated.
"""

import logging
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("accounts", "billing", "catalog", "inventory_project", "sales", "stock")
RELEASED = (
    "0001_initial",
    "0002_number_series",
    "0003_number_series",
    "0002_search_indexes",
    "0003_search_indexes",
    "0004_search_indexes",
)
"""Every installation began with them: they are not judged any more."""

ACCEPTED = {
    "0005_api_token_id": "the new column numbers itself, so the former version goes on making keys; the table is "
    "small, so that its lock is short",
    "0009_payment_bank_entry_unique": "the column is new: the condition leaves out what the former version writes, and "
    "the index is built concurrently",
}
"""What is found in these, but may be run: why."""


def lint() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    sys.path.insert(0, str(ROOT))
    import django
    from django_migration_linter import MigrationLinter

    django.setup()
    logging.getLogger("django_migration_linter").setLevel(logging.WARNING)
    linter = MigrationLinter(
        str(ROOT),
        include_apps=list(OURS),
        ignore_name=[*RELEASED, *ACCEPTED],
        ignore_name_contains="triggers",  # they refuse, and alter no table; their SQL needs the tables to be there
        analyser_string="postgresql",
        all_warnings_as_errors=True,
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(lint())
