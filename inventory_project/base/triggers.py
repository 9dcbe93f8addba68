"""Rules over time, which no CHECK can say: what was written once stays as it is, whoever writes SQL.

Each app declares its triggers in `triggers.py`. A migration installs them (`InstallTriggers`), and so does every
later `migrate` (`keep_installed`), because SQLite loses a table's triggers whenever a migration remakes the table,
and remakes no table to which a trigger of another one refers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.apps import AppConfig
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext

# Class 23, an integrity constraint violation: Django raises IntegrityError, as it does on SQLite.
SQLSTATE = "23R01"


@dataclass(frozen=True)
class Trigger:
    """Refuses an event on a row, with a sentence.

    `when` narrows it down, in SQL over OLD and NEW. An UPDATE that leaves every column but those of `free` as it
    was is let through; a column that a later migration adds is guarded unless it is named there.
    """

    name: str
    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    message: str
    when: str = "TRUE"
    free: tuple[str, ...] | None = None

    def condition(self, connection: BaseDatabaseWrapper) -> str:
        """When to refuse, as SQL of the connection's vendor."""
        if self.free is None:
            return self.when
        differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
        with connection.cursor() as cursor:
            columns = [c.name for c in connection.introspection.get_table_description(cursor, self.table)]
        changed = [f'OLD."{name}" {differs} NEW."{name}"' for name in columns if name not in self.free]
        return f"({self.when}) AND ({' OR '.join(changed)})"

    def definition(self, connection: BaseDatabaseWrapper) -> str:
        """The text by which an installed trigger is compared with this one."""
        message = self.message.replace("'", "''")
        condition = self.condition(connection)
        if connection.vendor == "sqlite":
            return (
                f'CREATE TRIGGER "{self.name}" BEFORE {self.event} ON "{self.table}" FOR EACH ROW WHEN {condition} '
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        row = "OLD" if self.event == "DELETE" else "NEW"
        return (
            f"BEGIN IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '{SQLSTATE}', "
            f"TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME; END IF; RETURN {row}; END"
        )

    def create(self, connection: BaseDatabaseWrapper) -> list[str]:
        """The statements that put the trigger in force."""
        definition = self.definition(connection)
        if connection.vendor == "sqlite":
            return [*self.drop(connection), definition]
        return [
            f'CREATE OR REPLACE FUNCTION "{self.name}"() RETURNS trigger LANGUAGE plpgsql AS $body${definition}$body$',
            f'CREATE OR REPLACE TRIGGER "{self.name}" BEFORE {self.event} ON "{self.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{self.name}"()',
        ]

    def drop(self, connection: BaseDatabaseWrapper) -> list[str]:
        """The statements that remove it, if it is there."""
        if connection.vendor == "sqlite":
            return [f'DROP TRIGGER IF EXISTS "{self.name}"']
        return [f'DROP FUNCTION IF EXISTS "{self.name}"() CASCADE']


def installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers that are in force in the database, by name, with their definition."""
    if connection.vendor == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = """
            SELECT t.tgname, f.prosrc FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
            WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)
        """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def missing(connection: BaseDatabaseWrapper, triggers: Sequence[Trigger]) -> list[Trigger]:
    """Those that are not in force just as they are declared."""
    found = installed(connection)
    return [trigger for trigger in triggers if found.get(trigger.name) != trigger.definition(connection)]


class InstallTriggers(Operation):
    """Migration operation: put an app's triggers in force."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, triggers: Sequence[Trigger]) -> None:
        self.triggers = triggers

    def state_forwards(self, app_label, state) -> None:
        """Models know nothing of triggers."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._run(schema_editor, Trigger.create)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._run(schema_editor, Trigger.drop)

    def _run(self, schema_editor, statements: Callable[[Trigger, BaseDatabaseWrapper], list[str]]) -> None:
        for trigger in self.triggers:
            for statement in statements(trigger, schema_editor.connection):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Install the triggers {', '.join(trigger.name for trigger in self.triggers)}"


class LiftTriggers(Operation):
    """Migration operation: let SQLite remake tables. It goes first and, for the way back, last; every `migrate` ends
    with the triggers in force again."""

    reversible = True

    def state_forwards(self, app_label, state) -> None:
        """Models know nothing of triggers."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for name in installed(schema_editor.connection):
                schema_editor.execute(f'DROP TRIGGER "{name}"', params=None)

    database_backwards = database_forwards

    def describe(self) -> str:
        return "Lift the triggers until the end, where the database remakes tables"


def keep_installed(config: AppConfig, triggers: Sequence[Trigger], *, migration: str) -> None:
    """Have the triggers in force after every `migrate`; `migration` is the one that installs them."""

    def make_way(using: str, plan: Sequence[object], **kwargs) -> None:
        connection = connections[using]
        if plan and connection.vendor == "sqlite":
            _execute(connection, (statement for trigger in triggers for statement in trigger.drop(connection)))

    def put_back(using: str, **kwargs) -> None:
        connection = connections[using]
        if (config.label, migration) not in MigrationRecorder(connection).applied_migrations():
            return  # taken back, or not there yet
        lost = missing(connection, triggers)
        _execute(connection, (statement for trigger in lost for statement in trigger.create(connection)))

    pre_migrate.connect(make_way, sender=config, weak=False, dispatch_uid=f"triggers of {config.label}")
    post_migrate.connect(put_back, sender=config, weak=False, dispatch_uid=f"triggers of {config.label}")


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refusal(error: DatabaseError) -> str:
    """The sentence with which a trigger refused, or '' if the error is of another kind."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == SQLSTATE:
        return gettext(cause.diag.message_primary)
    # SQLite gives ON DELETE RESTRICT the same code.
    of_trigger = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_TRIGGER"
    return gettext(str(cause)) if of_trigger and "FOREIGN KEY" not in str(cause) else ""
