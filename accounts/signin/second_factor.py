"""The second factor: codes of an authenticator app, and ten backup codes for the day when it is lost."""

import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from accounts.services import refuse_own, require_power_over, sign_out
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.services import service

from .mail import FACTOR_OFF, FACTOR_ON, tell

BACKUP_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike
LENGTH = 10


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app has to be told."""

    uri: str
    secret: str


def is_required(user: User) -> bool:
    """Whether a role of the person asks for a second factor. A superuser counts as having every role."""
    names = settings.TOTP_REQUIRED_ROLES
    if not names:
        return False
    return user.is_superuser or user.roles.filter(name__in=names).exists()


def is_missing(user: User) -> bool:
    """Whether the session still lacks the factor that its user needs (`user` is that of the request)."""
    if getattr(user, "otp_device", None) is not None:
        return False
    return is_required(user)


def device_of(user: User) -> TOTPDevice | None:
    """The confirmed authenticator app of the person."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def backup_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def begin_enrolment(user: User) -> Enrolment:
    """A secret for an authenticator app; the same until it is confirmed, so that the page can be loaded again."""
    _refuse_second(user)
    device, _new = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    uri = device.config_url
    return Enrolment(uri, uri.split("secret=")[1].split("&")[0])


@service
def confirm_enrolment(user: User, code: str, *, by: User | None) -> list[str]:
    """Take the app into use, once it shows the right code. Ends the other sessions; returns the backup codes."""
    _locked(user)
    _refuse_second(user)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).select_for_update().first()
    if device is None or not device.verify_token(code):
        raise InvalidInput(
            _("That is not the code that the app shows now. Check that its clock is right."), field="code"
        )
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    sign_out(user, by=by)
    tell(user, FACTOR_ON)
    return _new_backup_codes(user)


@service
def renew_backup_codes(user: User, *, by: User | None) -> list[str]:
    """Ten new backup codes; the old ones are void."""
    _locked(user)
    if device_of(user) is None:
        raise RuleViolation(_("There is no second factor to have backup codes for."), code="no_second_factor")
    return _new_backup_codes(user)


@service
def reset(user: User, *, by: User | None) -> User:
    """Take the second factor away, so that the person can set up another, and end their sessions.

    Refuses accounts that may do more than whoever acts, those that have none, and one's own: that takes a code.
    """
    refuse_own(user, by, _("Your own second factor is removed on the page “My account”, with a code of it."))
    require_power_over(user, by)
    return remove(user, by=by)


@service
def remove(user: User, *, by: User | None) -> User:
    """Take the second factor away from who has just shown a code of it, and end their sessions."""
    _locked(user)
    if not TOTPDevice.objects.filter(user=user).exists():
        raise RuleViolation(_("%(user)s has no second factor.") % {"user": user}, code="no_second_factor")
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    tell(user, FACTOR_OFF)
    return sign_out(user, by=by)


def verify(user: User, code: str):
    """The device whose code this is, if it is one that was not used before; wrong ones make the next wait longer."""
    device, code = _meant(user, code)
    return verify_token(user, device.persistent_id, code) if device else None


def pause(user: User, code: str) -> int:
    """Seconds until such a code, of the app or a backup code, is looked at; 0 if now."""
    device, _code = _meant(user, code)
    allowed, why = device.verify_is_allowed() if device else (True, None)
    return 0 if allowed else max(int(why["locked_until"].timestamp() - time.time()) + 1, 1)


def _meant(user: User, code: str) -> tuple[Device | None, str]:
    """What a code was made by, and the code as that knows it."""
    code = "".join(code.split()).replace("-", "").lower()
    if code.isdecimal() and len(code) == 6:
        return device_of(user), code
    return StaticDevice.objects.filter(user=user, confirmed=True).first(), _kept(code)


def _new_backup_codes(user: User) -> list[str]:
    device, _new = StaticDevice.objects.get_or_create(user=user, defaults={"name": "backup codes"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(ALPHABET) for _place in range(LENGTH)) for _number in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _kept(code: str) -> str:
    """What is stored of a backup code: a keyed digest, as long as the library's column is wide."""
    return salted_hmac("accounts.backup_code", code, algorithm="sha256").hexdigest()[:16]


def _locked(user: User) -> User:
    """Whoever sets up or resets the factor of a person does so after one another."""
    return User._base_manager.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _refuse_second(user: User) -> None:
    if device_of(user):
        raise RuleViolation(_("There is a second factor already. Remove it first."), code="has_second_factor")


def unknown_roles() -> list[str]:
    """The names in TOTP_REQUIRED_ROLES that no role has."""
    wanted = settings.TOTP_REQUIRED_ROLES
    if not wanted:
        return []
    known = set(Role.objects.filter(name__in=wanted).values_list("name", flat=True))
    return [name for name in wanted if name not in known]
