"""Sessions end: by age, by being left alone, by a new password, by signing out everywhere, by deactivation."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import services
from accounts.models import User
from accounts.services import create_token
from tests.back_office import Desk
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory

from .conftest import is_inside, sign_in

pytestmark = pytest.mark.django_db
NEW = "a longer horse battery 9"


def signed_in(username: str = "maria") -> Client:
    client = Client()
    assert sign_in(client, username).status_code == 302
    return client


def shift(client: Client, **earlier: int) -> None:
    session = client.session
    for name, seconds in earlier.items():
        session[name] -= seconds
    session.save()


def answers(key: str) -> int:
    return Client().get("/api/v1/", headers={"authorization": f"Bearer {key}"}).status_code


def test_signing_in_changes_the_key_of_the_session(person, browser):
    browser.get("/admin/login/")
    session = browser.session
    session["basket"] = 1
    session.save()
    before = session.session_key
    browser.cookies["sessionid"] = before
    sign_in(browser)
    assert browser.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_the_cookie_is_kept_from_scripts_and_other_sites(person, browser):
    sign_in(browser)
    cookie = browser.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_that_is_left_alone_ends(person, settings):
    client = signed_in()
    shift(client, seen_at=settings.SESSION_IDLE_SECONDS + 1)
    assert not is_inside(client)
    assert "signed out because" in client.get("/admin/login/").content.decode()


def test_a_session_ends_however_busy(person, settings):
    client = signed_in()
    shift(client, signed_in_at=settings.SESSION_COOKIE_AGE + 1)
    assert not is_inside(client)


def test_using_a_session_keeps_it_and_writes_once_a_minute(person, settings, django_assert_num_queries):
    client = signed_in()
    shift(client, seen_at=settings.SESSION_IDLE_SECONDS - 5)
    assert is_inside(client)
    seen = client.session["seen_at"]
    assert time.time() - seen < 5
    shift(client, seen_at=30)
    assert is_inside(client)
    assert client.session["seen_at"] == seen - 30


def test_a_new_password_ends_the_other_sessions_only(person):
    here, there = signed_in(), signed_in()
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/admin/password_change/", data).status_code == 302
    assert (is_inside(here), is_inside(there)) == (True, False)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short 9 one", "at least 12"),
        ("123456789012", "entirely numeric"),
        ("MariaLovelace", "too similar"),
        ("sojdlg123aljg", "too common"),
    ],
)
def test_weak_passwords_are_refused(password, reason):
    StaffFactory(username="marialovelace", last_name="Lovelace", permissions=["catalog.view_product"])
    client = signed_in("marialovelace")
    data = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    page = client.post("/admin/password_change/", data)
    assert reason in page.content.decode()
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("revoke", [False, True])
def test_signing_out_everywhere_oneself(person, revoke):
    here, there = signed_in(), signed_in()
    _token, key = create_token(person, "shop")
    answer = here.post("/admin/account/sign-out/", {"revoke_tokens": "on"} if revoke else {})
    assert answer.url == "/admin/login/"
    assert not is_inside(here)
    assert not is_inside(there)
    assert answers(key) == (401 if revoke else 200)
    assert is_inside(signed_in())


def test_an_administrator_signs_somebody_out(person):
    client, desk = signed_in(), Desk()
    _token, key = create_token(person, "shop")
    desk.press(person, "sign_out", revoke_tokens="on")
    assert not is_inside(client)
    assert answers(key) == 401
    assert is_inside(desk.client)
    shown = desk.client.get(f"/api/v1/users/{person.pk}/").json()
    assert shown["signed_out_at"] is not None


def test_who_may_do_less_signs_nobody_mightier_out():
    SuperuserFactory(username="boss")
    client, desk = signed_in("boss"), Desk("accounts.view_user", "accounts.change_user")
    desk.press(User.objects.get(username="boss"), "sign_out", revoke_tokens="")
    assert is_inside(client)


def test_a_page_that_was_open_meanwhile_brings_no_session_back(person):
    client = signed_in()
    stale = User.objects.get(pk=person.pk)
    services.sign_out(person, by=None)
    stale.first_name = "Mary"
    services.save_user(stale, by=None)
    assert not is_inside(client)
    assert User.objects.get(pk=person.pk).signed_out_at is not None


def test_when_it_was_can_not_be_sent(person):
    desk = Desk()
    answer = desk.client.patch(f"/api/v1/users/{person.pk}/", {"signed_out_at": None}, content_type="application/json")
    assert answer.status_code == 400


def test_deactivating_ends_sessions_and_keys_with_the_next_request(person):
    client = signed_in()
    _token, key = create_token(person, "shop")
    assert answers(key) == 200
    person.is_active = False
    services.save_user(person, by=None)
    assert not is_inside(client)
    assert answers(key) == 401
