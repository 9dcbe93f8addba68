"""Whoever needs a second factor and lacks it is led to set it up, and can do nothing else."""

from django.contrib.messages import warning
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from . import second_factor

OPEN = {"admin:second_factor_enrol", "admin:logout", "admin:login", "admin:jsi18n", "home"}


class SecondFactorMiddleware:
    """Keeps sessions out that lack the factor which a role of their user asks for. The API looks by itself."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if hasattr(view, "cls") or request.resolver_match.view_name in OPEN or not request.session.session_key:
            return None
        user = request.user
        if not user.is_authenticated or not second_factor.is_missing(user):
            return None
        warning(request, _("Your role asks for a second factor. Set it up to go on."))
        return HttpResponseRedirect(reverse("admin:second_factor_enrol"))
