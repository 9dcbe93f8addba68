"""Whoever guesses passwords is made to wait; the owner of the name is not kept out from elsewhere."""

import datetime
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests.back_office import Desk, errors_of, said
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory, UserFactory

from .conftest import is_inside, sign_in

pytestmark = pytest.mark.django_db
WRONG = "not the password"
HERE, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "192.0.2.8"}


def lock(client: Client, username: str = "maria", times: int = 5, **where):
    for _time in range(times):
        page = sign_in(client, username, WRONG, **where)
    return page


def test_the_fifth_wrong_password_locks_and_the_right_one_is_refused_then(person, browser):
    assert lock(browser, times=4).status_code == 200
    page = lock(browser, times=1)
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes" in page.content.decode()
    assert sign_in(browser).status_code == 429
    assert not is_inside(browser)


def test_the_lock_ends_by_itself(person, browser):
    lock(browser)
    earlier = AccessAttempt.objects.get().attempt_time - datetime.timedelta(minutes=16)
    AccessAttempt.objects.update(attempt_time=earlier)
    assert sign_in(browser).status_code == 302
    assert is_inside(browser)
    assert not AccessAttempt.objects.exists()


def test_trying_on_does_not_make_the_lock_longer(person, browser):
    lock(browser)
    begun = AccessAttempt.objects.get().attempt_time
    lock(browser, times=3)
    assert AccessAttempt.objects.get().attempt_time == begun


def test_the_owner_gets_in_from_another_address(person, browser):
    lock(browser, **HERE)
    assert sign_in(browser, **HERE).status_code == 429
    assert sign_in(browser, **ELSEWHERE).status_code == 302


@pytest.mark.parametrize("written", ["MARIA", "Maria", "ｍａｒｉａ", " maria "])
def test_other_ways_of_writing_a_name_are_no_further_guesses(person, browser, written):
    lock(browser, "maria", times=4)
    assert lock(browser, written, times=1).status_code == 429


def test_another_browser_is_no_further_guesses(person, browser):
    lock(browser, times=4, HTTP_USER_AGENT="one")
    assert lock(browser, times=1, HTTP_USER_AGENT="two").status_code == 429


def test_a_name_that_folds_to_a_very_long_one_is_just_wrong(person, browser):
    assert sign_in(browser, "\ufdfa" * 150, WRONG).status_code == 200


def answer(page) -> tuple[int, str]:
    return page.status_code, "".join(page.context["form"].non_field_errors()) if page.context["form"] else ""


def test_who_exists_can_not_be_found_out(person):
    StaffFactory(username="gone", is_active=False)
    UserFactory(username="customer")
    StaffFactory(username="keyless").set_unusable_password()
    tried = [("maria", WRONG), ("nobody", WRONG), ("gone", PASSWORD), ("customer", PASSWORD), ("keyless", WRONG)]
    first = [answer(sign_in(Client(), name, password)) for name, password in tried]
    assert len(set(first)) == 1
    assert first[0][0] == 200
    locked = [lock(Client(), name, 4).status_code for name, _password in tried]
    assert locked == [429] * 5


def test_a_password_is_hashed_for_names_that_do_not_exist(person, browser, monkeypatch):
    hashed = []
    original = User.set_password
    monkeypatch.setattr(User, "set_password", lambda user, raw: hashed.append(raw) or original(user, raw))
    sign_in(browser, "nobody", WRONG)
    assert hashed == [WRONG]


def test_one_address_with_many_names_is_stopped_as_well(person, browser, rates):
    rates(sign_in="3/hour")
    for name in ("a", "b", "c"):
        assert sign_in(browser, name, WRONG, **HERE).status_code == 200
    page = sign_in(browser, **HERE)
    assert (page.status_code, int(page["Retry-After"]) > 0) == (429, True)
    assert sign_in(browser, **ELSEWHERE).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "198.51.100.1", "192.0.2.7"),  # anybody can send it
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "[2001:db8:0:7:1::1]:443", "2001:db8:0:7::"),
        (1, "198.51.100.1:80", "198.51.100.1"),
        (1, "<script>", "192.0.2.7"),
    ],
)
def test_the_address_is_that_which_our_own_proxies_saw(person, browser, settings, proxies, header, seen):
    settings.TRUSTED_PROXY_COUNT = proxies
    sign_in(browser, "maria", WRONG, HTTP_X_FORWARDED_FOR=header, **HERE)
    assert AccessAttempt.objects.get().ip_address == seen


def test_no_address_is_one_as_well(person, browser):
    assert lock(browser, REMOTE_ADDR="").status_code == 429


def test_an_administrator_unlocks(person, browser):
    desk = Desk()
    assert "unlock" not in desk.buttons(person)
    lock(browser)
    assert "unlock" in desk.buttons(person)
    desk.press(person, "unlock")
    assert sign_in(browser).status_code == 302


def test_who_may_do_less_unlocks_nobody_mightier(browser):
    boss = SuperuserFactory(username="boss")
    lock(browser, "boss")
    desk = Desk("accounts.view_user", "accounts.change_user")
    assert "may do more than you" in said(desk.press(boss, "unlock"))
    assert sign_in(browser, "boss").status_code == 429


def test_the_command_unlocks(person, browser):
    lock(browser)
    call_command("unlock_sign_in", "MARIA", stdout=StringIO())
    assert sign_in(browser).status_code == 302
    with pytest.raises(CommandError, match="no user"):
        call_command("unlock_sign_in", "nobody")


def test_a_wrong_password_says_so_in_one_sentence(person, browser):
    page = sign_in(browser, "maria", WRONG)
    assert "correct" in errors_of(page)
