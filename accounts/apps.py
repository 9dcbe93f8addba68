from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from .default_roles import create_default_roles
        from .signin import checks, lockout, sessions  # noqa: F401  (registers the checks)

        post_migrate.connect(create_default_roles, sender=self)
        user_logged_in.connect(sessions.begin, dispatch_uid="session age")
        user_login_failed.connect(lockout.count_failure, dispatch_uid="failures of an address")
