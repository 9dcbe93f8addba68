"""Links with which people set their own password, sent by an administrator."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import require_power_over
from inventory_project.base.errors import RuleViolation
from inventory_project.base.trials import current_trial

from .mail import mail_password_link


def can_send() -> bool:
    """Whether the installation can send mail."""
    return settings.SENDS_MAIL


def send_password_link(user: User, *, request: HttpRequest, by: User | None) -> None:
    """Mail the person a link. Refuses deactivated accounts, and those that may do more than whoever acts."""
    require_power_over(user, by)
    if not user.is_active:
        raise RuleViolation(_("%(user)s is deactivated.") % {"user": user}, code="inactive_user")
    if not can_send():
        raise RuleViolation(_("Mail is not set up (MAIL_HOST)."), code="no_mail")
    if not current_trial():  # where tasks are run at once the mail would have gone before the trial is taken back
        mail_password_link.enqueue(user.email, request.get_host(), request.is_secure(), is_invitation=True)
