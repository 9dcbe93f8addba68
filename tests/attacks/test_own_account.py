"""Whoever finds a key or a session left open can set no password and take no second factor away without a secret."""

import pytest
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from tests.api_client import address, client_for
from tests.back_office import Desk
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory

pytestmark = pytest.mark.django_db

NEW = "another good password"


@pytest.fixture(params=[SuperuserFactory, lambda: StaffFactory(permissions=["accounts.*"])], ids=["boss", "clerk"])
def person(request) -> User:
    user = request.param()
    TOTPDevice.objects.create(user=user, confirmed=True, name="app")
    return user


def test_by_key(person):
    key = client_for(person)
    for method, path, body in (
        (key.patch, address(person), {"password": NEW}),
        (key.post, address(person, "reset-second-factor"), {}),
    ):
        answer = method(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
    assert key.patch(address(person), {"first_name": "Grace"}).status_code == 200
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert person.totpdevice_set.exists()


def test_by_an_open_session(person):
    desk = Desk(user=person)
    page = reverse("admin:auth_user_password_change", args=[person.pk])
    answers = {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "1"}
    assert desk.client.get(page)["Location"] == reverse("admin:password_change")
    assert desk.client.post(page, answers)["Location"] == reverse("admin:password_change")
    desk.press(person, "reset_second_factor", sure="on")
    desk.client.post(reverse("admin:second_factor_remove"), {"remove-code": "000000"})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert person.totpdevice_set.exists()


def test_somebody_else_does_it_as_before():
    other = StaffFactory()
    TOTPDevice.objects.create(user=other, confirmed=True, name="app")
    boss = client_for(SuperuserFactory())
    assert boss.patch(address(other), {"password": NEW}).status_code == 200
    assert boss.post(address(other, "reset-second-factor")).status_code == 200
    other.refresh_from_db()
    assert other.check_password(NEW)
    assert not other.totpdevice_set.exists()
