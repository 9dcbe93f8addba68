"""Migrations go forward, back and forward again, on a database of their own, and lose nothing on the way."""

import importlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import copy
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from billing.models import CreditNote, Invoice, InvoiceItem
from billing.services import refund_credit_note
from inventory_project.base.fields import Text
from inventory_project.base.numbering import next_number
from sales.models import Order, Shipment
from stock.models import StockMovement
from tests.factories.billing import PaymentFactory, issued_credit_note
from tests.schema import complete
from tests.schema.live import live, rows
from tests.schema.sample import issue, make_sample

APPS = ["billing", "sales", "stock", "catalog", "inventory_project", "accounts"]  # who refers to others comes first
OURS = sorted(
    (migration for (app, _name), migration in MigrationLoader(None).disk_migrations.items() if app in APPS),
    key=lambda migration: (migration.app_label, migration.name),
)


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A copy of the migrated test database, thrown away afterwards; the connection leads there."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            own = str(tmp_path / "copy.sqlite3")
            connection.ensure_connection()
            with closing(sqlite3.connect(own)) as target:
                connection.connection.backup(target)
        else:
            own = f"{usual}_migrations"
            on_server(f'DROP DATABASE IF EXISTS "{own}"', f'CREATE DATABASE "{own}" TEMPLATE "{usual}"')
        try:
            connect(own)
            yield
        finally:
            connect(usual)
            if connection.vendor == "postgresql":
                on_server(f'DROP DATABASE "{own}"')


def on_server(*statements: str) -> None:
    """Outside of any database, with no connection left to the one that is copied or dropped."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def connect(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def migrate(app: str = "", target: str = "") -> None:
    call_command("migrate", *filter(None, (app, target)), verbosity=0)


def schema() -> dict[str, tuple]:
    """All that the database knows of the 39 tables."""
    shape: dict[str, tuple] = {"triggers": tuple(sorted(live.triggers().items()))}
    for table in sorted(live.tables() & set(complete.TABLES)):
        shape[table] = (
            live.columns(table),
            set(live.indexes(table)),
            set(live.foreign_keys(table)),
            live.checks(table),
        )
    if connection.vendor == "postgresql":
        shape["indexes"] = tuple(sorted(rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")))
        shape["sequences"] = tuple(sorted(rows("SELECT relname FROM pg_class WHERE relkind = 'S'")))
    return shape


def leftovers() -> list[tuple]:
    """Functions and sequences of ours that outlive their tables; SQLite has none."""
    if connection.vendor == "sqlite":
        return []
    return rows(
        """SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname = 'plpgsql'
           UNION ALL SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^number_'"""
    )


def test_back_to_nothing_and_forward_again(own_database):
    before = schema()
    assert set(complete.TABLES) < before.keys()
    migrate("accounts", "zero")  # every other app refers to it
    assert live.tables() & set(complete.TABLES) == set()
    assert live.triggers() == {}
    assert leftovers() == []
    migrate()
    assert schema() == before


def test_each_app_goes_back_one_migration_and_forward_again(own_database):
    before = schema()
    for app in APPS:
        names = [migration.name for migration in OURS if migration.app_label == app]
        migrate(app, names[-2] if len(names) > 1 else names[-1])
    migrate()
    assert schema() == before


WRITTEN_BY_MIGRATIONS = {"role": {"permissions"}}  # other than before on the way back; the same once forward again


def test_back_to_the_first_migrations_and_forward_again_loses_nothing(own_database):
    sample = make_sample()
    issue(sample.invoice)
    before, columns = contents(), {table: set(live.columns(table)) for table in complete.TABLES}
    for app in APPS:
        migrate(app, "0001")
    assert live.triggers() == {}
    for table, first in contents().items():
        later = columns[table] - set(live.columns(table)) | WRITTEN_BY_MIGRATIONS.get(table, set())
        assert without(later, first) == without(later, before[table])
    migrate()
    assert contents() == before
    assert set(live.triggers()) == set(complete.TRIGGERS)
    assert next_number(Order) == "SO-000002"  # SO-000001 is taken
    assert next_number(Shipment) == "SH-000001"


@pytest.mark.parametrize("model", [Invoice, InvoiceItem, CreditNote, StockMovement])
def test_a_table_with_triggers_can_be_altered_by_a_later_migration(own_database, model):
    """SQLite remakes the table for it."""
    column = next(f for f in model._meta.concrete_fields if isinstance(f, Text) and f.max_length == 300)
    wider = copy(column)
    wider.max_length = 400
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default", plan=[(OURS[0], False)])
    with connection.schema_editor() as editor:
        editor.alter_field(model, column, wider)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default", plan=[(OURS[0], False)])
    assert live.columns(model._meta.db_table)[column.column].length == 400
    assert live.triggers() == complete.TRIGGERS


def without(columns: set[str], rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name not in columns} for row in rows]


def contents() -> dict[str, list[dict[str, object]]]:
    return {table: records(table) for table in complete.TABLES}


def records(table: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_there_are_migrations_of_every_app():
    assert {migration.app_label for migration in OURS} == set(APPS)


@pytest.mark.parametrize("migration", OURS, ids=str)
def test_every_migration_has_a_name_that_says_something(migration):
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", migration.name)
    assert not re.search(r"_auto_|_and_more$|^\d{4}_alter_", migration.name)


@pytest.mark.parametrize("migration", OURS, ids=str)
def test_every_migration_can_be_taken_back(migration: Migration):
    assert [operation for operation in migration.operations if not operation.reversible] == []


@pytest.mark.django_db
def test_what_was_refunded_before_is_taken_over_as_one_refund():
    issued_credit_note()  # set off, so that nothing goes back
    note = issued_credit_note(PaymentFactory().invoice)
    refund_credit_note(note, "cash", "Till 4", by=None)
    CreditNote.objects.filter(pk=note.pk).update(refunds=[])
    importlib.import_module("billing.migrations.0006_fill_refund_history").fill(apps, connection.schema_editor())
    assert CreditNote.objects.get(pk=note.pk).refunds == note.refunds
    assert [part["amount"] for part in note.refunds] == ["119.00"]
    assert CreditNote.objects.filter(refunds=[]).count() == 1
