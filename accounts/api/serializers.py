"""Accounts, roles and who has which."""

from accounts.models import Role, User, UserRole
from accounts.permissions import validate_permissions
from inventory_project.base.api.fields import ShortList, StrictBoolean, StrictText
from inventory_project.base.api.serializers import STAMPS, ActInput, ApiSerializer


class UserSerializer(ApiSerializer):
    """An account. The password can be set, never read."""

    password = StrictText(write_only=True, required=False, max_length=128, trim_whitespace=False)

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "is_staff",
            "is_superuser",
            "last_login",
            "signed_out_at",
            "password",
            *STAMPS,
        )
        read_only_fields = ("last_login", "signed_out_at")


class SignOutInput(ActInput):
    """Whether the API keys of the account end as well."""

    revoke_tokens = StrictBoolean(required=False)


class RoleSerializer(ApiSerializer):
    """What a kind of person may do."""

    permissions = ShortList(
        child=StrictText(max_length=100), max_length=500, required=False, validators=[validate_permissions]
    )

    class Meta:
        model = Role
        fields = ("id", "name", "description", "permissions", "is_system", *STAMPS)


class UserRoleSerializer(ApiSerializer):
    """A person has a role."""

    class Meta:
        model = UserRole
        fields = ("id", "user", "role", *STAMPS)
        expandable = ("user", "role")
        create_only = ("user",)
