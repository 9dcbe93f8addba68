"""All of it on a throw-away PostgreSQL: load a company, prove that its data are good, measure.

python tests/run_postgres.py -- python -m tests.bench --products 100000
"""

import argparse
import os

import django
from django.core.management import call_command


def main(products: int) -> None:
    """In an empty database, which is left as it is then."""
    from . import load_company, measure

    call_command("migrate", verbosity=0)
    load_company.load(products)
    call_command("check_integrity")
    measure.main(measure.options_of([]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=100_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    os.environ.update(STATEMENT_TIMEOUT_SECONDS="0", ENVIRONMENT="development")
    django.setup()
    main(parser.parse_args().products)
