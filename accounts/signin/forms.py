"""The questions of signing in and of one's own account."""

import datetime

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin.forms import WholeNumberField

from .mail import mail_password_link
from .proof import PasswordProof

LONGEST_DAYS = 3650


class SignInForm(AdminAuthenticationForm):
    """Name and password. A right password of someone who may not enter counts as a wrong one, and reads like it."""

    def confirm_login_allowed(self, user):
        try:
            super().confirm_login_allowed(user)
        except ValidationError:
            credentials = {"username": self.cleaned_data["username"]}
            user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
            raise


class CodeForm(forms.Form):
    """A code of the authenticator app."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "class": "code"}
        ),
    )


class EnrolForm(PasswordProof, CodeForm):
    """A code of the app that is set up, from its owner."""

    field_order = ("code", "password")


class AddressForm(PasswordProof):
    """Another email address of one's own."""

    email = forms.EmailField(label=_("New email address"))

    field_order = ("email", "password")


class SignOutForm(forms.Form):
    """Whether the keys end as well."""

    revoke_tokens = forms.BooleanField(label=_("Revoke my API keys as well"), required=False)


class TokenForm(PasswordProof):
    """What a new key of one's own is for."""

    field_order = ("name", "expires_in", "is_read_only", "password")

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What uses it, for instance “web shop”."))
    expires_in = WholeNumberField(
        label=_("Valid for days"), min_value=1, max_value=LONGEST_DAYS, required=False, help_text=_("Empty: for ever.")
    )
    is_read_only = forms.BooleanField(label=_("It only reads"), required=False)

    def answers(self) -> dict[str, object]:
        days = self.cleaned_data["expires_in"]
        return {**self.cleaned_data, "expires_in": datetime.timedelta(days=days) if days else None}


class PasswordLinkForm(PasswordResetForm):
    """Where to send a link. Whether anybody has the address is looked up later: the answer takes as long if not."""

    def save(self, *, request, use_https=False, **kwargs) -> None:
        mail_password_link.enqueue(self.cleaned_data["email"], request.get_host(), use_https)
