"""The triggers that write the history of changes: three for each table."""

from dataclasses import dataclass
from typing import Literal

from django.db.backends.base.base import BaseDatabaseWrapper

from inventory_project.base.triggers import InstallTriggers

from . import on_postgresql, on_sqlite
from .tables import Recorded, recorded

type Event = Literal["INSERT", "UPDATE", "DELETE"]
EVENTS: tuple[Event, ...] = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Recorder:
    """Records one kind of event on one table; it has the methods of a `Trigger` and is kept installed like one."""

    of: Recorded
    event: Event

    @property
    def table(self) -> str:
        return self.of.table

    @property
    def name(self) -> str:
        return f"{self.of.table}_history_{self.event.lower()}"

    def definition(self, connection: BaseDatabaseWrapper) -> str:
        """The text by which an installed trigger is compared with this one."""
        if connection.vendor == "sqlite":
            return on_sqlite.definition(self.name, self.of, self.event)
        return on_postgresql.definition(self.of, self.event)

    def create(self, connection: BaseDatabaseWrapper) -> list[str]:
        """The statements that put the trigger in force; none while the table is not as the model has it."""
        if not self._fits(connection):
            return []
        definition = self.definition(connection)
        if connection.vendor == "sqlite":
            return [*self.drop(connection), definition]
        return on_postgresql.statements(self.name, self.of, self.event, definition)

    def _fits(self, connection: BaseDatabaseWrapper) -> bool:
        """Migrations may have been taken back further than the models of the program know."""
        with connection.cursor() as cursor:
            if self.table not in connection.introspection.table_names(cursor):
                return False
            # Django's introspection would parse the text of each table, three times, on SQLite.
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(self.table)} LIMIT 0")
            there = {column[0] for column in cursor.description}
        return {field.column for field in self.of.fields} <= there

    def drop(self, connection: BaseDatabaseWrapper) -> list[str]:
        """The statements that remove it, if it is there."""
        if connection.vendor == "sqlite":
            return [f'DROP TRIGGER IF EXISTS "{self.name}"']
        return [f'DROP FUNCTION IF EXISTS "{self.name}"() CASCADE']


def recorders() -> list[Recorder]:
    """All of them."""
    return [Recorder(each, event) for each in recorded().values() for event in EVENTS]


class RemoveRecordersOnTheWayBack(InstallTriggers):
    """Migration operation: the triggers go before the table that they write to.

    They come by themselves at the end of every `migrate`: further migrations of the same run may still alter the
    tables.
    """

    def __init__(self) -> None:
        super().__init__(recorders())

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        """Nothing yet."""

    def describe(self) -> str:
        return "Remove the triggers that record changes, when going back"
