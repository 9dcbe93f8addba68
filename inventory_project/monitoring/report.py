"""How the installation is doing, for the page System and the command db_report."""

import datetime
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory_project.backups.standing import Standing, backup_standing, verification_standing
from inventory_project.models import OperationRun

from . import postgres, sqlite
from .background import failed_tasks, waiting_tasks
from .caches import cache_problem
from .health import pending_migrations
from .sections import Section

FAILED_LATELY = datetime.timedelta(days=7)
WAITED_LONG = datetime.timedelta(minutes=5)
VENDORS = {"postgresql": postgres, "sqlite": sqlite}


def report(using: str = DEFAULT_DB_ALIAS) -> list[Section]:
    """All sections; what somebody should look at says so in its `concern`."""
    return [*operations(), *database(using)]


def operations() -> Iterator[Section]:
    """Migrations, cache, backups and invariants."""
    pending = pending_migrations()
    yield Section(
        "migrations",
        _("Migrations"),
        rows=[(name,) for name in pending],
        remark="" if pending else _("All have run."),
        concern=_("%d have not run: manage.py migrate") % len(pending) if pending else "",
    )
    problem = cache_problem()
    yield Section("cache", _("Cache"), concern=problem and _("The cache does not answer."), remark=_("Answers."))
    yield _standing("backup", _("Last backup"), backup_standing())
    yield _standing("verification", _("Last rehearsal of a restore"), verification_standing())
    yield _invariants()
    yield _background()


def database(using: str = DEFAULT_DB_ALIAS) -> Iterator[Section]:
    """What the database tells of itself."""
    connection = connections[using]
    connection.ensure_connection()
    return VENDORS[connection.vendor].sections(connection)


def _standing(name: str, title: str, standing: Standing) -> Section:
    success, failure = standing.last_success, standing.last_failure
    rows = [(_("Succeeded"), _when(success))]
    if failure and standing.has_failed_since:
        rows.append((_("Failed"), f"{_when(failure)}: {failure.details.get('error', '')}"))
    concern = ""
    if success is None:
        concern = _("It has never succeeded here.")
    elif standing.is_late:
        concern = _("The last success is too long ago.")
    elif standing.has_failed_since:
        concern = _("It has failed since.")
    return Section(name, title, (_("What"), _("When")), rows, concern=concern)


def _invariants() -> Section:
    last = OperationRun.objects.of(OperationRun.INTEGRITY).exclude(finished_at=None).first()
    title = _("Invariants of stock and money")
    if last is None:
        return Section("invariants", title, remark=_("Not checked yet: manage.py check_integrity"))
    violated = last.details.get("violated", [])
    rows = [(_("Checked"), _when(last)), *((_("Violated"), name) for name in violated)]
    concern = _("%d do not hold: see manage.py check_integrity") % len(violated) if violated else ""
    return Section("invariants", title, (_("What"), _("Result")), rows, concern=concern)


def _background() -> Section:
    now = timezone.now()
    failed, waiting = failed_tasks(now - FAILED_LATELY), waiting_tasks(now - WAITED_LONG)
    concerns = []
    if failed:
        concerns.append(_("%d background tasks failed in the last week.") % failed)
    if waiting:
        concerns.append(_("%d have waited for five minutes: is a worker running (manage.py db_worker)?") % waiting)
    return Section(
        "background", _("Background work"), remark=_("Nothing failed, nothing waits."), concern=" ".join(concerns)
    )


def _when(run: OperationRun | None) -> str:
    return date_format(timezone.localtime(run.started_at), "DATETIME_FORMAT") if run else "–"
