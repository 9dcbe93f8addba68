"""Links for a new password: by mail, once, for a while, and without telling who has an account."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.services import create_token
from tests.back_office import Desk
from tests.factories.accounts import StaffFactory, SuperuserFactory

from .conftest import is_inside, sign_in
from .test_lockout import lock

pytestmark = pytest.mark.django_db
ASK = "/admin/password-link/"
NEW = "a longer horse battery 9"


def ask(address: str, client: Client | None = None):
    return (client or Client()).post(ASK, {"email": address}, follow=True)


def link() -> str:
    """The path in the last mail."""
    return re.search(r"https?://testserver(/\S+)", mail.outbox[-1].body)[1]


def follow(client: Client, path: str, password: str = NEW):
    form = client.get(path, follow=True)
    if not form.context.get("validlink"):
        return form
    return client.post(form.request["PATH_INFO"], {"new_password1": password, "new_password2": password}, follow=True)


def test_the_link_sets_a_new_password_once(person, browser):
    page = ask(person.email.upper())
    assert page.status_code == 200
    assert mail.outbox[0].to == [person.email]
    assert "Your username is Maria" in mail.outbox[0].body
    path = link()
    follow(browser, path)
    assert sign_in(Client()).status_code == 200
    assert sign_in(browser, password=NEW).status_code == 302
    assert "validlink" not in follow(Client(), path).context or not follow(Client(), path).context["validlink"]


def test_the_answer_is_the_same_for_addresses_that_nobody_has(person):
    StaffFactory(username="gone", email="gone@example.com", is_active=False)
    pages = [ask(address) for address in (person.email, "nobody@example.com", "gone@example.com")]
    texts = {re.sub(r'(nonce|value|content)="[^"]*"|<code>[^<]*</code>', "", page.content.decode()) for page in pages}
    assert len(texts) == 1
    assert len(mail.outbox) == 1


def test_a_new_password_by_link_ends_sessions_and_unlocks(person, browser):
    sign_in(browser)
    ask(person.email)
    locked = Client()
    lock(locked)
    follow(Client(), link())
    assert not is_inside(browser)
    assert sign_in(locked, password=NEW).status_code == 302


def test_keys_stay_with_a_new_password(person):
    _token, key = create_token(person, "shop")
    ask(person.email)
    follow(Client(), link())
    assert Client().get("/api/v1/", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_weak_passwords_are_refused_here_too(person, browser):
    ask(person.email)
    assert "at least 12" in follow(browser, link(), "short").content.decode()
    assert sign_in(browser).status_code == 302


def test_a_link_is_good_for_a_day(person, settings, browser):
    ask(person.email)
    settings.PASSWORD_RESET_TIMEOUT = -1
    page = follow(browser, link())
    assert not page.context["validlink"]


def test_asking_is_limited(person, rates):
    rates(password_link="2/hour")
    answers = [ask("nobody@example.com").status_code for _time in range(3)]
    assert answers == [200, 200, 429]
    assert Client().get(ASK).status_code == 200


def test_an_administrator_sends_one_also_to_who_never_had_a_password(person):
    person.set_unusable_password()
    person.save()
    ask(person.email)
    assert mail.outbox == []
    desk = Desk()
    assert "send_password_link" in desk.buttons(person)
    desk.press(person, "send_password_link")
    follow(Client(), link())
    assert sign_in(Client(), password=NEW).status_code == 302


def test_who_may_do_less_sends_none_to_somebody_mightier():
    boss = SuperuserFactory()
    Desk("accounts.view_user", "accounts.change_user").press(boss, "send_password_link")
    assert mail.outbox == []


def test_where_mail_is_not_set_up_nobody_is_offered_a_link(person, settings):
    settings.SENDS_MAIL = False
    assert "send_password_link" not in Desk().buttons(person)


def test_the_second_factor_is_asked_for_all_the_same(person, browser):
    from .test_second_factor import CODE, enrol

    sign_in(browser)
    enrol(browser, person)
    ask(person.email)
    other = Client()
    follow(other, link())
    assert not is_inside(other)
    assert sign_in(other, password=NEW).url == CODE
