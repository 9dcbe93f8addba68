"""What the installation does for its own safety, and how it went."""

import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory_project.base.fields import Text

logger = logging.getLogger(__name__)


class OperationRunQuerySet(models.QuerySet):
    def of(self, kind: str) -> "OperationRunQuerySet":
        """The runs of one kind of operation, the newest first."""
        return self.filter(kind=kind).order_by("-started_at", "-pk")

    def successful(self) -> "OperationRunQuerySet":
        return self.filter(succeeded=True)

    def failed(self) -> "OperationRunQuerySet":
        return self.filter(succeeded=False)


class OperationRun(models.Model):
    """One run of an operation, a backup for instance. One that was killed stays without an end."""

    BACKUP = "backup"
    VERIFICATION = "verification"
    PRUNING = "pruning"
    RESTORE = "restore"
    INTEGRITY = "integrity"
    ANONYMISATION = "anonymisation"

    kind = Text(_("operation"), max_length=40)
    subject = Text(_("subject"), max_length=200, blank=True, help_text=_("What it was about: the name of a backup."))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    succeeded = models.BooleanField(_("succeeded"), null=True, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = OperationRunQuerySet.as_manager()

    class Meta:
        db_table = "operation_run"
        verbose_name = _("operation run")
        verbose_name_plural = _("operation runs")
        ordering = ["-started_at", "-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["kind", "-started_at"], name="operation_run_kind_started")]
        constraints = [
            models.CheckConstraint(
                name="operation_run_ends_with_an_outcome",
                condition=models.Q(finished_at=None, succeeded=None)
                | models.Q(finished_at__isnull=False, succeeded__isnull=False),
                violation_error_message=_("A run that has ended has succeeded or failed."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def duration(self) -> datetime.timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None


@contextmanager
def recorded(kind: str) -> Iterator[OperationRun]:
    """Record what is done within: that it began, and whether it succeeded.

    It is done all the same if that can't be recorded: a backup before the first `migrate` has no table for it.
    """
    run = OperationRun(kind=kind)
    _keep(run)
    try:
        yield run
    except BaseException as error:
        run.details = {**run.details, "error": str(error) or type(error).__name__}
        _finish(run, succeeded=False)
        raise
    _finish(run, succeeded=True)


def _finish(run: OperationRun, *, succeeded: bool) -> None:
    run.finished_at, run.succeeded = timezone.now(), succeeded
    _keep(run)


def _keep(run: OperationRun) -> None:
    try:
        run.save()
    except DatabaseError as error:
        logger.warning("%s could not be recorded: %s", run, error)
