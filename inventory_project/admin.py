"""The back office's page of API keys. The libraries' own tables of codes and devices have no pages."""

import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_tasks_db.models import DBTaskResult

from accounts import services
from accounts.signin.account import key_page
from accounts.signin.forms import LONGEST_DAYS
from inventory_project.base.admin import ActForm, BaseAdmin, RelatedFilter, WholeNumberField, search_field
from inventory_project.history import admin as _history  # noqa: F401  (the page of all changes)
from inventory_project.models import ApiToken
from inventory_project.monitoring import admin as _monitoring  # noqa: F401  (the page of operation runs)

admin.site.unregister([StaticDevice, TOTPDevice])

# Its own list is for programmers; the page System says what failed.
admin.site.unregister(DBTaskResult)


class TokenForm(ActForm):
    """For whom a key is made, and for how long."""

    title = _("Make an API key")
    submit = _("Make the key")
    intro = _("The key is shown once, right after it was made. A program that has it can do what its user may do.")

    user = search_field(ApiToken._meta.get_field("user"))
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What uses it, for instance “web shop”."))
    expires_in = WholeNumberField(
        label=_("Valid for days"), min_value=1, max_value=LONGEST_DAYS, required=False, help_text=_("Empty: for ever.")
    )
    is_read_only = forms.BooleanField(label=_("It only reads"), required=False)

    def parameters(self):
        days = self.cleaned_data["expires_in"]
        return {**self.cleaned_data, "expires_in": datetime.timedelta(days=days) if days else None}


@admin.register(ApiToken)
class ApiTokenAdmin(BaseAdmin):
    purpose = _("With a key a program works through the API in somebody's name.")
    list_display = ("name", "user", "is_read_only", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("is_read_only", ("user", RelatedFilter))
    search_fields = ("name", "user__username")
    ordering = ("-created",)
    fields = ("name", "user", "is_read_only", "created", "expiry", "last_used_at")
    page_note = _("Only a fingerprint of each key is kept, so that a key is never shown again. Delete one to end it.")

    def has_change_permission(self, request, obj=None):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.ask(request, TokenForm, lambda answers: self._make(request, answers))

    def _make(self, request, answers):
        own = _("Your own keys are made on the page “My account”, with your password.")
        services.refuse_own(answers["user"], request.user, own)
        token, key = services.create_token(**answers, by=request.user)
        back = reverse("admin:inventory_project_apitoken_changelist")
        return key_page(request, token, key, back)

    def delete_model(self, request, obj):
        services.revoke_token(obj, by=request.user)
