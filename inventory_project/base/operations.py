"""Operations of hand-written migrations, for what models can't declare."""

from django.db import migrations, models


class OnPostgreSQL(migrations.RunSQL):
    """Raw SQL that other databases skip."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class WhileWorking:
    """Mixin: PostgreSQL builds the index while people go on writing. The migration is `atomic = False`.

    An attempt that was interrupted leaves an invalid index behind, which the next one replaces.
    """

    atomic = False
    adds: str  # the attribute that holds what is added

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif model := self._here(app_label, schema_editor, to_state):
            self._drop(schema_editor)
            create = str(getattr(self, self.adds).create_sql(model, schema_editor))
            schema_editor.execute(create.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        elif self._here(app_label, schema_editor, from_state):
            self._drop(schema_editor)

    def describe(self) -> str:
        return f"Create {getattr(self, self.adds).name} without stopping work"

    def _here(self, app_label, schema_editor, state) -> type[models.Model] | None:
        model = state.apps.get_model(app_label, self.model_name)
        return model if self.allow_migrate_model(schema_editor.connection.alias, model) else None

    def _drop(self, schema_editor) -> None:
        schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{getattr(self, self.adds).name}"')


class AddIndexWhileWorking(WhileWorking, migrations.AddIndex):
    """An index."""

    adds = "index"


class AddUniqueWhileWorking(WhileWorking, migrations.AddConstraint):
    """A uniqueness under a condition, which PostgreSQL keeps by an index."""

    adds = "constraint"


class CreateTrigrams(OnPostgreSQL):
    """The extension that the search indexes need; the owner of the database may create it.

    It stays when the migration is taken back: other indexes may rest on it.
    """

    def __init__(self) -> None:
        super().__init__("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop)

    def deconstruct(self):
        return self.__class__.__name__, [], {}

    def describe(self) -> str:
        return "Create the extension pg_trgm"


class CreateSearchIndexes(OnPostgreSQL):
    """Make columns of a table searchable, each by an index `<table>_<column>_search`.

    `icontains`, `istartswith` and `iexact` compare UPPER(column::text), so only an index on that expression helps;
    trigrams serve all three. SQLite has no such index.
    """

    def __init__(self, table: str, *columns: str) -> None:
        self.arguments = [table, *columns]
        names = {column: f"{table}_{column}_search" for column in columns}
        super().__init__(
            [
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin (upper("{column}"::text) gin_trgm_ops)'
                for column, name in names.items()
            ],
            [f'DROP INDEX IF EXISTS "{name}"' for name in names.values()],
        )

    def deconstruct(self):
        return self.__class__.__name__, self.arguments, {}

    def describe(self) -> str:
        table, *columns = self.arguments
        return f"Create search indexes on {table} ({', '.join(columns)})"
