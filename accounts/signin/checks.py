"""Settings of signing in that must not go unnoticed when they are wrong."""

import sys

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseProblem

from inventory_project.base.rates import can_count, rate_of

from .second_factor import unknown_roles


@register(Tags.security)
def sign_in_settings(app_configs, **kwargs):
    """Rates that can't be read, limits that lock everybody out or nobody, roles that nobody has."""
    found = []
    for scope in settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]:
        try:
            rate_of(scope)
        except ImproperlyConfigured as problem:
            found.append(Error(str(problem), id="signin.E001"))
    if not 3 <= settings.AXES_FAILURE_LIMIT <= 20:
        found.append(Error("LOGIN_FAILURES must be from 3 to 20.", id="signin.E002"))
    if not 0 < settings.SESSION_IDLE_SECONDS <= settings.SESSION_COOKIE_AGE:
        found.append(Error("SESSION_IDLE_MINUTES must be positive and within SESSION_HOURS.", id="signin.E003"))
    if settings.TRUSTED_PROXY_COUNT < 0:
        found.append(Error("TRUSTED_PROXY_COUNT must not be negative.", id="signin.E005"))
    return found + role_problems()


def role_problems() -> list[Error]:
    """A misspelled role would leave those who have the right one without a second factor."""
    try:
        names = unknown_roles()
    except DatabaseProblem:  # before the first migrate
        return []
    if not names:
        return []
    text = f"TOTP_REQUIRED_ROLES names roles that there are not: {', '.join(names)}."
    return [Error(text, hint="Write the names as the roles' list shows them.", id="signin.E004")]


def refuse_unknown_roles() -> None:
    """At the start of a server."""
    for problem in role_problems():
        sys.exit(f"Not starting: {problem.msg}")


@register(Tags.security, deploy=True)
def shared_counters(app_configs, **kwargs):
    """Without counters no limit holds."""
    if can_count():
        return []
    text = f"Requests and failures can't be counted: {settings.COUNTERS_FILE} can't be written."
    return [Warning(text, hint="Let the service write below CACHE_ROOT, or set CACHE_URL.", id="signin.W001")]
