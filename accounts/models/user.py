"""People who sign in, and programs that call the API."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.permissions import PermissionsFromRoles, expand, known_permissions
from inventory_project.base.constraints import unique
from inventory_project.base.fields import KeyField, Text, fold
from inventory_project.base.models import Reference, ReferenceQuerySet

from .role import Role, UserRole


class UserQuerySet(ReferenceQuerySet):
    """People and programs."""

    def administrators(self) -> models.QuerySet:
        """Those who may do everything and can sign in to the back office to do it."""
        everything = known_permissions()
        roles = [role.pk for role in Role.objects.using(self.db) if expand(role.permissions) == everything]
        holders = UserRole.objects.using(self.db).filter(role__in=roles).values("user")
        return self.active().filter(models.Q(is_superuser=True) | models.Q(pk__in=holders), is_staff=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Finds people by login without regard to case or Unicode form."""

    def get_by_natural_key(self, username):
        return self.get(username_key=fold(username))

    def create_user(self, username: str, email: str, password: str | None = None, **fields) -> "User":
        """Write a new account; without a password it can't sign in until one is set."""
        user = self.model(username=username, email=email, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields) -> "User":
        """Write an account that may do everything (`manage.py createsuperuser`)."""
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)


class User(PermissionsFromRoles, AbstractBaseUser, Reference):
    """An account: a person, or a program that calls the API."""

    username = Text(
        _("username"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _ only. Upper and lower case are the same."),
    )
    username_key = KeyField("username")
    email = models.EmailField(_("email address"))
    email_key = KeyField("email")
    password = models.CharField(_("password"), max_length=128, db_column="password_hash")
    first_name = Text(_("first name"), max_length=150, blank=True)
    last_name = Text(_("last name"), max_length=150, blank=True)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        db_default=True,
        help_text=_("Untick instead of deleting: the account can no longer sign in."),
    )
    is_staff = models.BooleanField(_("back office"), default=False, help_text=_("May sign in to this back office."))
    is_superuser = models.BooleanField(
        _("superuser"), default=False, help_text=_("May do everything, whatever the roles say.")
    )
    signed_out_at = models.DateTimeField(
        _("signed out everywhere"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Sessions from before this instant have ended."),
    )
    roles = models.ManyToManyField(
        "accounts.Role",
        through="accounts.UserRole",
        through_fields=("user", "role"),
        related_name="users",
        verbose_name=_("roles"),
        blank=True,
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    objects = UserManager()

    class Meta:
        db_table = "user"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username_key"]
        permissions = [("anonymise_user", _("Can anonymise accounts"))]
        constraints = [
            unique("user_username_unique", "username", message=_("This username is taken.")),
            unique("user_username_key_unique", "username_key", message=_("This username is taken.")),
            unique("user_email_unique", "email", message=_("Another user has this email address.")),
            unique("user_email_key_unique", "email_key", message=_("Another user has this email address.")),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret=None) -> str:
        """What a session must know to be this person's still: changed by a new password and by signing out everywhere.

        Without the latter it is what Django makes of the password alone.
        """
        if self.signed_out_at is None:
            return super()._get_session_auth_hash(secret)
        state = f"{self.password} {self.signed_out_at.timestamp()}"
        return salted_hmac("accounts.User.session", state, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.username
