"""What leaves the database once it is old enough: what was tried and given up, and notes about work long done.

Documents that ever counted and the ledger never leave it.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from inventory_project.base.models import Document, Line
from inventory_project.history.services import forget_history_before
from inventory_project.models import ApiToken, ChangeHistory, IdempotencyRecord, OperationRun

AT_ONCE = 500
NEVER_BEGUN = {
    "billing.creditnote": {"issued_at": None},
    "billing.invoice": {"issued_date": None},
    "sales.salesreturn": {"approved_at": None, "rejected_at": None},
    "sales.shipment": {"shipped_at": None},
    "sales.order": {"confirmed_at": None},
    "stock.goodsreceipt": {"posted_at": None},
    "stock.purchaseorder": {"ordered_at": None},
    "stock.stocktransfer": {"dispatched_at": None},
    "stock.stockcount": {"posted_at": None},
}
"""How to tell that a cancelled document was never more than a draft; those that refer to others come first."""


@dataclass(frozen=True)
class Rule:
    """A kind of row that leaves, and after how many days."""

    name: str
    label: object
    days: int
    find: Callable[[datetime.datetime], models.QuerySet]
    remove: Callable[[datetime.datetime], int] | None = None
    """How the rows go, if not by deleting what was found, some at a time."""


def rules() -> Iterator[Rule]:
    """Every rule, with the ages of the settings."""
    ages = settings.KEEP_DAYS
    for label in NEVER_BEGUN:
        model = apps.get_model(label)
        yield Rule(model._meta.model_name, model._meta.verbose_name_plural, ages["drafts"], _given_up(model))
    yield Rule("idempotency", _("answers kept for repeated requests"), ages["answers"], _before(IdempotencyRecord))
    yield Rule("sessions", _("sessions that have ended"), 0, lambda at: Session.objects.filter(expire_date__lt=at))
    yield Rule(
        "tokens", _("API keys that have lapsed"), ages["keys"], lambda at: ApiToken.objects.filter(expiry__lt=at)
    )
    yield Rule("tasks", _("background work that is done"), ages["tasks"], _done_tasks)
    yield Rule("runs", _("runs of operations"), ages["runs"], _old_runs)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        yield Rule(model._meta.model_name, model._meta.verbose_name_plural, ages["sign_ins"], _attempted_before(model))
    yield Rule("history", _("changes in the history"), ages["history"], _changed_before, _forget_history)


def tidy(now: datetime.datetime | None = None, *, dry_run: bool = False) -> Iterator[tuple[Rule, int]]:
    """Remove what is old enough, a few hundred rows at a time, so that nobody waits for it. Yields how much it was."""
    now = now or timezone.now()
    for rule in rules():
        instant = now - datetime.timedelta(days=rule.days)
        if dry_run:
            yield rule, rule.find(instant).count()
        else:
            yield rule, rule.remove(instant) if rule.remove else _remove(rule.find(instant))


def _remove(found: models.QuerySet) -> int:
    removed = 0
    while keys := list(found.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            found.model._base_manager.filter(pk__in=keys).delete()
        removed += len(keys)
    return removed


def _given_up(model: type[Document]) -> Callable[[datetime.datetime], models.QuerySet]:
    """Cancelled drafts that nothing refers to."""

    def find(at: datetime.datetime) -> models.QuerySet:
        found = model._base_manager.filter(
            status="cancelled", updated_at__lt=at, **NEVER_BEGUN[model._meta.label_lower]
        )
        for relation in model._meta.related_objects:
            other = relation.related_model
            if issubclass(other, Line) and relation.field.name == other.PARENT:
                continue
            referring = other._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            found = found.exclude(models.Exists(referring))
        return found

    return find


def _before(model: type[models.Model]) -> Callable[[datetime.datetime], models.QuerySet]:
    return lambda at: model._base_manager.filter(created_at__lt=at)


def _attempted_before(model: type[models.Model]) -> Callable[[datetime.datetime], models.QuerySet]:
    return lambda at: model._base_manager.filter(attempt_time__lt=at)


def _changed_before(at: datetime.datetime) -> models.QuerySet:
    return ChangeHistory.objects.filter(happened_at__lt=at)


def _forget_history(at: datetime.datetime) -> int:
    return forget_history_before(at, by=None)


def _done_tasks(at: datetime.datetime) -> models.QuerySet:
    ended = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    return DBTaskResult.objects.filter(status__in=ended, finished_at__lt=at)


def _old_runs(at: datetime.datetime) -> models.QuerySet:
    """All but the last that succeeded of each kind, which says how long that is ago, and the proof of anonymising."""
    kinds = OperationRun.objects.values_list("kind", flat=True).distinct().order_by()
    last = [OperationRun.objects.of(kind).successful().values_list("pk", flat=True).first() for kind in kinds]
    old = OperationRun.objects.filter(started_at__lt=at).exclude(kind=OperationRun.ANONYMISATION)
    return old.exclude(pk__in=[pk for pk in last if pk])
