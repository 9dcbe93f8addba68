"""Links for new passwords are mailed in the background: by then nobody waits who could learn who has an account."""

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.tasks import task

from accounts.models import User
from inventory_project.base.fields import fold


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
