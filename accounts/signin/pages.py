"""Signing in: name and password, then the code of the second factor if there is one; and links for new passwords."""

import datetime
import time

from django.contrib.auth import login, update_session_auth_hash, views
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from inventory_project.base import rates
from inventory_project.base.client_address import client_address

from . import lockout, second_factor
from .forms import CodeForm, PasswordLinkForm
from .mail import PASSWORD, tell

PENDING = "signing_in"
PENDING_SECONDS = 300
MOST_CODES = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(views.LoginView):
    """Name and password. With a second factor nobody is signed in before its code is right."""

    def post(self, request, *args, **kwargs):
        standing = lockout.address_standing(request)
        if standing.is_used_up:
            return lockout.wait_page(request, datetime.timedelta(seconds=standing.reset))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.get_user()
        if second_factor.device_of(user) is None:
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[PENDING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "until": int(time.time()) + PENDING_SECONDS,
            "tries": 0,
            "next": self.get_success_url(),
        }
        return HttpResponseRedirect(reverse("admin:sign_in_code"))


@sensitive_post_parameters("code")
@csrf_protect
@never_cache
def code_page(request: HttpRequest) -> HttpResponse:
    """Asks for the code, after the password was right."""
    pending = request.session.get(PENDING)
    user = _pending_user(pending)
    if user is None:
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wait = second_factor.pause(user, form.cleaned_data["code"])
        device = None if wait else second_factor.verify(user, form.cleaned_data["code"])
        if device:
            return _signed_in(request, user, device, pending)
        if wait:
            form.add_error("code", _("Too many wrong codes. Try again in %(seconds)d seconds.") % {"seconds": wait})
        elif _is_last_try(request, user, pending):
            return HttpResponseRedirect(reverse("admin:login"))
        else:
            form.add_error("code", _("That code is not right, or was used before."))
    return _shown(request, "admin/sign_in_code.html", title=_("Second factor"), form=form)


def _pending_user(pending: dict | None) -> User | None:
    """Who has given the right password, unless it was too long ago or the account has changed since."""
    if not pending or pending["until"] < time.time():
        return None
    user = User.objects.active().filter(pk=pending["user"]).first()
    return user if user and user.get_session_auth_hash() == pending["hash"] else None


def _signed_in(request: HttpRequest, user: User, device, pending: dict) -> HttpResponse:
    del request.session[PENDING]
    user.otp_device = device  # django-otp keeps in the session that it was shown
    login(request, user, backend=BACKEND)
    target = pending["next"]
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("admin:index")
    return HttpResponseRedirect(target)


def _is_last_try(request: HttpRequest, user: User, pending: dict) -> bool:
    """Count a wrong code; after a few the password is asked for again, and counts as wrong."""
    pending["tries"] += 1
    request.session[PENDING] = pending
    if pending["tries"] < MOST_CODES:
        return False
    del request.session[PENDING]
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
    return True


def _shown(request: HttpRequest, template: str, **context) -> TemplateResponse:
    return TemplateResponse(request, template, context)


class AskForLink(views.PasswordResetView):
    """Sends a link to whoever has the address; the answer is the same if nobody has."""

    form_class = PasswordLinkForm

    def post(self, request, *args, **kwargs):
        standing = rates.count("password_link", client_address(request))
        if not standing.is_within:
            return lockout.wait_page(request, datetime.timedelta(seconds=standing.reset))
        return super().post(request, *args, **kwargs)


class FollowLink(views.PasswordResetConfirmView):
    """Sets a new password. It ends all sessions, as every new password does, and unlocks the name."""

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form):
        response = super().form_valid(form)
        lockout.unlock(self.user, by=None)
        tell(self.user, PASSWORD)
        return response


def keep_session(request: HttpRequest, user: User) -> None:
    """Let the present session survive what has ended all others."""
    update_session_auth_hash(request, user)
