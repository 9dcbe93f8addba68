"""Roles: named sets of permissions, given to people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import validate_permissions
from inventory_project.base.constraints import unique
from inventory_project.base.deletion import CASCADE, RESTRICT
from inventory_project.base.fields import Text
from inventory_project.base.models import Line, Reference


class Role(Reference):
    """What a kind of person may do."""

    name = Text(_("name"), max_length=80)
    description = Text(_("description"), max_length=300, blank=True)
    permissions = models.JSONField(
        _("permissions"),
        default=list,
        blank=True,
        validators=[validate_permissions],
        help_text=_('Names such as "sales.confirm_order", or patterns such as "stock.*"; "!..." takes some out again.'),
    )
    is_system = models.BooleanField(_("comes with the product"), default=False, editable=False)

    class Meta:
        db_table = "role"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]
        constraints = [unique("role_name_unique", "name", message=_("A role with this name exists already."))]

    def __str__(self) -> str:
        return self.name


class UserRole(Line):
    """A person has a role."""

    PARENT = "user"

    user = models.ForeignKey("accounts.User", CASCADE, related_name="user_roles", verbose_name=_("user"))
    role = models.ForeignKey("accounts.Role", RESTRICT, related_name="user_roles", verbose_name=_("role"))

    class Meta:
        db_table = "user_role"
        verbose_name = _("role of a user")
        verbose_name_plural = _("roles of users")
        ordering = ["user_id", "role_id"]
        constraints = [
            unique("user_role_unique", "user", "role", message=_("The user has this role already.")),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.role}"
