"""Accounts, roles and who has which, at the API. The services see to it that nobody grants what they lack."""

from rest_framework.decorators import action

from accounts import services
from accounts.models import Role, User, UserRole
from accounts.signin import invitations, lockout, second_factor
from inventory_project.base.api.viewsets import LineViewSet, ReferenceViewSet

from .serializers import RoleSerializer, SignOutInput, UserRoleSerializer, UserSerializer


class UserRoleViewSet(LineViewSet):
    queryset = UserRole.objects.all()
    serializer_class = UserRoleSerializer
    filterset_fields = ("user", "role")

    def save(self, serializer) -> None:
        services.save_user_role(serializer.row, by=self.request.user)

    def remove(self, row: UserRole) -> None:
        services.take_role(row, by=self.request.user)


class UserViewSet(ReferenceViewSet):
    queryset = User.objects.all()
    serializer_class = UserSerializer
    filterset_fields = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    search_fields = ("username", "email", "first_name", "last_name")
    ordering_fields = ("username", "email", "last_name", "last_login")

    def add(self, serializer) -> User:
        self.save(serializer)
        return serializer.row

    def save(self, serializer) -> None:
        password = serializer.validated_data.get("password")
        services.save_user(serializer.row, password=password, by=self.request.user)

    def remove(self, row: User) -> None:
        services.delete_user(row, by=self.request.user)

    @action(detail=True, lists=UserRoleViewSet)
    def roles(self, request, pk: str):
        """The roles that the user has."""
        return self.children("user")

    @action(detail=True, methods=["post"], required_perm="accounts.change_user")
    def deactivate(self, request, pk: str):
        """Close the account; its sessions and keys work no more."""
        return self.perform(services.deactivate_user)

    @action(
        detail=True,
        methods=["post"],
        url_path="sign-out",
        required_perm="accounts.change_user",
        input_class=SignOutInput,
    )
    def sign_out(self, request, pk: str):
        """End every session of the account with its next request."""
        return self.perform(services.sign_out)

    @action(detail=True, methods=["post"], required_perm="accounts.change_user")
    def unlock(self, request, pk: str):
        """Let the person try to sign in again at once, after too many wrong passwords."""
        return self.perform(lockout.unlock)

    @action(detail=True, methods=["post"], url_path="reset-second-factor", required_perm="accounts.change_user")
    def reset_second_factor(self, request, pk: str):
        """Take the second factor away, so that the person can set up another; their sessions end."""
        return self.perform(second_factor.reset)

    @action(detail=True, methods=["post"], url_path="send-password-link", required_perm="accounts.change_user")
    def send_password_link(self, request, pk: str):
        """Mail the person a link with which they set their own password."""
        return self.perform(invitations.send_password_link, request=request)

    @action(detail=True, methods=["post"], required_perm="accounts.anonymise_user")
    def anonymise(self, request, pk: str):
        """Take the person out of the account, and close it. It can't be undone."""
        return self.perform(services.anonymise_user)


class RoleViewSet(ReferenceViewSet):
    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    filterset_fields = ("name", "is_system")
    search_fields = ("name", "description")
    ordering_fields = ("name",)

    def add(self, serializer) -> Role:
        self.save(serializer)
        return serializer.row

    def save(self, serializer) -> None:
        services.save_role(serializer.row, by=self.request.user)

    def remove(self, row: Role) -> None:
        services.delete_role(row, by=self.request.user)
