"""Who calls the API: knox tokens, found in one query, or a session of the back office."""

import re

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import SAFE_METHODS

from accounts.signin import second_factor
from inventory_project.base.api.exceptions import ApiProblem
from inventory_project.base.api.throttling import LIMITED, limit
from inventory_project.base.client_address import client_address
from inventory_project.base.rates import count
from inventory_project.models import ApiToken

KEY = re.compile(rb"[\x21-\x7e]{1,200}")


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer ...`. Expired tokens are refused here and removed by a command, not on every request."""

    def authenticate(self, request):
        try:
            found = super().authenticate(request)
        except AuthenticationFailed:
            self._count_failure(request._request)
            raise
        if found and found[1].is_read_only and request.method not in SAFE_METHODS:
            raise ApiProblem("read_only_key", _("The key “%(name)s” may only read.") % {"name": found[1]})
        return found

    @staticmethod
    def _count_failure(request) -> None:
        """Who tries keys out is told to wait. A key that is good works from the same address all the same."""
        request.standing = count("wrong_key", client_address(request))
        if not request.standing.is_within:
            raise Throttled(wait=request.standing.reset - 1)

    def authenticate_credentials(self, token: bytes):
        if not KEY.fullmatch(token):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token):
        if not auth_token.user.is_active:
            raise AuthenticationFailed(_("The user of this key is deactivated."))
        if auth_token.is_expired:
            raise AuthenticationFailed(_("This key has expired."))
        return auth_token.user, auth_token

    def _cleanup_token(self, auth_token) -> bool:
        return False


class BrowserAuthentication(SessionAuthentication):
    """A session of the back office, for trying things out. It has to have all the factors that its user needs."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found and second_factor.is_missing(found[0]):
            raise ApiProblem("second_factor_required")
        return found


class ApiCallMiddleware:
    """Around each call of the API: counts it, and keeps when its key was last used."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path_info.startswith(LIMITED):
            return response
        token = getattr(request, "auth", None)
        if isinstance(token, ApiToken):
            token.note_use(timezone.now())
        return limit(request, response)
