"""How many requests a user, or an address without a key, may make; every answer says how many are left."""

from django.http import HttpRequest, HttpResponse
from rest_framework.throttling import BaseThrottle

from ..client_address import client_address
from ..rates import Standing, count
from .exceptions import PROBLEM_JSON, body
from .renderers import ENCODER

LIMITED = "/api/v1/"


class CallerThrottle(BaseThrottle):
    """Counts by user, whichever key they use, else by address."""

    def allow_request(self, request, view) -> bool:
        self.standing = charge(request._request, request.user)
        return self.standing.is_within

    def wait(self) -> float:
        return self.standing.reset - 1  # a second is added where it is told


def charge(request: HttpRequest, user=None) -> Standing:
    """Count the request, once, and remember how its caller stands."""
    known = getattr(request, "standing", None)
    if known is None:
        if user is not None and user.is_authenticated:
            known = count("user", user.pk)
        else:
            known = count("address", client_address(request))
        request.standing = known
    return known


def limit(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Count also what was refused before it came to counting, and say in the answer what is left."""
    if not hasattr(request, "standing") and response.status_code < 500:
        caller = request.user if getattr(request, "auth", None) else None
        if not charge(request, caller).is_within:
            response = HttpResponse(ENCODER.encode(body("throttled", 429)), content_type=PROBLEM_JSON, status=429)
            response["Retry-After"] = str(request.standing.reset)
    if standing := getattr(request, "standing", None):
        response["RateLimit-Limit"] = str(standing.limit)
        response["RateLimit-Remaining"] = str(standing.remaining)
        response["RateLimit-Reset"] = str(standing.reset)
    return response
