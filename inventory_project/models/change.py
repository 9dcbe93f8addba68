"""Who changed what, when and through which door. Written by triggers of the database alone."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inventory_project.base.door import Door
from inventory_project.base.fields import Text


class What(models.TextChoices):
    """What became of the record."""

    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")


class ChangeHistory(models.Model):
    """One change of one record. The database refuses to change it, and to delete it before its time."""

    happened_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    # No constraint: who is gone stays named by number, and writing a change asks for no lock on the account.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("who"),
    )
    door = Text(_("through"), max_length=20, choices=Door.choices)
    request_id = Text(_("request or command"), max_length=40, blank=True)
    model = Text(_("kind of record"), max_length=60)
    row_id = models.BigIntegerField(_("record"), null=True)
    parent_model = Text(_("kind of what it is a part of"), max_length=60, blank=True)
    parent_id = models.BigIntegerField(_("part of"), null=True)
    what = Text(_("what happened"), max_length=10, choices=What.choices)
    changes = models.JSONField(_("fields"), default=dict)

    class Meta:
        db_table = "change_history"
        verbose_name = _("change")
        verbose_name_plural = _("change history")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["model", "row_id", "-id"], name="change_history_of_record"),
            models.Index(
                fields=["parent_model", "parent_id", "-id"],
                condition=models.Q(parent_id__isnull=False),
                name="change_history_of_parts",
            ),
            models.Index(
                fields=["actor", "-id"], condition=models.Q(actor__isnull=False), name="change_history_of_actor"
            ),
            models.Index(fields=["request_id", "-id"], name="change_history_of_request"),
            models.Index(fields=["happened_at"], name="change_history_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id or ''} {self.get_what_display()}"
