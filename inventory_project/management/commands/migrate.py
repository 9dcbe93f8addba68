"""Django's migrate, but what a migration did and that it ran are committed together on PostgreSQL.

Django notes a migration that makes indexes or foreign keys only after its commit. Killed in between, it would be tried
again on tables that it has changed already, and fail.
"""

from contextlib import AbstractContextManager, nullcontext

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor


class TogetherExecutor(MigrationExecutor):
    """Applies and notes a migration in one transaction, where the database has transactions for that."""

    def apply_migration(self, state, migration, *args, **kwargs):
        with self._together(migration):
            return super().apply_migration(state, migration, *args, **kwargs)

    def unapply_migration(self, state, migration, *args, **kwargs):
        with self._together(migration):
            return super().unapply_migration(state, migration, *args, **kwargs)

    def _together(self, migration: Migration) -> AbstractContextManager[object]:
        # SQLite has to switch foreign keys off outside of a transaction before it remakes a table.
        if migration.atomic and self.connection.vendor == "postgresql":
            return transaction.atomic(using=self.connection.alias)
        return nullcontext()


migrate.MigrationExecutor = TogetherExecutor


class Command(migrate.Command):
    __doc__ = migrate.Command.__doc__
