"""Why a person may do something or not: the role and the pattern that give it, the one that takes it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import EXCEPT, expand, is_granted
from accounts.wording import describe

GIVE_ROLES = "accounts.add_userrole"
MOST_GIVERS = 50


@dataclass(frozen=True)
class Reason:
    """What one role says about one permission: the entries that give it, and those that take it out again."""

    role: Role
    given_by: Sequence[str]
    taken_by: Sequence[str]

    @property
    def gives(self) -> bool:
        return bool(self.given_by) and not self.taken_by


@dataclass(frozen=True)
class Answer:
    """Whether a person may do something, and everything that speaks for and against it."""

    user: User
    permission: str
    reasons: Sequence[Reason]
    would_give: Sequence[Role]

    @property
    def may(self) -> bool:
        return self.user.has_perm(self.permission)

    def sentences(self) -> list[str]:
        """The answer for people: first the verdict, then why."""
        facts = {"user": self.user, "what": describe(self.permission), "name": self.permission}
        verdict = _("%(user)s may: %(what)s (%(name)s).") if self.may else _("%(user)s may not: %(what)s (%(name)s).")
        return [verdict % facts, *self._why()]

    def _why(self) -> list[str]:
        if not self.user.is_active:
            return [_("The account is deactivated, so its roles count for nothing.")]
        if self.user.is_superuser:
            return [_("The account is a superuser: it may do everything, whatever the roles say.")]
        found = [_reason_sentence(reason) for reason in self.reasons if reason.given_by]
        if self.may:
            return found
        if not self.reasons:
            found.append(_("The account has no role."))
        elif not found:
            names = ", ".join(reason.role.name for reason in self.reasons)
            found.append(_("None of its roles gives it: %(roles)s.") % {"roles": names})
        return [*found, roles_sentence(self.would_give)]


def _reason_sentence(reason: Reason) -> str:
    facts = {"role": reason.role, "given": _quoted(reason.given_by), "taken": _quoted(reason.taken_by)}
    if reason.gives:
        return _("The role “%(role)s” gives it by %(given)s.") % facts
    return _("The role “%(role)s” gives it by %(given)s, but takes it out again by %(taken)s.") % facts


def roles_sentence(roles: Sequence[Role]) -> str:
    """Which roles would help, and what it takes to give them."""
    if not roles:
        return _("No role gives it yet: somebody who has it and may change roles can add it to one.")
    names = ", ".join(f"“{role.name}”" for role in roles)
    return _("These roles give it: %(roles)s. Whoever may give roles and has all that the role holds can give it.") % {
        "roles": names
    }


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def reason_of(role: Role, permission: str) -> Reason:
    """What a role says about a permission."""
    entries = role.permissions
    given = [name for name in entries if not name.startswith(EXCEPT) and is_granted(permission, [name])]
    taken = [name for name in entries if name.startswith(EXCEPT) and is_granted(permission, [name[1:]])]
    return Reason(role, given, taken)


def why_can(user: User, permission: str) -> Answer:
    """Everything that speaks for and against: in two queries."""
    mine = [reason_of(role, permission) for role in user.roles.order_by("name")]
    return Answer(user, permission, mine, roles_with(permission))


def roles_with(permission: str) -> list[Role]:
    """The roles that give a permission, the most modest first."""
    held = [(expand(role.permissions), role) for role in Role.objects.order_by("name")]
    return [role for names, role in sorted(held, key=lambda pair: len(pair[0])) if permission in names]


def who_may_give(permission: str) -> list[User]:
    """Who could give the permission to somebody: they may give roles, and have it themselves."""
    givers = roles_with(GIVE_ROLES)
    people = User.objects.active().filter(is_superuser=True) | User.objects.active().filter(roles__in=givers)
    found = people.distinct().prefetch_related("roles").order_by("username_key")[:MOST_GIVERS]
    return [user for user in found if _has(user, permission)]


def _has(user: User, permission: str) -> bool:
    return user.is_superuser or any(permission in expand(role.permissions) for role in user.roles.all())
