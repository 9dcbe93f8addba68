"""Keys with which programs call the API."""

import datetime
import logging

from django.conf import settings
from django.db import Error, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from knox.settings import CONSTANTS

from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import Text
from inventory_project.base.turns import without_waiting

logger = logging.getLogger(__name__)

NOTED_EVERY = datetime.timedelta(minutes=5)


class ApiToken(AbstractAuthToken):
    """A program's key to the API. Only its hash is stored; the key itself is shown once, when it is made."""

    # Not the primary key, as in knox: addresses and logs name rows by that.
    digest = models.CharField(_("fingerprint"), max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="auth_token_set", verbose_name=_("user"))
    name = Text(_("name"), max_length=80, help_text=_("What uses it, for instance “web shop”."))
    is_read_only = models.BooleanField(
        _("only reads"), default=False, db_default=False, help_text=_("Requests that would write are refused.")
    )
    last_used_at = models.DateTimeField(
        _("last used"), null=True, blank=True, editable=False, help_text=_("To within five minutes.")
    )

    class Meta:
        db_table = "api_token"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    def note_use(self, now: datetime.datetime) -> None:
        """Keep when the key was last used, every five minutes at most. Never in the way of the call itself: written
        after its transaction, only if nobody else is writing the row, and left out if the database refuses."""
        if self.last_used_at and now - self.last_used_at < NOTED_EVERY:
            return
        mine = ApiToken.objects.filter(pk=self.pk)
        try:
            with transaction.atomic(), without_waiting():
                free = mine.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
                ApiToken.objects.filter(pk__in=list(free)).update(last_used_at=now)
        except Error as problem:
            logger.info("When the key was last used is not kept this time: %s", problem)
