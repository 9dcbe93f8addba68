"""Attackers with each role that comes along: at every door, nobody gets more than they have."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts import services
from accounts.default_roles import ROLES
from accounts.models import Role, User, UserRole
from accounts.permissions import expand, known_permissions
from inventory_project.base.errors import NotAllowed, RuleViolation
from tests.api_client import address, client_for
from tests.back_office import Desk, url
from tests.factories.accounts import PASSWORD, RoleFactory, StaffFactory, SuperuserFactory, UserFactory

NEW = "a long and unguessable phrase"
MODEST = [name for name in ROLES if name != "Administrator"]
KEEPERS = ["accounts.*", "inventory_project.*"]  # may write accounts, roles and keys, and nothing else


def attacker(role: str) -> User:
    """Somebody with a role who was also trusted with accounts, roles and keys."""
    return StaffFactory(roles=[Role.objects.get(name=role)], permissions=KEEPERS)


def rights(user: User) -> frozenset[str]:
    """What somebody may do, read anew."""
    return User.objects.get(pk=user.pk).get_all_permissions()


@pytest.fixture
def boss(db) -> User:
    return SuperuserFactory()


@pytest.fixture
def chief(db) -> User:
    """May do everything by a role."""
    return StaffFactory(roles=[Role.objects.get(name="Administrator")])


def wanted(user: User) -> list[str]:
    """Some permissions that the attacker lacks."""
    return sorted(known_permissions() - user.get_all_permissions())


@pytest.mark.django_db
@pytest.mark.parametrize("name", MODEST)
def test_through_the_api(name, boss, chief):
    user = attacker(name)
    lacking, had = wanted(user)[0], rights(user)
    app, _dot, codename = lacking.partition(".")
    client, mine = client_for(user), Role.objects.get(name__startswith="Role ", users=user)
    theirs = RoleFactory(permissions=[lacking])
    for permissions in ([lacking], ["*"], [f"{app}.*"], [f"*.{codename}"], ["*", "!catalog.view_product"], ["?*"]):
        assert client.post("/api/v1/roles/", {"name": "x", "permissions": permissions}).status_code == 403
        assert client.patch(address(mine), {"permissions": [*KEEPERS, *permissions]}).status_code == 403
    for body in ({"permissions": []}, {"name": "mine"}, {"description": "mine"}):
        assert client.patch(address(theirs), body).status_code == 403
    for role in (theirs, Role.objects.get(name="Administrator")):
        assert client.post("/api/v1/user-roles/", {"user": user.pk, "role": role.pk}).status_code == 403
        own = UserRole.objects.filter(user=user).first()
        assert client.patch(address(own), {"role": role.pk}).status_code == 403
    for superior in (boss, chief):
        for body in (
            {"password": NEW},
            {"email": "mine@example.com"},
            {"username": "mine"},
            {"is_active": False},
            {"is_staff": False},
            {"is_superuser": False},
        ):
            assert client.patch(address(superior), body).status_code == 403, body
        assert client.delete(address(superior)).status_code == 403
        assert client.post("/api/v1/user-roles/", {"user": superior.pk, "role": mine.pk}).status_code == 403
    assert client.delete(address(UserRole.objects.get(user=chief))).status_code == 403
    assert client.patch(address(user), {"is_superuser": True}).status_code == 403
    new = {"username": "puppet", "email": "p@example.com", "password": NEW}
    assert client.post("/api/v1/users/", {**new, "is_superuser": True}).status_code == 403
    for field in ("roles", "user_roles", "permissions", "granted_permissions", "user_permissions", "groups"):
        assert client.patch(address(user), {field: ["*"]}).status_code == 400
        assert client.post("/api/v1/users/", {**new, field: ["*"]}).status_code == 400
    assert rights(user) == had
    assert {rights(boss), rights(chief)} == {known_permissions()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", MODEST)
def test_through_the_back_office(name, boss, chief):
    user = attacker(name)
    had, desk = rights(user), Desk(user=user)
    mine = Role.objects.get(name__startswith="Role ", users=user)
    administrator = Role.objects.get(name="Administrator")
    desk.edit(mine, permissions="*")
    desk.edit(mine, permissions=f"*\n!{wanted(user)[0]}")
    desk.client.post(url(Role, "add"), {"name": "x", "permissions": "*"})
    desk.client.post(url(Role, "change", administrator.pk), {"name": "x", "permissions": "*"})
    desk.client.post(url(UserRole, "add"), {"user": user.pk, "role": administrator.pk})
    lines = {"user_roles-TOTAL_FORMS": "3", "user_roles-INITIAL_FORMS": "2", "user_roles-2-role": administrator.pk}
    desk.edit(user, **lines)
    desk.edit(user, is_superuser="on")
    for superior in (boss, chief):
        desk.edit(superior, email="mine@example.com")
        desk.edit(superior, is_active="")
        desk.press(superior, "deactivate")
        desk.press_all([superior], "deactivate")
        desk.press_all([superior], "delete_selected", post="yes")
        desk.client.post(url(User, "delete", superior.pk), {"post": "yes"})
        password = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
        desk.client.post(reverse("admin:auth_user_password_change", args=[superior.pk]), password)
        fresh = User.objects.get(pk=superior.pk)
        assert (fresh.is_active, fresh.check_password(PASSWORD), fresh.email) == (True, True, superior.email)
    desk.press_all(list(UserRole.objects.filter(user=chief)), "delete_selected", post="yes")
    assert rights(user) == had
    assert {rights(boss), rights(chief)} == {known_permissions()}
    assert not Role.objects.filter(name="x").exists()


@pytest.mark.django_db
def test_a_role_is_not_moved_from_somebody_mightier(chief):
    user, helper = attacker("Sales"), UserFactory()
    theirs = services.give_role(chief, RoleFactory(permissions=["sales.view_order"]), by=None)
    theirs.user = helper
    with pytest.raises(NotAllowed):
        services.save_user_role(theirs, by=user)


@pytest.mark.django_db
def test_who_was_deactivated_or_cut_meanwhile_is_refused_under_the_lock(boss):
    """The caller's own copy says otherwise: what counts is what the database says once it is their turn."""
    user = StaffFactory(permissions=["accounts.*"])
    assert user.get_all_permissions()
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(NotAllowed, match="deactivated"):
        services.save_role(Role(name="x", permissions=["accounts.view_user"]), by=user)
    User.objects.filter(pk=user.pk).update(is_active=True)
    UserRole.objects.filter(user=user).delete()
    with pytest.raises(NotAllowed, match="you lack"):
        services.save_role(Role(name="x", permissions=["accounts.view_user"]), by=user)


@pytest.mark.django_db
def test_roles_of_the_product_are_changed_by_nobody(boss):
    role = Role.objects.get(name="Sales")
    for changes in ({"name": "x"}, {"permissions": ["*"]}, {"permissions": []}, {"description": "x"}):
        changed = Role.objects.get(pk=role.pk)
        for name, value in changes.items():
            setattr(changed, name, value)
        with pytest.raises(RuleViolation) as caught:
            services.save_role(changed, by=boss)
        assert caught.value.code == "system_role"
    answer = client_for(boss).patch(address(role), {"permissions": []})
    assert (answer.status_code, answer.json()["code"]) == (409, "system_role")
    assert client_for(boss).post("/api/v1/roles/", {"name": "x", "is_system": True}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["deactivate", "flag", "staff", "delete", "role", "take"])
def test_the_last_administrator_stays(way):
    """A program that may do everything is no administrator: it can't sign in to the back office."""
    everything = RoleFactory(permissions=["*"])
    UserFactory(is_superuser=True, is_staff=False)
    last = StaffFactory(roles=[everything]) if way in ("role", "take") else SuperuserFactory()
    client = client_for(SuperuserFactory() if way in ("role", "take") else last)
    if way in ("role", "take"):
        User.objects.filter(is_superuser=True).update(is_superuser=False)
        client = client_for(last)
    answer = {
        "deactivate": lambda: client.patch(address(last), {"is_active": False}),
        "flag": lambda: client.patch(address(last), {"is_superuser": False}),
        "staff": lambda: client.patch(address(last), {"is_staff": False}),
        "delete": lambda: client.delete(address(last)),
        "role": lambda: client.patch(address(everything), {"permissions": ["catalog.*"]}),
        "take": lambda: client.delete(address(UserRole.objects.get(user=last))),
    }[way]()
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert rights(last) == known_permissions() == expand(["*"])


@pytest.mark.parametrize("way", ["deactivate", "flag", "take", "mixed"])
def test_two_administrators_do_not_remove_each_other_at_once(way, transactional_database):
    """Real threads. Whoever comes second is refused: deactivated meanwhile, or the last one left."""
    administrator = Role.objects.get(name="Administrator")
    flagged = way in ("deactivate", "flag")
    people = [SuperuserFactory() if flagged else UserFactory(roles=[administrator]) for _ in range(2)]
    barrier, told = threading.Barrier(2), []

    def remove(by: User, other: User, is_first: bool) -> None:
        try:
            by, other = User.objects.get(pk=by.pk), User.objects.get(pk=other.pk)
            assert by.get_all_permissions()
            barrier.wait(20)
            if way == "take" or (way == "mixed" and is_first):
                services.take_role(UserRole.objects.get(user=other), by=by)
            else:
                other.is_active = other.is_active and way == "flag"
                other.is_superuser = False
                services.save_user(other, by=by)
            told.append("done")
        except (NotAllowed, RuleViolation, UserRole.DoesNotExist) as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=remove, args=(people[0], people[1], True)),
        threading.Thread(target=remove, args=(people[1], people[0], False)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(told) == 2
    assert told.count("done") == 1, told
    assert sum(rights(user) == known_permissions() for user in people) == 1


@pytest.mark.django_db
def test_cuts_count_at_the_next_request_by_session_and_by_key(boss):
    user = StaffFactory(permissions=["catalog.view_product"])
    desk, client = Desk(user=user), client_for(user)
    page = reverse("admin:catalog_product_changelist")
    assert (desk.client.get(page).status_code, client.get("/api/v1/products/").status_code) == (200, 200)
    role = Role.objects.get(users=user)
    role.permissions = ["catalog.view_category"]
    services.save_role(role, by=boss)
    assert (desk.client.get(page).status_code, client.get("/api/v1/products/").status_code) == (403, 403)
    user.is_active = False
    services.save_user(user, by=boss)
    assert (desk.client.get(page).status_code, client.get("/api/v1/categories/").status_code) == (302, 401)
