"""Fills an empty, migrated PostgreSQL database with a company that check_integrity finds nothing wrong with.

    createdb bench
    export DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench STATEMENT_TIMEOUT_SECONDS=0
    python manage.py migrate
    python -m tests.bench.load_company --products 100000
    python manage.py check_integrity
    python -m tests.bench.measure

Not a test: it is run on purpose, against a database that is thrown away afterwards. The rows are written by a few
statements of the database itself (company/*.sql), past the services; what makes them good data is stated at each.
100,000 products come to three years of trade: 3.1 million movements, 375,000 orders with their invoices, payments,
returns and credit notes, and the history of who changed what.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import django
from django.db import connection, transaction

WAREHOUSES, SUPPLIERS, CUSTOMERS, CATEGORIES, DAYS = 3, 50, 5_000, 40, 1_096
BRANDS = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Oak", "Pine", "Yew")
THINGS = ("Bolt", "Hinge", "Lamp", "Pump", "Rope", "Saw", "Valve", "Wheel", "Shelf", "Filter")
COLOURS = ("black", "blue", "green", "grey", "red", "white", "yellow")
SERIES = {
    "so": '"order"',
    "sh": "shipment",
    "gr": "goods_receipt",
    "rt": "sales_return",
    "po": "purchase_order",
    "pay": "payment",
}
NUMBERED = (
    *SERIES.values(),
    *("order_item", "shipment_item", "goods_receipt_item", "sales_return_item", "stock_movement"),
    *("invoice", "invoice_item", "credit_note", "credit_note_item", "customer", "supplier"),
)
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique
"""


@contextmanager
def told(step: str) -> Iterator[None]:
    """Say how long a step has taken."""
    start = time.perf_counter()
    yield
    print(f"{step:<24} {time.perf_counter() - start:7.1f} s", flush=True)


def write_records(products: int) -> None:
    """Products, warehouses and whom to trade with."""
    from accounts.models import User
    from catalog.models import Category, Product, Supplier, SupplierProduct, TaxRate
    from sales.models import Customer
    from stock.models import Lot, Warehouse
    from stock.services import create_default_bin

    User.objects.create(username="bench", email="bench@example.com", is_staff=True, is_superuser=True)
    for number in range(1, WAREHOUSES + 1):
        create_default_bin(Warehouse.objects.create(code=f"W{number}", name=f"Warehouse {number}"))
    usual = TaxRate.objects.create(name="Usual", rate=20, is_default=True)
    reduced = TaxRate.objects.create(name="Reduced", rate=10)
    categories = [Category.objects.create(name=f"Category {n}") for n in range(1, CATEGORIES + 1)]
    rows = [
        Product(
            id=n,
            sku=f"B-{n:06d}",
            name=f"{THINGS[n % 10]} {COLOURS[n % 7]} {n}",
            brand=BRANDS[n % 8],
            category=categories[n % CATEGORIES],
            price=Decimal(16 + n * 37 % 800) / 10,
            cost=1 + Decimal(n * 23 % 500 * 97) / 10_000,
            tax_rate=reduced if n % 5 == 0 else usual,
            tracking="none" if n % 10 else "lot",
        )
        for n in range(1, products + 1)
    ]
    Product.objects.bulk_create(rows, batch_size=5_000)
    Lot.objects.bulk_create([Lot(product=row, number="L1") for row in rows if row.tracking == "lot"], batch_size=5_000)
    names = range(1, SUPPLIERS + 1)
    suppliers = Supplier.objects.bulk_create([Supplier(id=n, code=f"S{n:03d}", name=f"Supplier {n}") for n in names])
    offers = [
        SupplierProduct(supplier=suppliers[row.id % SUPPLIERS], product=row, cost=row.cost, is_preferred=True)
        for row in rows
    ]
    SupplierProduct.objects.bulk_create(offers, batch_size=5_000)
    names = range(1, CUSTOMERS + 1)
    Customer.objects.bulk_create([Customer(id=n, code=f"C{n:05d}", name=f"Customer {n}") for n in names])


@contextmanager
def without_indexes(cursor) -> Iterator[None]:
    """Make the indexes that forbid nothing when all rows are there: that takes half the time."""
    cursor.execute(INDEXES)
    indexes = cursor.fetchall()
    for name, _made in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    with told("indexes"):
        for _name, made in indexes:
            cursor.execute(made)


def load(products: int) -> None:
    """Write the whole, in one transaction."""
    from catalog.models import Product

    if connection.vendor != "postgresql" or Product.objects.exists():
        raise SystemExit("Needs an empty, migrated PostgreSQL database.")
    with transaction.atomic(), connection.cursor() as cursor:
        # References between rows are right by construction; asking for each would take longer than all the rest.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL jit = off")
        cursor.execute(f"SET LOCAL bench.days = {DAYS}")
        with without_indexes(cursor):
            fill(cursor, products)
    with told("analyze"), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill(cursor, products: int) -> None:
    """The rows, and the counters behind them."""
    with told("records"):
        write_records(products)
    for part in sorted((Path(__file__).parent / "company").glob("*.sql")):
        with told(part.stem):
            cursor.execute(part.read_text())
    for table in ("product", *NUMBERED):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    for series, table in SERIES.items():
        cursor.execute(f"SELECT setval('number_{series}_seq', (SELECT max(id) FROM {table}))")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--products", type=int, default=100_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    django.setup()
    load(parser.parse_args().products)
