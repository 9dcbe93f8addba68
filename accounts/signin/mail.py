"""Links for new passwords are mailed in the background: by then nobody waits who could learn who has an account.

Whoever's way in was changed is told: if it was not them, they are the first to know.
"""

from functools import partial

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.core.mail import send_mail
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils.translation import gettext_noop

from accounts.models import User
from inventory_project.base.fields import fold

ADDRESS = gettext_noop("The account has another email address now. This one gets no more mail.")
PASSWORD = gettext_noop("The account has a new password.")
FACTOR_ON = gettext_noop("Signing in asks for a code of an authenticator app now.")
FACTOR_OFF = gettext_noop("The second factor of the account was taken away: the password alone lets in again.")
KEY = gettext_noop("A key was made with which a program works in the name of the account.")


def tell(user: User, what: str, *, at: str = "") -> None:
    """Mail the owner of an account what became of their way in, once it is written; at another address than theirs."""
    if settings.SENDS_MAIL and user.is_active:
        send = partial(mail_notice.enqueue, at or user.email, user.username, user.get_short_name(), what)
        transaction.on_commit(send, robust=True)


@task()
def mail_notice(address: str, username: str, name: str, what: str) -> None:
    """Mail what became of somebody's way in."""
    words = {"username": username, "name": name, "what": what}
    subject = render_to_string("registration/account_notice_subject.txt", words).strip()
    send_mail(subject, render_to_string("registration/account_notice.txt", words), None, [address])


class LinkMail(PasswordResetForm):
    """Django's mail, to who has the address; to people without a password only if an administrator sends it."""

    is_invitation = False

    def get_users(self, email):
        found = User.objects.active().filter(email_key=fold(email))
        return [user for user in found if self.is_invitation or user.has_usable_password()]


@task()
def mail_password_link(email: str, host: str, is_secure: bool, is_invitation: bool = False) -> None:
    """Mail a link for a new password, if somebody has the address."""
    form = LinkMail({"email": email})
    form.is_invitation = is_invitation
    if form.is_valid():
        form.save(
            domain_override=host,
            use_https=is_secure,
            email_template_name="registration/password_link_email.txt",
            subject_template_name="registration/password_link_subject.txt",
            extra_email_context={"hours": settings.PASSWORD_RESET_TIMEOUT // 3600},
        )
