"""Whoever finds a key or a session left open takes no account over without a secret: not by its password, its email
address (links for a new password go there), its second factor, a key of its own."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from inventory_project.models import ApiToken
from tests.api_client import address, client_for
from tests.back_office import Desk, errors_of, url
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory

pytestmark = pytest.mark.django_db

NEW = "another good password"
THIEF = "thief@example.com"


@pytest.fixture(params=[SuperuserFactory, lambda: StaffFactory(permissions=["accounts.*"])], ids=["boss", "clerk"])
def person(request) -> User:
    user = request.param()
    TOTPDevice.objects.create(user=user, confirmed=True, name="app")
    return user


def test_by_key(person):
    key = client_for(person)
    for method, path, body in (
        (key.patch, address(person), {"password": NEW}),
        (key.patch, address(person), {"email": THIEF}),
        (key.post, address(person, "reset-second-factor"), {}),
    ):
        answer = method(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
    assert key.patch(address(person), {"first_name": "Grace", "email": person.email}).status_code == 200
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


@pytest.fixture
def counters(tmp_path, settings):
    """Tries are counted from nothing."""
    settings.COUNTERS_FILE = str(tmp_path / "counters")


def test_by_an_open_session_no_address_no_factor_and_no_key(counters):
    """Each asks for the password, which the thief has not."""
    person = SuperuserFactory()
    before, desk = person.email, Desk(user=person)
    desk.edit(person, email=THIEF)
    desk.client.patch(f"/api/v1/users/{person.pk}/", {"email": THIEF}, content_type="application/json")
    own_key = desk.client.post(url(ApiToken, "add"), {"apply": "1", "user": person.pk, "name": "x"})
    assert "My account" in errors_of(own_key)
    for page, entries in (
        ("own_address", {"address-email": THIEF}),
        ("second_factor_enrol", {"code": "000000"}),
        ("own_token_add", {"name": "x"}),
    ):
        field = "address-password" if page == "own_address" else "password"
        for tried in ({}, {field: ""}, {field: "wrong"}, {field: person.password}):
            assert desk.client.post(reverse(f"admin:{page}"), entries | tried).status_code == 200
    assert User.objects.get(pk=person.pk).email == before
    assert not TOTPDevice.objects.filter(user=person, confirmed=True).exists()
    assert not ApiToken.objects.exists()


def test_the_present_password_is_not_guessed(counters, settings, monkeypatch):
    """Neither where it is asked for on the way, nor where one's own is changed: tries count together, from anywhere."""
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "own_password", "20/d")
    person = StaffFactory()
    desks = [Desk(user=person), Desk(user=person)]
    for number in range(20):
        entries = {"address-email": THIEF, "address-password": f"guess {number}"}
        desks[number % 2].client.post(reverse("admin:own_address"), entries, REMOTE_ADDR=f"192.0.2.{number}")
    page = desks[0].client.post(reverse("admin:own_address"), {"address-email": THIEF, "address-password": PASSWORD})
    assert "Too many tries" in page.text
    entries = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert "Too many tries" in desks[1].client.post(reverse("admin:password_change"), entries).text
    person.refresh_from_db()
    assert (person.email == THIEF, person.check_password(PASSWORD)) == (False, True)
    assert Desk(user=StaffFactory()).client.post(reverse("admin:password_change"), entries).status_code == 302


def change_address(desk: Desk, email: str):
    entries = {"address-email": email, "address-password": PASSWORD}
    return desk.client.post(reverse("admin:own_address"), entries)


def test_ones_own_address_is_changed_with_the_password_and_the_old_one_is_told(
    counters, django_capture_on_commit_callbacks
):
    person, other = StaffFactory(), StaffFactory()
    desk, old = Desk(user=person), person.email
    for taken in (other.email.upper(), "nothing", f"{THIEF}\nBcc: x@example.com"):
        assert change_address(desk, taken).status_code == 200
    assert User.objects.get(pk=person.pk).email == old
    with django_capture_on_commit_callbacks(execute=True):
        assert change_address(desk, "new@example.com").url == reverse("admin:account")
    assert User.objects.get(pk=person.pk).email == "new@example.com"
    assert [(sent.to, "another email address" in sent.body) for sent in mail.outbox] == [([old], True)]


def test_whoever_has_a_link_already_is_not_let_in_after_the_address_changed(counters):
    """Nor after the account was closed."""
    person = StaffFactory()
    for after in ("address", "closed"):
        Client().post("/admin/password-link/", {"email": person.email})
        path = mail.outbox[-1].body.split("testserver")[1].split()[0]
        if after == "address":
            change_address(Desk(user=person), "new@example.com")
        else:
            User.objects.filter(pk=person.pk).update(is_active=False)
        assert not Client().get(path, follow=True).context["validlink"]
        person.refresh_from_db()


def test_people_are_told_what_others_did_to_their_account(counters, django_capture_on_commit_callbacks):
    other, boss = StaffFactory(), client_for(SuperuserFactory())
    TOTPDevice.objects.create(user=other, confirmed=True, name="app")
    old = other.email
    with django_capture_on_commit_callbacks(execute=True):
        boss.post(address(other, "reset-second-factor"))
        boss.patch(address(other), {"password": NEW, "email": "new@example.com"})
        Desk().client.post(url(ApiToken, "add"), {"apply": "1", "user": other.pk, "name": "x"})
    told = [(sent.to[0] == old, sent.body.split("\n\n")[2]) for sent in mail.outbox]
    assert [text.split()[1] for _where, text in told] == ["second", "account", "account", "key"]
    assert [at_old for at_old, _text in told] == [True, True, True, False]


@pytest.mark.parametrize("role", ["", "Auditor", "Sales", "Accountant"])
def test_nobody_changes_the_address_of_somebody_mightier(role):
    """By any door, and not with the lines of the account either."""
    superior = SuperuserFactory()
    roles = [Role.objects.get(name=role)] if role else []
    thief = StaffFactory(roles=roles, permissions=["accounts.*", "inventory_project.*"])
    key, desk, before = client_for(thief), Desk(user=thief), superior.email
    for body in ({"email": THIEF}, {"username": "x"}, {"is_active": False}):
        assert key.patch(address(superior), body).status_code == 403
    assert key.put(address(superior), {"username": "x", "email": THIEF}).status_code == 403
    desk.edit(superior, email=THIEF)
    assert key.post(address(superior, "send-password-link")).status_code == 403
    assert User.objects.get(pk=superior.pk).email == before


@pytest.mark.parametrize("name", ["\u0430dmin", "\u03bfwner", "admin\u3164", "b\u043ess"])
def test_nobody_takes_a_name_that_looks_like_another(name):
    entries = {"username": name, "email": THIEF, "usable_password": "false"}
    desk, key = Desk(), client_for(SuperuserFactory())
    assert "one alphabet" in errors_of(desk.client.post(url(User, "add"), entries))
    body = {"username": name, "email": THIEF, "first_name": "A", "last_name": "B"}
    for answer in (key.post("/api/v1/users/", body), key.patch(address(StaffFactory()), {"username": name})):
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/username"]
    assert not User.objects.filter(username=name).exists()
    for plain in ("josé", "маша", "ελένη", "山田たろう"):
        assert key.patch(address(StaffFactory()), {"username": plain}).status_code == 200
