"""Nobody grants what they lack, edits their own way up, or removes the last administrator."""

import pytest

from accounts import services
from accounts.models import Role, User, UserRole
from inventory_project.base.errors import InvalidInput, NotAllowed, RuleViolation
from tests.factories.accounts import PASSWORD, RoleFactory, StaffFactory, SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator() -> User:
    return SuperuserFactory()


@pytest.fixture
def manager() -> User:
    """May look after accounts, and knows about the catalog."""
    return UserFactory(permissions=["accounts.*", "catalog.*"])


def test_a_role_is_given_by_someone_who_holds_all_of_it(manager):
    role = RoleFactory(permissions=["catalog.change_product"])
    user = UserFactory()
    given = services.give_role(user, role, by=manager)
    assert (given.user, given.role, given.created_by) == (user, role, manager)
    assert services.give_role(user, role, by=manager) == given  # once more changes nothing


@pytest.mark.parametrize("permissions", [["*"], ["stock.view_bin"], ["*.view_*"], ["catalog.*", "sales.view_order"]])
def test_a_role_with_more_is_not_given(permissions, manager):
    with pytest.raises(NotAllowed, match="permissions that you lack") as caught:
        services.give_role(UserFactory(), RoleFactory(permissions=permissions), by=manager)
    assert caught.value.details["permissions"]
    assert UserRole.objects.count() == 1  # the manager's own


def test_nobody_helps_themselves(manager):
    with pytest.raises(NotAllowed):
        services.give_role(manager, Role.objects.get(name="Administrator"), by=manager)
    manager.is_superuser = True
    with pytest.raises(NotAllowed) as caught:
        services.save_user(manager, by=manager)
    assert caught.value.field == "is_superuser"
    manager.refresh_from_db()
    assert not manager.is_superuser


def test_a_role_is_not_widened_by_someone_who_lacks_it(manager):
    role = RoleFactory(permissions=["catalog.view_product"])
    role.permissions = ["catalog.view_product", "billing.*"]
    with pytest.raises(NotAllowed):
        services.save_role(role, by=manager)
    role.permissions = ["catalog.*"]
    services.save_role(role, by=manager)
    role.refresh_from_db()
    assert role.permissions == ["catalog.*"]


def test_a_role_with_more_is_not_touched_at_all(manager):
    role = RoleFactory(permissions=["billing.*"])
    role.permissions = []
    with pytest.raises(NotAllowed):
        services.save_role(role, by=manager)
    with pytest.raises(NotAllowed):
        services.delete_role(role, by=manager)
    given = services.give_role(UserFactory(), role, by=None)
    with pytest.raises(NotAllowed):
        services.take_role(given, by=manager)


def test_an_account_with_more_is_not_taken_over(manager, administrator):
    for user in (administrator, UserFactory(permissions=["billing.*"])):
        for change in ({"password": "correct horse 2"}, {}):
            with pytest.raises(NotAllowed, match="may do more than you"):
                services.save_user(User.objects.get(pk=user.pk), by=manager, **change)
        with pytest.raises(NotAllowed):
            services.create_token(user, "mine", by=manager)
        with pytest.raises(NotAllowed):
            services.delete_user(user, by=manager)
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


def test_an_account_with_less_is_looked_after(manager):
    user = UserFactory()
    user.email = "new@example.com"
    services.save_user(user, password="correct horse 2", by=manager)
    user.refresh_from_db()
    assert (user.email, user.check_password("correct horse 2"), user.updated_by) == ("new@example.com", True, manager)


def test_the_back_office_is_opened_by_someone_who_is_in_it(manager):
    user = UserFactory()
    user.is_staff = True
    with pytest.raises(NotAllowed):
        services.save_user(user, by=manager)
    User.objects.filter(pk=manager.pk).update(is_staff=True)
    services.save_user(user, by=User.objects.get(pk=manager.pk))


def test_somebody_can_always_administer(administrator):
    for change in ({"is_active": False}, {"is_superuser": False}):
        user = User.objects.get(pk=administrator.pk)
        for name, value in change.items():
            setattr(user, name, value)
        with pytest.raises(RuleViolation) as caught:
            services.save_user(user, by=administrator)
        assert caught.value.code == "last_administrator"
    administrator.refresh_from_db()
    assert (administrator.is_active, administrator.is_superuser) == (True, True)


def test_the_role_of_the_last_administrator_stays(administrator):
    role = Role.objects.get(name="Administrator")
    given = services.give_role(StaffFactory(), role, by=administrator)
    kept = given.pk
    administrator.is_superuser = False
    services.save_user(administrator, by=None)  # the other one can still administer
    with pytest.raises(RuleViolation) as caught:
        services.take_role(given, by=None)
    assert caught.value.code == "last_administrator"
    role.permissions = ["catalog.*"]
    with pytest.raises(RuleViolation):
        services.save_role(role, by=None)
    assert UserRole.objects.filter(pk=kept).exists()


def test_roles_that_come_along_and_roles_in_use_stay(administrator):
    with pytest.raises(RuleViolation) as caught:
        services.delete_role(Role.objects.get(name="Sales"), by=administrator)
    assert caught.value.code == "system_role"
    role = RoleFactory()
    services.give_role(UserFactory(), role, by=administrator)
    with pytest.raises(RuleViolation) as caught:
        services.delete_role(role, by=administrator)
    assert caught.value.code == "in_use"


@pytest.mark.parametrize("password", ["short", "12345678901", "password", "ada.lovelace@example.com"])
def test_weak_passwords(password, administrator):
    user = User(username="ada", email="ada.lovelace@example.com")
    with pytest.raises(InvalidInput) as caught:
        services.save_user(user, password=password, by=administrator)
    assert (caught.value.field, caught.value.code) == ("password", "weak_password")
    assert not User.objects.filter(username="ada").exists()


def test_an_account_without_a_password_cannot_sign_in(administrator):
    user = services.save_user(User(username="robot", email="robot@example.com"), by=administrator)
    assert not user.has_usable_password()


def test_whoever_has_left_a_trace_is_deactivated_instead_of_deleted(administrator):
    user = services.save_user(User(username="ada", email="ada@example.com"), by=administrator)
    other = UserFactory()
    RoleFactory()
    Role.objects.filter(name="Role 0").update(created_by=user)
    services.delete_user(other, by=administrator)
    Role.objects.update(created_by=user)
    with pytest.raises(RuleViolation) as caught:
        services.delete_user(user, by=administrator)
    assert caught.value.code == "in_use"
    assert "Deactivate" in str(caught.value)
