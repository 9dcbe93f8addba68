"""People, roles and keys in the back office."""

import pytest
from django.urls import reverse

from accounts.models import Role, User, UserRole
from inventory_project.models import ApiToken
from tests.back_office import Desk, errors_of, said, url
from tests.factories.accounts import PASSWORD, RoleFactory, StaffFactory, SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "a long and unguessable phrase"


@pytest.fixture
def desk():
    return Desk()


def clerk(*permissions: str) -> Desk:
    """Someone who may write accounts and roles, and what else is named."""
    return Desk("accounts.*", *permissions)


def test_a_new_user_gets_a_password(desk):
    answers = {"username": "grace", "email": "grace@example.com", "usable_password": "true"}
    response = desk.client.post(url(User, "add"), answers | {"password1": NEW, "password2": NEW})
    assert response.status_code == 302, errors_of(response)
    user = User.objects.get(username="grace")
    assert user.check_password(NEW)
    assert user.created_by == desk.user


def test_a_weak_password_is_refused(desk):
    answers = {"username": "grace", "email": "grace@example.com", "usable_password": "true"}
    response = desk.client.post(url(User, "add"), answers | {"password1": "12345", "password2": "12345"})
    assert response.status_code == 200
    assert not User.objects.filter(username="grace").exists()


def test_logins_that_differ_in_case_are_the_same(desk):
    UserFactory(username="Grace")
    answers = {"username": "gRACE", "email": "other@example.com", "usable_password": "false"}
    assert "This username is taken." in errors_of(desk.client.post(url(User, "add"), answers))


def test_no_page_shows_a_hash(desk):
    user = StaffFactory()
    for page in (
        desk.open(User, "change", user.pk),
        desk.open(User, "changelist"),
        desk.open(User, "history", user.pk),
    ):
        text = page.content.decode()
        assert user.password not in text
        assert "md5" not in text.lower()


def test_a_password_is_set_for_someone_else(desk):
    user = StaffFactory()
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    assert desk.client.get(address).status_code == 200
    answers = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
    assert desk.client.post(address, answers).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_password_of_someone_mightier_is_not_set():
    boss = SuperuserFactory()
    address = reverse("admin:auth_user_password_change", args=[boss.pk])
    answers = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
    response = clerk().client.post(address, answers)
    assert "may do more than you" in said(response)
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)


def test_ones_own_password_is_changed(desk):
    answers = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert desk.client.post(reverse("admin:password_change"), answers).status_code == 302
    desk.user.refresh_from_db()
    assert desk.user.check_password(NEW)


def test_a_role_is_given_and_taken_within_the_user(desk):
    user, role = StaffFactory(), RoleFactory()
    lines = {"user_roles-TOTAL_FORMS": "1", "user_roles-INITIAL_FORMS": "0", "user_roles-0-role": role.pk}
    assert desk.edit(user, **lines).status_code == 302
    assert list(user.roles.all()) == [role]
    assert desk.edit(user, **{"user_roles-0-DELETE": "on"}).status_code == 302
    assert not user.roles.exists()


def test_nobody_gives_a_role_that_holds_more_than_they_have():
    user, role = StaffFactory(), RoleFactory(permissions=["billing.*"])
    lines = {"user_roles-TOTAL_FORMS": "1", "user_roles-INITIAL_FORMS": "0", "user_roles-0-role": role.pk}
    response = clerk().edit(user, **lines)
    assert response.status_code == 200
    assert "that you lack" in errors_of(response)
    response = clerk().client.post(url(UserRole, "add"), {"user": user.pk, "role": role.pk})
    assert "that you lack" in errors_of(response)
    assert not user.roles.exists()


def test_nobody_makes_themselves_superuser():
    desk = clerk()
    response = desk.edit(desk.user, is_superuser="on")
    assert "can change that flag" in errors_of(response)
    assert not User.objects.get(pk=desk.user.pk).is_superuser


def test_permissions_of_a_role_are_typed_one_a_line(desk):
    role = RoleFactory(permissions=["catalog.view_product"])
    page = desk.open(Role, "change", role.pk)
    assert page.context["adminform"].form["permissions"].value() == "catalog.view_product"
    response = desk.edit(role, permissions="sales.*\n\n  stock.view_inventory \n")
    assert response.status_code == 302, errors_of(response)
    role.refresh_from_db()
    assert role.permissions == ["sales.*", "stock.view_inventory"]


def test_a_permission_that_does_not_exist_is_named(desk):
    role = RoleFactory()
    assert "“sales.fly_order” is no known permission" in errors_of(desk.edit(role, permissions="sales.fly_order"))


def test_a_role_is_not_widened_beyond_ones_own():
    role = RoleFactory(permissions=["accounts.view_user"])
    assert "that you lack" in errors_of(clerk().edit(role, permissions="*"))


def test_the_last_administrator_stays(desk):
    assert "Nobody could administer any more" in errors_of(desk.edit(desk.user, is_active=""))
    desk.press(desk.user, "deactivate")
    assert User.objects.get(pk=desk.user.pk).is_active


def test_a_deactivated_user_is_out_at_once(desk):
    other = Desk(user=StaffFactory())
    assert other.client.get(reverse("admin:index")).status_code == 200
    desk.press(other.user, "deactivate")
    assert other.client.get(reverse("admin:index")).status_code == 302


def test_a_user_with_history_is_not_deleted(desk):
    user = StaffFactory()
    RoleFactory(created_by=user)
    assert "is used by: roles" in desk.open(User, "delete", user.pk).content.decode()


def test_a_key_is_shown_once_and_never_again(desk):
    user = UserFactory()
    response = desk.client.post(
        url(ApiToken, "add"), {"apply": "1", "user": user.pk, "name": "web shop", "expires_in": "30"}, follow=True
    )
    text = response.content.decode()
    token = ApiToken.objects.get()
    assert token.expiry is not None
    key = text.split("<code>")[1].split("</code>")[0]
    assert key.startswith("inv_")
    for page in (desk.open(ApiToken, "changelist"), desk.open(ApiToken, "change", token.pk)):
        shown = page.content.decode()
        assert token.name in shown
        assert key not in shown
        assert token.digest not in shown
    assert desk.client.get("/api/v1/", headers={"authorization": f"Bearer {key}"}).status_code != 401


def test_no_key_is_made_for_someone_mightier():
    desk = Desk("inventory_project.*", "accounts.view_user")
    response = desk.client.post(url(ApiToken, "add"), {"apply": "1", "user": SuperuserFactory().pk, "name": "x"})
    assert "may do more than you" in errors_of(response)
    assert not ApiToken.objects.exists()


def test_a_key_ends_when_it_is_deleted(desk):
    user = UserFactory()
    desk.client.post(url(ApiToken, "add"), {"apply": "1", "user": user.pk, "name": "web shop"})
    token = ApiToken.objects.get()
    desk.client.post(url(ApiToken, "delete", token.pk), {"post": "yes"})
    assert not ApiToken.objects.exists()
