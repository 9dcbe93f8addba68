"""The database refuses, whoever writes: tried with plain SQL."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from catalog.models import Category, Product
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.schema.sample import Sample, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample() -> Sample:
    return make_sample()


def execute(sql: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.rowcount


def refused(act: Callable[[], object]) -> bool:
    """Whether the database refuses at once, by a constraint."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


REFUSED = [
    'UPDATE "inventory" SET quantity = -1, reserved = -1',
    'UPDATE "inventory" SET quantity = 2147483648',
    'UPDATE "inventory" SET reserved = 6',
    'UPDATE "inventory" SET stock_value = -0.0001',
    'UPDATE "inventory" SET quantity = 0, reserved = 0',
    'UPDATE "order_item" SET quantity = 0',
    'UPDATE "order_item" SET quantity = -1',
    'UPDATE "order_item" SET quantity_shipped = 2',
    'UPDATE "order_item" SET quantity_invoiced = 2',
    'UPDATE "order_item" SET quantity_returned = 1',
    'UPDATE "order_item" SET unit_price = 100000000000',
    'UPDATE "payment" SET amount = 0',
    'UPDATE "payment" SET amount = -5',
    "UPDATE \"payment\" SET payment_method = 'cheque'",
    "UPDATE \"order\" SET status = 'returned'",
    "UPDATE \"invoice\" SET status = 'sent'",
    'UPDATE "order" SET total_amount = 11.91',
    'UPDATE "invoice" SET amount_paid = 11.91',
    'UPDATE "invoice" SET amount_refunded = 0.01',
    "UPDATE \"invoice\" SET status = 'issued'",
    'UPDATE "invoice" SET series_number = 1',
    "UPDATE \"credit_note\" SET status = 'issued'",
    'UPDATE "reservation" SET quantity = 0',
    'UPDATE "product" SET price = -1',
    'UPDATE "product" SET sku = NULL',
    'UPDATE "category" SET parent_id = id',
    'UPDATE "product" SET category_id = 987654321',
    'DELETE FROM "category"',
    'DELETE FROM "product"',
    'DELETE FROM "warehouse"',
    'DELETE FROM "customer"',
    'DELETE FROM "order_item"',
    'DELETE FROM "invoice"',
]


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_refuses(sample, sql):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        execute(sql)
        connection.check_constraints()  # SQLite looks at plain references at commit


INSERTS = [
    ("inventory", "quantity", -1),
    ("order_item", "quantity", 0),
    ("payment", "amount", 0),
    ("stock_movement", "quantity", 0),
    ("stock_movement", "quantity_after", -1),
    ("invoice_item", "quantity", 0),
    ("product", "weight_grams", -1),
]


@pytest.mark.parametrize(("table", "column", "value"), INSERTS)
def test_a_copy_of_a_good_row_is_refused_for_one_bad_value(sample, table, column, value):
    assert refused(lambda: insert_copy(table, column, value))
    changed = {
        "inventory": f"product_id = {ProductFactory().pk}",
        "payment": "payment_number = 'PAY-000002'",
        "product": "sku = 'other', sku_key = 'other'",
    }.get(table, "id = id")
    assert not refused(lambda: insert_copy(table, column, None, changed))


def insert_copy(table: str, column: str, value: object, changes: str = "") -> None:
    """Write the table's first row once more, with `value` in `column` (None: as it is) and the changes."""
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, table)
    names = [c.name for c in description if c.name not in ("id", "available", "balance")]
    new = dict(change.split(" = ") for change in changes.split(", ") if change)
    if value is not None:
        new[column] = str(value)
    values = [new.get(name, f'"{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    execute(f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(values)} FROM "{table}" ORDER BY id LIMIT 1')


DECIMALS = [
    ("product", "price"),
    ("product", "cost"),
    ("inventory", "stock_value"),
    ("order_item", "unit_price"),
    ("order_item", "tax_percent"),
    ("order", "subtotal_amount"),
    ("invoice", "total_amount"),
    ("payment", "amount"),
    ("credit_note", "refunded_amount"),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("table", "column"), DECIMALS)
def test_not_a_number_is_refused(sample, table, column):
    assert refused(lambda: execute(f"UPDATE \"{table}\" SET {column} = 'NaN'"))


@pytest.mark.parametrize(("table", "column"), DECIMALS)
@pytest.mark.parametrize("word", ["Infinity", "9e999"])
def test_infinity_is_refused(sample, table, column, word):
    with pytest.raises((IntegrityError, DataError)):
        execute(f'UPDATE "{table}" SET {column} = %s', word)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("AB-1", "AB-1"),
        ("AB-1", "ab-1"),
        ("Äpfel", "äPFEL"),
        ("ＡＢ-1", "ab-1"),
        ("straße", "STRASSE"),
        ("é", "e\u0301"),
    ],
)
def test_codes_are_unique_whatever_their_case_and_form(first, second):
    category = CategoryFactory()
    Product.objects.create(name="one", sku=first, category=category, price=1)
    assert refused(lambda: Product.objects.create(name="two", sku=second, category=category, price=1))


def test_logins_are_unique_whatever_their_case():
    UserFactory(username="Ömer", email="Oemer@Example.com")
    assert refused(lambda: UserFactory(username="ömer", email="other@example.com"))
    assert refused(lambda: UserFactory(username="other", email="oemer@example.COM"))
    assert not refused(lambda: UserFactory(username="other", email="other@example.com"))


def test_keys_are_refused_to_plain_sql_too(sample):
    other = ProductFactory()
    assert refused(lambda: execute('UPDATE "product" SET sku = %s WHERE id = %s', sample.product.sku, other.pk))
    assert refused(lambda: execute('UPDATE "product" SET sku_key = %s WHERE id = %s', sample.product.sku_key, other.pk))


def test_one_default_bin_per_warehouse(sample):
    assert refused(lambda: insert_copy("bin", "code", "'B'", "code_key = 'b'"))
    assert not refused(lambda: insert_copy("bin", "code", "'B'", "code_key = 'b', is_default = FALSE"))


def test_one_stock_item_per_bin_without_a_lot(sample):
    assert refused(lambda: insert_copy("stock_item", "quantity", 1))


def test_parts_go_with_their_whole(sample):
    execute('DELETE FROM "credit_note"')
    execute('DELETE FROM "payment"')
    execute('DELETE FROM "invoice"')
    execute('DELETE FROM "order"')
    for table in ("credit_note_item", "invoice_item", "order_item", "reservation"):
        assert count(table) == 0, table
    assert count("product") == 1


def test_an_unused_account_takes_its_roles_along(sample):
    user = UserFactory(permissions=["catalog.view_product"])
    assert count("user_role") == 1
    execute('DELETE FROM "user" WHERE id = %s', user.pk)
    assert (count("user_role"), count("role")) == (0, 1 + count_of_default_roles())


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def count_of_default_roles() -> int:
    with connection.cursor() as cursor:
        cursor.execute('SELECT count(*) FROM "role" WHERE is_system')
        return cursor.fetchone()[0]


def test_a_row_written_by_sql_gets_its_stamps():
    by_program = CategoryFactory()
    execute("INSERT INTO category (name, description) VALUES ('by hand', '')")
    by_hand = Category.objects.get(name="by hand")
    assert by_hand.is_active
    assert by_hand.created_at == by_hand.updated_at
    assert abs(by_hand.created_at - by_program.created_at) < timedelta(minutes=1)
