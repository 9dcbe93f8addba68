"""Opening a backup, and proving in a scratch database that all of it comes back."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from inventory_project.integrity.run import check_all

from .archive import read_archive
from .databases import Database
from .errors import BackupError
from .keys import keyring
from .making import DATABASE
from .manifest import Manifest, Portrait
from .portrait import differences
from .shelf import backup_names, fetched

NEWEST = "newest"
SHOWN = 5


@dataclass(frozen=True)
class Opened:
    """A backup that was found whole, unpacked."""

    manifest: Manifest
    directory: Path

    @property
    def database(self) -> Path:
        return self.directory / DATABASE


@contextmanager
def opened(which: str) -> Iterator[Opened]:
    """Unpack a backup: “newest”, the name of a stored one, or the path of a file.

    Refuses what is damaged, cut, renamed, of another key, or no backup at all.
    """
    keys = keyring()
    with tempfile.TemporaryDirectory(prefix="inventory-restore-") as directory:
        if "/" in which:
            name = Path(which).name
            try:
                packed = open(which, "rb")  # noqa: SIM115 -- closed below
            except OSError as error:
                raise BackupError(_("%(file)s can't be read: %(error)s.") % {"file": which, "error": error}) from error
        else:
            name = _newest() if which == NEWEST else which
            packed = fetched(name)
        with packed as file:
            manifest = read_archive(file, name, keys, Path(directory))
        yield Opened(manifest, Path(directory))


def _newest() -> str:
    if not (names := backup_names()):
        raise BackupError(_("There are no backups."))
    return names[0].text


@contextmanager
def proved(backup: Opened, target: Database, mark: str) -> Iterator[Database]:
    """Fill a scratch database beside the target, bring it up to this version, and prove it by all invariants."""
    _require_usable(backup.manifest, target)
    with target.scratch(backup.database, mark) as scratch:
        _refuse_differences(backup.manifest.portrait, scratch.portrait())
        with scratch.seen_by_django() as alias:
            _bring_up_to_date(alias)
            _require_integrity(alias)
        yield scratch


def _require_usable(manifest: Manifest, target: Database) -> None:
    if manifest.database != target.vendor:
        raise BackupError(
            _("%(name)s is of a %(theirs)s database, and DATABASE_URL names one of %(ours)s.")
            % {"name": manifest.name, "theirs": manifest.database, "ours": target.vendor}
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := [name for name in manifest.portrait.migrations if name not in known]:
        raise BackupError(
            _("%(name)s was made by a newer version: this one does not know the migration %(migration)s.")
            % {"name": manifest.name, "migration": unknown[0]}
        )


def _refuse_differences(wanted: Portrait, found: Portrait) -> None:
    if wrong := differences(wanted, found):
        raise BackupError(_("Not all of the backup came back: %s.") % _listed(wrong))


def _bring_up_to_date(alias: str) -> None:
    executor = MigrationExecutor(connections[alias])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def _require_integrity(alias: str) -> None:
    violated = [result for result in check_all(using=alias) if result.is_violation]
    if violated:
        names = [f"{result.invariant.name} ({len(result.finding.faults)})" for result in violated]
        raise BackupError(_("The restored database violates invariants: %s.") % _listed(names))


def _listed(problems: list[str]) -> str:
    more = len(problems) - SHOWN
    return "; ".join(problems[:SHOWN]) + (f" … (+{more})" if more > 0 else "")
