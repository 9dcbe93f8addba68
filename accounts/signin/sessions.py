"""How long a session lasts: some hours from the sign-in at most, and less if nobody uses it."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.messages import info
from django.utils.translation import gettext as _

SIGNED_IN, SEEN = "signed_in_at", "seen_at"
NOTED_SECONDS = 60
"""A session is written at most this often just because it is used."""


def begin(sender, request, user, **kwargs) -> None:
    """Receiver: someone has signed in."""
    request.session[SIGNED_IN] = request.session[SEEN] = int(time.time())


class SessionAgeMiddleware:
    """Ends sessions that are too old or were left alone for too long."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._look_at(request)
        return self.get_response(request)

    @staticmethod
    def _look_at(request) -> None:
        session, now = request.session, int(time.time())
        signed_in = session.get(SIGNED_IN)
        if signed_in is None:  # nobody has signed in
            return
        seen = session.get(SEEN, signed_in)
        if now - signed_in > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            info(request, _("You were signed out because the session had been open or unused for too long."))
        elif now - seen >= NOTED_SECONDS:
            session[SEEN] = now
