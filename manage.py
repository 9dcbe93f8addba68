#!/usr/bin/env python
"""The administrator's entry point: `./manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    # What an administrator starts (a migration, a check of everything) may take its time.
    os.environ.setdefault("STATEMENT_TIMEOUT_SECONDS", "0")
    os.environ.setdefault("IDLE_IN_TRANSACTION_TIMEOUT_SECONDS", "0")
    try:
        from django.core.management import execute_from_command_line

        from inventory_project.base.door import running_command
    except ImportError as error:
        raise SystemExit("Django is not installed here. Run `make demo` or `make test` once.") from error
    with running_command():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
