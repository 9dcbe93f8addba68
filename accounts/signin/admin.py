"""What administrators do for people who can't get in, or should no longer be in."""

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import services
from inventory_project.base.admin import BOTH_PAGES, FORM_PAGE, ActForm

from . import invitations, lockout, second_factor


class SignOutForm(ActForm):
    """Asks whether the keys end as well."""

    title = _("Sign %(object)s out everywhere")
    submit = _("Sign out")
    intro = _("Every session of the account ends with its next click.")

    revoke_tokens = forms.BooleanField(label=_("Revoke the API keys as well"), required=False)


class ResetForm(ActForm):
    """Asks to be sure."""

    title = _("Reset the second factor of %(object)s")
    submit = _("Reset")
    intro = _("The authenticator app and the backup codes become void, and all sessions end. Be sure that it is them.")


class SignInActs:
    """Mixin of the accounts' pages."""

    sign_in_actions = ("sign_out", "unlock", "reset_second_factor", "send_password_link")

    def offers_sign_in(self, name: str, user) -> bool:
        """Whether the act makes sense for the account now."""
        if name == "unlock":
            return lockout.is_locked(user)
        if name == "reset_second_factor":
            return second_factor.device_of(user) is not None
        return user.is_active and (name != "send_password_link" or invitations.can_send())

    @admin.action(permissions=["change"], description=_("Sign out everywhere…"), location=BOTH_PAGES)
    def sign_out(self, request, queryset):
        return self.apply(request, queryset, services.sign_out, form=SignOutForm)

    @admin.action(permissions=["change"], description=_("Unlock sign-in"), location=BOTH_PAGES)
    def unlock(self, request, queryset):
        return self.apply(request, queryset, lockout.unlock)

    @admin.action(permissions=["change"], description=_("Reset second factor…"), location=[FORM_PAGE])
    def reset_second_factor(self, request, queryset):
        return self.apply(request, queryset, second_factor.reset, form=ResetForm)

    @admin.action(permissions=["change"], description=_("Send password link"), location=[FORM_PAGE])
    def send_password_link(self, request, queryset):
        def send(user, *, by):
            invitations.send_password_link(user, request=request, by=by)
            text = _now("A link for a new password is on its way to %(address)s.")
            self.message_user(request, text % {"address": user.email}, messages.INFO)
            return user

        return self.apply(request, queryset, send)
