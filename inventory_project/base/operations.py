"""Operations of hand-written migrations, for what models can't declare."""

from django.db import migrations


class OnPostgreSQL(migrations.RunSQL):
    """Raw SQL that other databases skip."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class AddIndexWhileWorking(migrations.AddIndex):
    """An index that PostgreSQL builds while people go on writing. Its migration is `atomic = False`.

    An attempt that was interrupted leaves an invalid index behind, which the next one replaces.
    """

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.index.name}"')
            schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.index.name}"')

    def describe(self) -> str:
        return f"Create index {self.index.name} without stopping work"


class AddUniqueWhileWorking(migrations.AddConstraint):
    """A uniqueness under a condition, which PostgreSQL keeps by an index, built as by `AddIndexWhileWorking`."""

    atomic = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            create = str(self.constraint.create_sql(model, schema_editor))
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.constraint.name}"')
            schema_editor.execute(create.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1))

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.constraint.name}"')

    def describe(self) -> str:
        return f"Create uniqueness {self.constraint.name} without stopping work"


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
