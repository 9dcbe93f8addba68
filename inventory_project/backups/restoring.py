"""Restoring a backup, and rehearsing that."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory_project.models.operation import OperationRun, recorded

from . import files
from .databases import Database, database
from .errors import BackupError
from .manifest import Manifest
from .proving import opened, proved


@dataclass(frozen=True)
class Restored:
    """What was put in place, and where what was there before is kept."""

    manifest: Manifest
    files: int
    kept: list[str]


def restore(which: str, *, replace: str = "", installation: str = "") -> Restored:
    """Put a backup in place of an empty database, or of the one that `replace` names.

    The backup is proved first, whole: in a scratch database, with all invariants. Refuses a backup that fails in
    anything, one of another installation than this one or the one named, and a target that holds something.
    """
    target, mark = database(), _mark()
    with opened(which) as backup:
        _require_ours(backup.manifest, installation)
        _require_free(target, replace)
        with proved(backup, target, mark) as scratch:
            kept = files.put_aside(mark) if replace else []
            if former := target.put_in_place(scratch, mark):
                kept.append(former)
        count = files.put_back(backup.directory)
        with recorded(OperationRun.RESTORE) as run:
            run.subject = backup.manifest.name
            run.details = {"files": count, "kept": kept}
        return Restored(backup.manifest, count, kept)


def verify_backup(which: str) -> Manifest:
    """Restore a backup into a scratch database, compare and check all of it, and throw the scratch database away."""
    with recorded(OperationRun.VERIFICATION) as run:
        if "/" not in which:
            run.subject = which
        with opened(which) as backup:
            run.subject = backup.manifest.name
            run.details = {"rows": sum(backup.manifest.portrait.rows.values())}
            with proved(backup, database(), _mark()):
                return backup.manifest


def _mark() -> str:
    return f"{timezone.now():%Y%m%dt%H%M%S}_{secrets.token_hex(2)}"


def _require_ours(manifest: Manifest, installation: str) -> None:
    wanted = installation or settings.INSTALLATION
    if manifest.installation != wanted:
        raise BackupError(
            _("%(name)s is a backup of “%(theirs)s”, and this is “%(ours)s”. To use it, add --installation %(theirs)s.")
            % {"name": manifest.name, "theirs": manifest.installation, "ours": settings.INSTALLATION}
        )


def _require_free(target: Database, replace: str) -> None:
    if replace and replace != target.name:
        raise BackupError(
            _("--replace names %(named)s, but DATABASE_URL leads to %(target)s. Nothing was restored.")
            % {"named": replace, "target": target.name}
        )
    if replace:
        return
    held = ([] if target.is_empty() else [_("the database %s") % target.name]) + files.occupied()
    if held:
        raise BackupError(
            _("There is something in: %(held)s. To replace it, add --replace %(target)s; what is there is put aside.")
            % {"held": ", ".join(held), "target": target.name}
        )
