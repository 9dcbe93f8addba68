"""Fills an empty, migrated PostgreSQL database with a big ledger that check_integrity finds nothing wrong with.

    createdb bench
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench python manage.py migrate
    DATABASE_URL=... python -m tests.bench.load_movements --movements 1000000
    DATABASE_URL=... python manage.py check_integrity
    DATABASE_URL=... python -m tests.bench.ask_questions

Not a test: it is run on purpose, against a database that is thrown away afterwards. The rows are written by a few
statements of the database itself, past the services; what makes them good data is stated at each. There are four
warehouses and 50 movements of each product in each: opening stock, a delivery every fifth step, two corrections, and
shipments in between, each line with its document. Every tenth product is tracked by lot.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import django
from django.db import connection, transaction

WAREHOUSES, STEPS = 4, 50

# One row for each movement, in the order in which they happened: all products and warehouses take the same steps in
# turn. What is delivered and opened is always more than what is shipped, so nothing falls below 0.
PLAN = """
CREATE TEMP TABLE plan AS
SELECT row_number() OVER (ORDER BY step, w.id, p.id) AS id, step, p.id AS product_id, p.number AS product,
       w.id AS warehouse_id, b.id AS bin_id, l.id AS lot_id, p.cost,
       CASE WHEN step = 1 THEN 'opening' WHEN mod(step, 5) = 0 THEN 'receipt' WHEN mod(step, 25) = 1 THEN 'adjustment'
            ELSE 'shipment' END AS kind,
       CASE WHEN step = 1 THEN 100 WHEN mod(step, 5) = 0 THEN 10 WHEN mod(step, 25) = 1 THEN -1 ELSE -2 END AS quantity
FROM generate_series(1, %(steps)s) AS step
CROSS JOIN (SELECT id, cost, row_number() OVER (ORDER BY id) AS number FROM product) p
CROSS JOIN warehouse w
JOIN bin b ON b.warehouse_id = w.id AND b.is_default
LEFT JOIN lot l ON l.product_id = p.id;
CREATE TEMP TABLE sold AS
SELECT id, row_number() OVER (ORDER BY id) AS line,
       dense_rank() OVER (ORDER BY step, warehouse_id, product / 5) AS document
FROM plan WHERE kind = 'shipment';
CREATE TEMP TABLE bought AS
SELECT id, row_number() OVER (ORDER BY id) AS line,
       dense_rank() OVER (ORDER BY step, warehouse_id, product / 100) AS document
FROM plan WHERE kind = 'receipt';
CREATE INDEX ON sold (id); CREATE INDEX ON bought (id); ANALYZE plan; ANALYZE sold; ANALYZE bought;
"""

# Every order is of goods at 1.00 without tax, and wholly shipped: its totals are the sum of its lines.
SALES = """
INSERT INTO "order" (id, order_number, status, ordered_at, confirmed_at, shipped_at, customer_reference,
    allow_backorder, billing_address, shipping_address, subtotal_amount, shipping_amount, shipping_tax_percent,
    shipping_tax_category, tax_amount, total_amount, cancel_reason, notes, customer_id, user_id, warehouse_id)
SELECT s.document, 'SO-' || lpad(s.document::text, 6, '0'), 'shipped', now(), now(), now(), '', false, '{}', '{}',
    2 * count(*), 0, 0, 'S', 0, 2 * count(*), '', '', 1 + mod(s.document, (SELECT count(*) FROM customer)),
    (SELECT min(id) FROM "user"), min(p.warehouse_id)
FROM sold s JOIN plan p USING (id) GROUP BY s.document;
INSERT INTO order_item (id, order_id, product_id, description, unit, quantity, unit_price, price_origin,
    discount_percent, tax_percent, tax_category, subtotal, tax_amount, quantity_shipped, quantity_returned,
    quantity_invoiced)
SELECT s.line, s.document, p.product_id, 'Goods', 'C62', 2, 1, 'manual', 0, 0, 'S', 2, 0, 2, 0, 0
FROM sold s JOIN plan p USING (id);
INSERT INTO shipment (id, shipment_number, order_id, warehouse_id, status, carrier, tracking_number, shipped_at, notes)
SELECT s.document, 'SH-' || lpad(s.document::text, 6, '0'), s.document, min(p.warehouse_id), 'shipped', '', '',
    now(), ''
FROM sold s JOIN plan p USING (id) GROUP BY s.document;
INSERT INTO shipment_item (id, shipment_id, order_item_id, bin_id, lot_id, quantity, unit_cost)
SELECT s.line, s.document, s.line, p.bin_id, p.lot_id, 2, p.cost FROM sold s JOIN plan p USING (id);
"""

PURCHASES = """
INSERT INTO goods_receipt (id, receipt_number, supplier_id, warehouse_id, status, supplier_reference, posted_at, notes)
SELECT b.document, 'GR-' || lpad(b.document::text, 6, '0'), (SELECT min(id) FROM supplier), min(p.warehouse_id),
    'posted', '', now(), ''
FROM bought b JOIN plan p USING (id) GROUP BY b.document;
INSERT INTO goods_receipt_item (id, receipt_id, product_id, bin_id, lot_id, lot_number, quantity, quantity_rejected,
    quantity_reversed, unit_cost)
SELECT b.line, b.document, p.product_id, p.bin_id, p.lot_id, coalesce(l.number, ''), p.quantity, 0, 0, p.cost
FROM bought b JOIN plan p USING (id) LEFT JOIN lot l ON l.id = p.lot_id;
"""

# The cost of a product never changes, so the average stays what it is and every value is a product without remainder.
LEDGER = """
INSERT INTO stock_movement (id, created_at, product_id, warehouse_id, bin_id, lot_id, kind, quantity, unit_cost, value,
    quantity_after, reason, reference, source_type, source_id)
SELECT p.id, now() - (%(movements)s - p.id) * interval '1 minute', p.product_id, p.warehouse_id, p.bin_id, p.lot_id,
    p.kind, p.quantity, p.cost, p.quantity * p.cost,
    sum(p.quantity) OVER (PARTITION BY p.product_id, p.warehouse_id ORDER BY p.id),
    CASE p.kind WHEN 'adjustment' THEN 'Broken' ELSE '' END,
    coalesce('SH-' || lpad(s.document::text, 6, '0'), 'GR-' || lpad(b.document::text, 6, '0'), ''),
    CASE p.kind WHEN 'shipment' THEN 'sales.shipmentitem' WHEN 'receipt' THEN 'stock.goodsreceiptitem' ELSE '' END,
    coalesce(s.line, b.line)
FROM plan p LEFT JOIN sold s USING (id) LEFT JOIN bought b USING (id) ORDER BY p.id;
"""

BALANCES = """
INSERT INTO inventory (created_at, product_id, warehouse_id, quantity, reserved, stock_value, reorder_level,
    reorder_quantity, notes)
SELECT min(created_at), product_id, warehouse_id, sum(quantity), 0, sum(value),
    CASE WHEN mod(product_id, 5) = 0 THEN 500 END, 0, ''
FROM stock_movement GROUP BY product_id, warehouse_id ORDER BY 2, 3;
INSERT INTO stock_item (inventory_id, bin_id, lot_id, quantity, notes)
SELECT i.id, m.bin_id, m.lot_id, sum(m.quantity), ''
FROM stock_movement m JOIN inventory i USING (product_id, warehouse_id) GROUP BY i.id, m.bin_id, m.lot_id ORDER BY 1;
"""

NUMBERED = (
    '"order"',
    "order_item",
    "shipment",
    "shipment_item",
    "goods_receipt",
    "goods_receipt_item",
    "stock_movement",
)


@contextmanager
def told(step: str) -> Iterator[None]:
    """Say how long a step has taken."""
    start = time.perf_counter()
    yield
    print(f"{step:<24} {time.perf_counter() - start:7.1f} s", flush=True)


def write_references(products: int) -> None:
    """Products, warehouses and whom to trade with."""
    from accounts.models import User
    from catalog.models import Category, Product, Supplier, SupplierProduct
    from sales.models import Customer
    from stock.models import Lot, Warehouse
    from stock.services import create_default_bin

    User.objects.create(username="bench", email="bench@example.com", is_staff=True, is_superuser=True)
    for number in range(1, WAREHOUSES + 1):
        create_default_bin(Warehouse.objects.create(code=f"W{number}", name=f"Warehouse {number}"))
    category = Category.objects.create(name="Bench")
    rows = [
        Product(
            sku=f"B-{n:06d}",
            name=f"Article {n}",
            category=category,
            price=1,
            cost=1 + Decimal(n % 500) / 100,
            tracking="none" if n % 10 else "lot",
        )
        for n in range(1, products + 1)
    ]
    Product.objects.bulk_create(rows, batch_size=5000)
    Lot.objects.bulk_create([Lot(product=row, number="L1") for row in rows if row.tracking == "lot"])
    supplier = Supplier.objects.create(code="S1", name="Supplier 1")
    offers = [SupplierProduct(supplier=supplier, product=row, cost=row.cost, is_preferred=True) for row in rows]
    SupplierProduct.objects.bulk_create(offers, batch_size=5000)
    Customer.objects.bulk_create([Customer(id=n, code=f"C{n:04d}", name=f"Customer {n}") for n in range(1, 201)])


def load(movements: int) -> None:
    """Write the whole, in one transaction."""
    from catalog.models import Product

    if connection.vendor != "postgresql" or Product.objects.exists():
        raise SystemExit("Needs an empty, migrated PostgreSQL database.")
    facts = {"steps": STEPS, "movements": movements}
    with transaction.atomic(), connection.cursor() as cursor:
        # References between rows are right by construction; asking for each would take longer than all the rest.
        cursor.execute("SET LOCAL session_replication_role = replica")
        with told("references"):
            write_references(movements // (WAREHOUSES * STEPS))
        for name, sql in {
            "plan": PLAN,
            "purchases": PURCHASES,
            "sales": SALES,
            "ledger": LEDGER,
            "balances": BALANCES,
        }.items():
            with told(name):
                cursor.execute(sql % facts if "%(" in sql else sql)
        for table in (*NUMBERED, "customer"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        for series, table in {"so": '"order"', "sh": "shipment", "gr": "goods_receipt"}.items():
            cursor.execute(f"SELECT setval('number_{series}_seq', (SELECT max(id) FROM {table}))")
    with told("analyze"), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--movements", type=int, default=1_000_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    django.setup()
    load(parser.parse_args().movements)
