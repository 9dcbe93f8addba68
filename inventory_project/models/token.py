"""Keys with which programs call the API."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import Text


class ApiToken(AbstractAuthToken):
    """A program's key to the API. Only its hash is stored; the key itself is shown once, when it is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="auth_token_set", verbose_name=_("user"))
    name = Text(_("name"), max_length=80, help_text=_("What uses it, for instance “web shop”."))

    class Meta:
        db_table = "api_token"
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name
