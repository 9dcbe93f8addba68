"""Ways in that are not good, no longer, or good for less, at every door: keys, sessions, and what other sites send."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import anonymise_user, create_token, sign_out
from tests.access.declared import declared
from tests.access.surface import Door
from tests.access.table import ANYONE
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.strangers.test_strangers import rows
from tests.test_access_matrix import is_refused, quick, tried

pytestmark = pytest.mark.django_db
__all__ = ["quick"]  # a fixture that each test here uses

OPEN = ("second-factor/", "logout/", "login/", "jsi18n/")


def closed() -> list[Door]:
    """The doors that are not for everybody."""
    table = declared()
    return [door for door in tried() if ANYONE not in table.get(door.name, ())]


def send(client: Client, door: Door, **headers: str):
    if door.is_api:
        return client.generic(door.method, door.path, "{}", content_type="application/json", headers=headers)
    return client.get(door.path) if door.method == "GET" else client.post(door.path, door.data)


def kept() -> dict[str, object]:
    """All that is kept, but for sessions and when a key was used."""
    return {name: found for name, found in rows().items() if name not in ("django_session", "api_token")}


def test_a_key_that_only_reads_writes_at_no_door():
    _token, key = create_token(SuperuserFactory(), "reports", is_read_only=True)
    doors = [door for door in closed() if door.is_api]
    before, client = kept(), Client()
    for door in doors:
        answer = send(client, door, authorization=f"Bearer {key}")
        if door.method == "GET":
            assert answer.status_code in (200, 400, 404), door
        elif answer.status_code != 405:
            assert (answer.status_code, answer.json()["code"]) == (403, "read_only_key"), door
    assert kept() == before


def test_no_other_site_acts_in_somebodys_name():
    """Cookies come along with what another site sends; the token that our forms have does not."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(SuperuserFactory())
    doors = [door for door in closed() if door.method != "GET"]
    before = kept()
    for door in doors:
        assert send(client, door).status_code in (403, 405), door
    assert kept() == before


def signed_out(user: User) -> None:
    sign_out(user, by=None)


def deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def anonymised(user: User) -> None:
    anonymise_user(user, by=None)


def with_another_password(user: User) -> None:
    user.set_password("another good password")
    user.save()


@pytest.mark.parametrize("end", [signed_out, deactivated, anonymised, with_another_password])
def test_a_session_that_has_ended_opens_nothing(end):
    SuperuserFactory()
    user, client = SuperuserFactory(), Client()
    doors = closed()
    client.force_login(user)
    assert client.get("/admin/").status_code == client.get("/api/v1/users/").status_code == 200
    end(user)
    for door in doors:
        answer = send(client, door)
        assert answer.status_code == 405 or is_refused(answer), door


def test_a_session_that_lacks_its_second_factor_opens_nothing(settings):
    settings.TOTP_REQUIRED_ROLES = ["Accountant"]
    client, doors = Client(), closed()
    client.force_login(StaffFactory(roles=list(Role.objects.filter(name__in=["Accountant", "Administrator"]))))
    before, enrol = kept(), reverse("admin:second_factor_enrol")
    for door in doors:
        if any(door.path.endswith(path) for path in OPEN):
            continue
        answer = send(client, door)
        if door.is_api:
            assert answer.status_code in (403, 405), door
        else:
            assert (answer.status_code, answer.headers.get("Location", "")) == (302, enrol), door
    assert kept() == before
