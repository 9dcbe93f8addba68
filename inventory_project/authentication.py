"""Who calls the API: knox tokens, found in one query."""

import re

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

KEY = re.compile(rb"[\x21-\x7e]{1,200}")


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer ...`. Expired tokens are refused here and removed by a command, not on every request."""

    def authenticate_credentials(self, token: bytes):
        if not KEY.fullmatch(token):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)

    def _cleanup_token(self, auth_token) -> bool:
        return auth_token.expiry is not None and auth_token.expiry <= timezone.now()
