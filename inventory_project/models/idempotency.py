"""Requests that were answered, so that a repeat gets the same answer and no second effect."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import unique
from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import CreatedAt, Text


class IdempotencyRecord(models.Model):
    """One effect per user and key, with the answer that it got."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="idempotency_records")
    key = Text(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    status_code = models.IntegerField(_("status"), default=0)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("answer"), blank=True, default="")
    created_at = CreatedAt()

    class Meta:
        db_table = "idempotency_record"
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        indexes = [models.Index(fields=["created_at"], name="idempotency_created_at")]
        constraints = [unique("idempotency_record_unique", "user", "key", message=_("This key has been used already."))]

    def __str__(self) -> str:
        return self.key
