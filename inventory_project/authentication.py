"""Who calls the API: knox tokens, found in one query."""

from django.utils import timezone
from knox.auth import TokenAuthentication


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer ...`. Expired tokens are refused here and removed by a command, not on every request."""

    def _cleanup_token(self, auth_token) -> bool:
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()
