"""Accounts and roles at the API."""

import pytest

from accounts.models import User, UserRole
from tests.api_client import address, client_for, root_client
from tests.factories.accounts import RoleFactory, SuperuserFactory, UserFactory, UserRoleFactory

pytestmark = pytest.mark.django_db

NEW = {"username": "ada", "email": "ada@example.com", "password": "correct horse 2"}


def test_a_password_is_set_hashed_and_never_shown():
    client = root_client()
    answer = client.post("/api/v1/users/", NEW)
    assert answer.status_code == 201
    assert "password" not in answer.json()
    user = User.objects.get(username="ada")
    assert user.password != NEW["password"]
    assert user.check_password(NEW["password"])
    assert client.patch(address(user), {"first_name": "Ada"}).json()["first_name"] == "Ada"
    assert User.objects.get(pk=user.pk).check_password(NEW["password"])
    assert client.patch(address(user), {"password": "another horse 3"}).status_code == 200
    assert User.objects.get(pk=user.pk).check_password("another horse 3")
    weak = client.patch(address(user), {"password": "1"})
    assert (weak.status_code, weak.json()["errors"][0]["pointer"]) == (400, "/password")
    assert "password" not in client.get(f"/api/v1/users/{user.pk}/").json()
    assert client.get("/api/v1/users/?fields=password").status_code == 400
    assert client.get("/api/v1/users/?ordering=password").status_code == 400


@pytest.mark.parametrize("twin", ["ADA", "Ａda", " ada "])
def test_twins_of_a_login_are_one(twin):
    client = root_client()
    client.post("/api/v1/users/", NEW)
    answer = client.post("/api/v1/users/", {**NEW, "username": twin, "email": "other@example.com"})
    assert answer.status_code == 400
    assert "This username is taken." in answer.json()["detail"] or "valid username" in answer.json()["detail"]
    assert User.objects.filter(email="other@example.com").count() == 0


def test_nobody_climbs_through_the_api():
    boss = SuperuserFactory()
    manager = UserFactory(permissions=["accounts.*"])
    client = client_for(manager)
    role = RoleFactory(permissions=["*"])
    attempts = [
        client.post("/api/v1/users/", {**NEW, "is_superuser": True}),
        client.patch(address(manager), {"is_superuser": True}),
        client.patch(address(boss), {"password": "correct horse 2"}),
        client.patch(address(boss), {"is_active": False}),
        client.delete(address(boss)),
        client.post("/api/v1/user-roles/", {"user": manager.pk, "role": role.pk}),
        client.patch(address(role), {"name": "mine"}),
        client.post("/api/v1/roles/", {"name": "mine", "permissions": ["billing.*"]}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in attempts] == [(403, "not_allowed")] * 8
    assert User.objects.filter(is_superuser=True).get() == boss
    assert not UserRole.objects.filter(role=role).exists()


def test_rights_that_were_cut_are_gone_with_the_next_request():
    given = UserRoleFactory(role=RoleFactory(permissions=["catalog.view_product"]))
    client = client_for(given.user)
    assert client.get("/api/v1/products/").status_code == 200
    assert root_client().delete(address(given)).status_code == 204
    assert client.get("/api/v1/products/").status_code == 403


def test_roles_are_given_and_listed():
    client, user, role = root_client(), UserFactory(), RoleFactory()
    made = client.post("/api/v1/user-roles/", {"user": user.pk, "role": role.pk})
    assert made.status_code == 201
    again = client.post("/api/v1/user-roles/", {"user": user.pk, "role": role.pk})
    assert (again.status_code, again.json()["detail"]) == (400, "The user has this role already.")
    rows = client.get(f"/api/v1/users/{user.pk}/roles/?expand=role").json()["results"]
    assert [row["role"]["name"] for row in rows] == [role.name]


def test_an_unknown_permission_is_named():
    answer = root_client().post("/api/v1/roles/", {"name": "x", "permissions": ["stock.view_bin", "stock.explode"]})
    assert answer.status_code == 400
    assert "stock.explode" in answer.json()["errors"][0]["message"]


def test_the_account_that_a_key_belongs_to_signs_nothing_else():
    """A session is not needed, and a key opens no page of the back office."""
    client = root_client()
    assert client.get("/admin/").status_code == 302


def test_a_session_is_enough_to_read_and_needs_its_token_to_write(client):
    user = SuperuserFactory()
    client.force_login(user)
    assert client.get("/api/v1/users/").status_code == 200
    strict = client.__class__(enforce_csrf_checks=True)
    strict.force_login(user)
    answer = strict.post("/api/v1/categories/", {"name": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert "CSRF" in answer.json()["detail"]
