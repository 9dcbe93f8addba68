"""People, their roles and their keys. Nobody grants what they lack, and somebody can always administer."""

import datetime
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import get_token_model

from accounts.models import Role, User, UserRole
from accounts.permissions import expand
from inventory_project.base.errors import InvalidInput, NotAllowed, RuleViolation
from inventory_project.base.privacy import Part, free_name, person_anonymised, words_of
from inventory_project.base.references import refuse_while_referenced
from inventory_project.base.services import lock, lock_all, refresh, service

from .signin import mail

TELLING = ("username", "email", "first_name", "last_name")
ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "CHEROKEE"}
NOWHERE = "anonymised.invalid"  # RFC 2606: a domain that never is one


@service
def save_user(user: User, *, password: str | None = None, by: User | None) -> User:
    """Write an account, with a new password if one is given.

    Refuses accounts that may do more than whoever acts, a flag that they lack, losing the last administrator, and a
    new password or address of one's own: whoever finds a key or an open session could take the account over.
    """
    _locked_roles()
    by = _as_of_now(by)
    before = User.objects.filter(pk=user.pk).first() if user.pk else None
    if before:
        require_power_over(before, by)
        user.signed_out_at = before.signed_out_at  # or a page opened before would bring the sessions back
        if user.email != before.email:  # a link for a new password goes there
            refuse_own(before, by, _("Your own email address is changed on the page “My account”, with your password."))
            mail.tell(before, mail.ADDRESS)
    for flag in ("is_superuser", "is_staff"):
        if getattr(user, flag) != getattr(before, flag, False):
            _require_flag(flag, by)
    if user.username != getattr(before, "username", ""):
        _require_one_alphabet(user.username)
    if password is not None:
        if before:
            refuse_own(before, by, _("Change your own password in the back office, which asks for the present one."))
        _require_good_password(password, user)
        user.set_password(password)
        if before:
            mail.tell(before, mail.PASSWORD)
    elif not user.password:
        user.set_unusable_password()
    with _an_administrator_stays():
        user.save()
    return user


@service
def change_own_address(user: User, email: str, *, by: User) -> User:
    """Give whoever has just shown their password another email address. The old one is told."""
    _locked_roles()  # after whoever is writing the account
    fresh = lock(user)
    if fresh.pk != by.pk or not fresh.is_active:
        raise NotAllowed(_("Only the owner of an account changes its address here."))
    old, fresh.email = fresh.email, email.strip()
    try:
        fresh.full_clean(exclude=["password"])
    except ValidationError as problem:
        raise InvalidInput(" ".join(problem.messages), field="email") from problem
    if fresh.email != old:
        fresh.save()
        mail.tell(fresh, mail.ADDRESS, at=old)
    refresh(user, fresh)
    return user


@service
def deactivate_user(user: User, *, by: User | None) -> User:
    """Close an account: its sessions and keys work no more. Again, it changes nothing. Refuses what writing it does."""
    fresh = lock(user)
    if fresh.is_active:
        fresh.is_active = False
        save_user(fresh, by=by)
    refresh(user, fresh)
    return user


@service
def delete_user(user: User, *, by: User | None) -> None:
    """Remove an account that nothing refers to; others are deactivated."""
    _locked_roles()
    require_power_over(user, _as_of_now(by))
    with _an_administrator_stays():
        refuse_while_referenced(user, instead=_("Deactivate it instead."))
        user.delete()


@service
def anonymise_user(user: User, *, by: User | None) -> User:
    """Take the person out of an account that documents refer to, and close it. Again, it changes nothing.

    Regulation (EU) 2016/679 (GDPR), article 17: what has to be kept stays, and names nobody any more. Refuses one's own
    account, accounts that may do more than whoever acts, and losing the last administrator.
    """
    _locked_roles()
    by = _as_of_now(by)
    row = lock(user)
    require_power_over(row, by)
    refuse_own(row, by, _("You can't anonymise your own account. Ask another administrator."))
    before = {name: getattr(row, name) for name in TELLING}
    after = _nobody(row)
    part = Part(User.objects.filter(pk=row.pk), forget=TELLING)
    with _an_administrator_stays():
        changed = UserRole.objects.filter(user=row).delete()[0]
        if row.has_usable_password() or {name: getattr(row, name) for name in after} != after:
            for name, value in after.items():
                setattr(row, name, value)
            row.set_unusable_password()
            row.signed_out_at = timezone.now()
            row.save()
            changed += 1
    words = words_of({name: before[name] for name in ("username", "email")}, after)
    person_anonymised.send(User, person=row, parts=[part], words=words, changed=changed, by=by)
    refresh(user, row)
    return user


def is_anonymous(user: User) -> bool:
    """Whether the account has been anonymised."""
    return user.email.endswith(f"@{NOWHERE}") and not user.is_active


def _nobody(user: User) -> dict[str, object]:
    name = free_name(User, "username", f"former-{user.pk}", user.pk)
    return {
        "username": name,
        "email": f"{name}@{NOWHERE}",  # every account has one of its own
        **dict.fromkeys(("first_name", "last_name"), ""),
        **dict.fromkeys(("is_active", "is_staff", "is_superuser"), False),
    }


@service
def save_role(role: Role, *, by: User | None) -> Role:
    """Write a role. Refuses permissions, held before or given now, that whoever acts lacks, and roles of the product.

    Only the system itself (`by` is None) changes the roles that come with the product: people make a copy.
    """
    before = _locked_roles().get(role.pk)
    by = _as_of_now(by)
    _require_permissions(role, by)
    if before:
        _require_permissions(before, by)
        if before.is_system and by:
            text = _("“%(role)s” comes with the product and stays as it is. Make a copy of it and change that.")
            raise RuleViolation(text % {"role": before}, code="system_role")
    with _an_administrator_stays():
        role.save()
    return role


@service
def delete_role(role: Role, *, by: User | None) -> None:
    """Remove a role that nobody has. Those that come with the product stay."""
    _require_permissions(_locked_roles()[role.pk], _as_of_now(by))
    if role.is_system:
        raise RuleViolation(_("“%(role)s” comes with the product and stays.") % {"role": role}, code="system_role")
    refuse_while_referenced(role, instead=_("Take it from its users first."))
    role.delete()


@service
def save_user_role(user_role: UserRole, *, by: User | None) -> UserRole:
    """Give a person a role. Refuses roles that hold more than whoever acts has, and people who may do more."""
    roles = _locked_roles()
    by = _as_of_now(by)
    before = UserRole.objects.select_related("user").filter(pk=user_role.pk).first() if user_role.pk else None
    for user in {user_role.user, before.user if before else user_role.user}:
        require_power_over(user, by)
    for role_id in {user_role.role_id, before.role_id if before else user_role.role_id} & roles.keys():
        _require_permissions(roles[role_id], by)
    with _an_administrator_stays():
        user_role.save()
    return user_role


def give_role(user: User, role: Role, *, by: User | None) -> UserRole:
    """Give a person a role; a role that they have already stays as it is."""
    present = UserRole.objects.filter(user=user, role=role).first()
    return present or save_user_role(UserRole(user=user, role=role), by=by)


@service
def take_role(user_role: UserRole, *, by: User | None) -> None:
    """Take a role from a person. Refuses roles that hold more than whoever acts has."""
    role = _locked_roles()[user_role.role_id]
    by = _as_of_now(by)
    require_power_over(user_role.user, by)
    _require_permissions(role, by)
    with _an_administrator_stays():
        user_role.delete()


def create_token(
    user: User,
    name: str,
    expires_in: datetime.timedelta | None = None,
    *,
    is_read_only: bool = False,
    by: User | None = None,
):
    """Make a key with which a program calls the API as `user`. Returns the token and the key, shown only now.

    Refuses keys of accounts that may do more than whoever acts, and of deactivated ones.
    """
    require_power_over(user, by)
    if not user.is_active:
        raise RuleViolation(_("%(user)s is deactivated and can have no key.") % {"user": user}, code="inactive_user")
    if by:
        mail.tell(user, mail.KEY)
    return get_token_model().objects.create(user=user, name=name, expiry=expires_in, is_read_only=is_read_only)


def revoke_token(token, *, by: User | None) -> None:
    """End a key at once. Refuses keys of accounts that may do more than whoever acts."""
    require_power_over(token.user, by)
    token.delete()


@service
def sign_out(user: User, *, revoke_tokens: bool = False, by: User | None) -> User:
    """End every session of the account with its next request, and its keys if asked.

    Refuses accounts that may do more than whoever acts.
    """
    _locked_roles()  # after whoever is writing the account
    require_power_over(user, by)
    user.signed_out_at = timezone.now()
    user.save(update_fields=["signed_out_at", "updated_at", "updated_by"])
    if revoke_tokens:
        get_token_model().objects.filter(user=user).delete()
    return user


def _locked_roles() -> dict[int, Role]:
    """All roles, locked: who changes what people may do does so after one another, or two could go at once."""
    return {role.pk: role for role in lock_all(Role.objects.all())}


def _as_of_now(by: User | None) -> User | None:
    """Whoever acts, with what they may do now: it may have been cut while they waited for their turn."""
    if by is None:
        return None
    now = User.objects.active().filter(pk=by.pk).first()
    if now is None:
        raise NotAllowed(_("Your account has been deactivated meanwhile. Nothing was changed."))
    return now


def _require_one_alphabet(username: str) -> None:
    """With letters of two alphabets somebody could bear, to all eyes, the name of somebody else."""
    letters = {unicodedata.name(letter, "") for letter in username}
    if len({name.split(" ")[0] for name in letters} & ALIKE) > 1 or any("FILLER" in name for name in letters):
        text = _("The letters of a username come from one alphabet: those of two can look alike.")
        raise InvalidInput(text, field="username", code="mixed_alphabets")


def _require_good_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password", code="weak_password") from error


def require_power_over(user: User, by: User | None) -> None:
    """Whoever can write an account could act as it: so it must not be able to do more than they can.

    For everything that opens an account: its password, address, keys, sessions, second factor.
    """
    if by is None or by.is_superuser or by.pk == user.pk:
        return
    if user.is_superuser or not user.granted_permissions <= by.granted_permissions:
        raise NotAllowed(
            _("%(user)s may do more than you; only someone who may do as much can change this account.")
            % {"user": user}
        )


def refuse_own(user: User, by: User | None, text: str) -> None:
    """Refuse to do to one's own account what somebody else has to do, or a page that asks for proof first."""
    if by and by.pk == user.pk:
        raise RuleViolation(text, code="own_account")


def _require_flag(flag: str, by: User | None) -> None:
    if by is None or by.is_superuser or (flag == "is_staff" and by.is_staff):
        return
    label = User._meta.get_field(flag).verbose_name
    raise NotAllowed(_("Only someone who is “%(flag)s” can change that flag.") % {"flag": label}, field=flag)


def _require_permissions(role: Role, by: User | None) -> None:
    if by is None or by.is_superuser:
        return
    lacking = sorted(expand(role.permissions) - by.granted_permissions)
    if lacking:
        raise NotAllowed(
            _("You can't give or take permissions that you lack: %(names)s.") % {"names": ", ".join(lacking[:5])},
            details={"permissions": lacking},
        )


@contextmanager
def _an_administrator_stays() -> Iterator[None]:
    """Undo what happens inside if it leaves nobody who may do everything. The roles are locked."""
    had_one = User.objects.administrators().exists()
    yield
    if had_one and not User.objects.administrators().exists():
        raise RuleViolation(
            _("Nobody could administer any more. Give someone else all permissions first."), code="last_administrator"
        )
