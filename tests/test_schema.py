"""The live database has what the schema says, row by row, on whichever database the tests run."""

import pytest
from django.apps import apps
from django.db import connection

from tests.schema import complete, seed
from tests.schema.compare import (
    missing_checks,
    missing_columns,
    missing_defaults,
    missing_enumerations,
    missing_foreign_keys,
    missing_indexes,
    missing_tables,
    missing_triggers,
    unbounded_decimals,
    unconstrained_references,
    undecided_foreign_keys,
)
from tests.schema.live import live

pytestmark = pytest.mark.django_db


def test_the_39_tables_are_there_and_no_other_is_of_the_business():
    assert len(complete.TABLES) == 39
    assert missing_tables(complete.TABLES) == []
    business = {"accounts", "catalog", "stock", "sales", "billing"}
    models = apps.get_models(include_auto_created=True, include_swapped=True)
    others = {model._meta.db_table for model in models if model._meta.app_label not in business}
    assert live.tables() - others - {"django_migrations"} == set(complete.TABLES)


def test_every_column_of_the_seed_document_is_there_and_of_its_kind():
    assert missing_columns(seed.COLUMNS) == []


def test_every_string_has_a_maximum_length():
    endless = [
        (table, name)
        for table in complete.TABLES
        for name, column in live.columns(table).items()
        if column.kind == "String" and not column.length
    ]
    assert endless == []


def test_null_is_allowed_only_where_it_means_something():
    found = {
        (table, name)
        for table, columns in seed.COLUMNS.items()
        for name in columns
        if name != "id" and live.columns(table)[name].nullable
    }
    assert found == seed.NULLABLE


def test_no_text_is_ever_null():
    nullable = [
        (table, name)
        for table in complete.TABLES
        for name, column in live.columns(table).items()
        if column.kind in ("String", "Text", "JSON", "Boolean") and column.nullable
    ]
    assert nullable == []


def test_the_database_fills_in_the_defaults():
    assert missing_defaults(seed.DEFAULTS) == []


def test_every_row_says_when_it_was_written_and_changed():
    stamps = {(table, name): "now" for table in complete.TABLES for name in ("created_at", "updated_at")}
    del stamps["stock_movement", "updated_at"]
    assert "updated_at" not in live.columns("stock_movement")
    assert missing_defaults(stamps) == []


@pytest.mark.parametrize("table", complete.TABLES)
def test_id_is_the_primary_key_and_counts_by_itself(table):
    assert live.primary_key(table) == (("id",), True)


def test_uniques():
    assert missing_indexes(seed.UNIQUES, unique=True) == []
    assert missing_indexes(complete.UNIQUES, unique=True) == []
    assert missing_indexes(complete.PARTIAL_UNIQUES, unique=True, partial=True) == []


def test_checks():
    assert missing_checks(seed.CHECKS) == []


def test_enumerations_are_kept_by_the_database():
    assert missing_enumerations(seed.ENUMERATIONS) == []
    assert missing_enumerations(complete.ENUMERATIONS) == []


def test_no_enumeration_is_left_out_of_the_list():
    declared = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if model._meta.db_table in complete.TABLES
        for field in model._meta.concrete_fields
        if field.choices
    }
    assert declared == set(seed.ENUMERATIONS) | set(complete.ENUMERATIONS)


def test_every_decimal_is_bounded_above():
    bounded_by_others = {("invoice", "balance")}  # generated from bounded columns
    assert set(unbounded_decimals(complete.TABLES)) == bounded_by_others


def test_foreign_keys_of_the_seed_document():
    assert missing_foreign_keys(seed.FOREIGN_KEYS) == []


def test_every_foreign_key_cascades_or_restricts():
    assert undecided_foreign_keys(complete.TABLES) == []
    cascades = {
        (table, key.column)
        for table in complete.TABLES
        for key in live.foreign_keys(table)
        if key.on_delete == "CASCADE"
    }
    assert cascades == complete.CASCADES


def test_every_reference_is_a_foreign_key():
    assert unconstrained_references(complete.TABLES) == [("stock_movement", "source_id")]


def test_indexes():
    assert missing_indexes(seed.INDEXES) == []
    assert missing_indexes(complete.INDEXES) == []
    assert missing_indexes(complete.PARTIAL_INDEXES, partial=True) == []


@pytest.mark.parametrize("table", complete.TABLES)
def test_every_check_and_unique_has_a_name(table):
    assert live.nameless(table) == []


def test_triggers():
    assert missing_triggers(complete.TRIGGERS) == []
    assert set(live.triggers()) == set(complete.TRIGGERS)


# The comparisons themselves: each finds what is taken away.


def test_a_dropped_index_is_missed():
    execute('DROP INDEX "product_name"')
    assert missing_indexes(seed.INDEXES) == [("product", "name")]


def test_a_performance_index_without_its_direction_is_missed():
    execute('DROP INDEX "order_created_at"')
    execute('CREATE INDEX "order_created_at" ON "order" ("created_at")')
    assert missing_indexes(seed.INDEXES) == [("order", "-created_at")]


def test_an_index_is_no_unique_constraint():
    assert missing_indexes([("product", "name")], unique=True) == [("product", "name")]
    assert missing_indexes([("stock_item", "inventory_id", "bin_id")], unique=True) != []


def test_a_dropped_trigger_is_missed():
    on_table = ' ON "stock_movement"' if connection.vendor == "postgresql" else ""
    execute(f'DROP TRIGGER "stock_movement_never_changed"{on_table}')
    assert missing_triggers(complete.TRIGGERS) == ["stock_movement_never_changed"]


def test_a_dropped_check_is_missed():
    drop_check("inventory", "inventory_quantity_range")
    assert missing_checks(seed.CHECKS) == [("inventory", "quantity >= 0")]


def test_a_dropped_enumeration_is_missed():
    drop_check("order", "order_status_known")
    assert missing_enumerations(seed.ENUMERATIONS) == [("order", "status")]


def test_faults_of_a_table_are_found():
    execute(
        'CREATE TABLE planted (id integer, product_id bigint REFERENCES "product" ("id"), bin_id bigint, '
        "price decimal(15, 4), code varchar(5) UNIQUE, quantity integer CHECK (quantity > 0))"
    )
    assert undecided_foreign_keys(["planted"]) == [("planted", "product_id")]
    assert unconstrained_references(["planted"]) == [("planted", "bin_id")]
    assert unbounded_decimals(["planted"]) == [("planted", "price")]
    assert len(live.nameless("planted")) == 2
    assert live.primary_key("planted")[0] == ()
    assert missing_columns({"planted": {"price": "Text", "name": "String"}}) == [
        ("planted", "price", "Text"),
        ("planted", "name", "String"),
    ]
    assert missing_defaults({("planted", "price"): "now"}) == [("planted", "price")]
    assert missing_foreign_keys([("planted", "product_id", "product", "RESTRICT")]) != []


def test_a_missing_table_is_found():
    assert missing_tables(["product", "stored_procedure"]) == ["stored_procedure"]


def execute(sql: str, *params: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


def drop_check(table: str, name: str) -> None:
    """Take a CHECK away for the length of the test; SQLite can only be told by editing its catalogue."""
    if connection.vendor == "postgresql":
        execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        return
    text = live.definition(table)
    start = text.index(f', CONSTRAINT "{name}" CHECK')
    end = text.find(", CONSTRAINT", start + 1)
    without = text[:start] + (text[end:] if end > 0 else ")")
    execute("PRAGMA writable_schema = ON")
    execute("UPDATE sqlite_master SET sql = %s WHERE type = 'table' AND name = %s", without, table)
    execute("PRAGMA writable_schema = OFF")
