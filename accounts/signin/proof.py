"""Whoever changes their own way in shows first that it is them: the session may have been left open."""

import math

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from inventory_project.base import rates

from . import mail

SCOPE = "own_password"


@sensitive_variables("password")
def require_password(user: User, password: str) -> None:
    """Refuse what is not the present password. Tries are counted before they are looked at: many may come at once."""
    standing = rates.count(SCOPE, user.pk)
    if not standing.is_within:
        minutes = math.ceil(standing.reset / 60)
        raise ValidationError(_now("Too many tries. Try again in %(minutes)d minutes.") % {"minutes": minutes})
    if not user.check_password(password):
        raise ValidationError(_now("That is not your present password."), code="password_incorrect")


class PasswordProof(forms.Form):
    """Asks for the present password of `user`, besides what else it asks."""

    password = forms.CharField(
        label=_("Your present password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        require_password(self.user, self.cleaned_data["password"])
        return ""  # nobody needs it any more

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        cleaned.pop("password", None)
        return cleaned


class OwnPasswordForm(AdminPasswordChangeForm):
    """The page on which people change their own password."""

    def clean_old_password(self) -> str:
        require_password(self.user, self.cleaned_data["old_password"])
        return self.cleaned_data["old_password"]

    def save(self, commit=True):
        user = super().save(commit)
        mail.tell(user, mail.PASSWORD)
        return user
