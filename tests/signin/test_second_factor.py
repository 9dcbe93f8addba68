"""The second factor: who has one is not in before its code, who needs one can do nothing else without."""

import re
import time
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from accounts.services import create_token, give_role
from accounts.signin import second_factor
from inventory_project.models import ApiToken
from tests.back_office import Desk, said
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory

from .conftest import is_inside, sign_in

pytestmark = pytest.mark.django_db
ENROL, ACCOUNT, CODE = "/admin/account/second-factor/", "/admin/account/", "/admin/login/code/"


def app_code(user: User, later: int = 0) -> str:
    """What the authenticator app of the person shows now, or some steps later."""
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, device.step, device.t0, device.digits) if not later else _later(device, later):06d}"


def _later(device: TOTPDevice, steps: int) -> int:
    return totp(device.bin_key, device.step, device.t0 - steps * device.step, device.digits)


def has_forgotten(user: User) -> None:
    """As if some minutes had passed: used codes and pauses lie behind."""
    TOTPDevice.objects.filter(user=user).update(last_t=-1, throttling_failure_count=0, drift=0)


def enrol(client: Client, user: User) -> list[str]:
    """Set the second factor up, and keep the backup codes."""
    client.get(ENROL)
    page = client.post(ENROL, {"code": app_code(user), "password": PASSWORD})
    has_forgotten(user)
    return page.context["codes"]


@pytest.fixture
def client_in(person) -> Client:
    client = Client()
    sign_in(client)
    return client


def test_setting_it_up_shows_a_picture_and_then_ten_codes_once(person, client_in):
    page = client_in.get(ENROL)
    text = page.content.decode()
    assert "<svg" in text
    assert not re.search(r"<svg[^>]*style=", text)
    assert client_in.get(ENROL).context["secret"] == page.context["secret"]
    done = client_in.post(ENROL, {"code": app_code(person), "password": PASSWORD})
    assert len(set(done.context["codes"])) == 10
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {code.replace("-", "") for code in done.context["codes"]}
    assert is_inside(client_in)
    assert done.context["codes"][0] not in client_in.get(ACCOUNT).content.decode()
    assert "10 backup codes are left" in client_in.get(ACCOUNT).content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_is_kept_when_everything_is_committed():
    user, client = StaffFactory(username="maria"), Client()
    sign_in(client)
    codes = enrol(client, user)
    client = Client()
    sign_in(client)
    client.post(CODE, {"code": "000000"})
    assert second_factor.pause(user, "000000") > 0
    client.post(CODE, {"code": codes[0]})
    assert is_inside(client)
    assert client.post("/admin/account/sign-out/").url == "/admin/login/"


def test_a_wrong_code_takes_nothing_into_use(person, client_in):
    client_in.get(ENROL)
    page = client_in.post(ENROL, {"code": "000000", "password": PASSWORD})
    assert "not the code that the app shows" in page.content.decode()
    assert second_factor.device_of(person) is None
    assert is_inside(client_in)


def test_setting_it_up_ends_the_other_sessions(person, client_in):
    other = Client()
    sign_in(other)
    enrol(client_in, person)
    assert (is_inside(client_in), is_inside(other)) == (True, False)


def test_the_password_alone_opens_nothing(person, client_in, browser):
    enrol(client_in, person)
    assert sign_in(browser).url == CODE
    assert not is_inside(browser)
    assert browser.get("/api/v1/products/").status_code == 401
    assert browser.get(ACCOUNT).status_code == 302
    key = browser.session.session_key
    answer = browser.post(CODE, {"code": app_code(person)})
    assert answer.url == "/admin/"
    assert is_inside(browser)
    assert browser.session.session_key != key
    assert "signing_in" not in browser.session


def test_a_code_is_good_once(person, client_in):
    enrol(client_in, person)
    code = app_code(person)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert first.post(CODE, {"code": code}).status_code == 302
    page = second.post(CODE, {"code": code})
    assert page.status_code == 200
    assert "used before" in page.content.decode()
    assert not is_inside(second)


def test_a_backup_code_is_good_once(person, client_in):
    codes = enrol(client_in, person)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert first.post(CODE, {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert is_inside(first)
    assert second.post(CODE, {"code": codes[3]}).status_code == 200
    assert second_factor.backup_codes_left(person) == 9


def test_guessing_codes_has_to_wait_longer_each_time(person, client_in, browser):
    enrol(client_in, person)
    sign_in(browser)
    browser.post(CODE, {"code": "000000"})
    page = browser.post(CODE, {"code": app_code(person)})  # the right one, too early
    assert "Try again in" in page.content.decode()
    assert not is_inside(browser)
    TOTPDevice.objects.update(throttling_failure_count=10)
    assert second_factor.pause(person, "000000") > 60


def test_after_five_wrong_codes_the_password_is_asked_for_again(person, client_in, browser):
    enrol(client_in, person)
    sign_in(browser)
    for _time in range(5):
        TOTPDevice.objects.update(throttling_failure_count=0)
        page = browser.post(CODE, {"code": "000000"})
    assert page.url == "/admin/login/"
    assert browser.post(CODE, {"code": app_code(person)}).url == "/admin/login/"


def test_the_code_has_to_come_soon_and_to_the_same_account(person, client_in, browser):
    enrol(client_in, person)
    sign_in(browser)
    session = browser.session
    session["signing_in"] = session["signing_in"] | {"until": int(time.time()) - 1}
    session.save()
    assert browser.get(CODE).url == "/admin/login/"
    sign_in(browser)
    person.set_password("another horse battery 7")
    person.save()
    assert browser.post(CODE, {"code": app_code(person)}).url == "/admin/login/"
    assert not is_inside(browser)


def test_the_way_back_leads_to_this_site_only(person, client_in, browser):
    enrol(client_in, person)
    browser.post("/admin/login/?next=https://evil.example/", {"username": "maria", "password": "correct horse battery"})
    assert browser.post(CODE, {"code": app_code(person)}).url == "/admin/"


def test_it_is_turned_off_with_a_code(person, client_in):
    enrol(client_in, person)
    page = client_in.post(f"{ENROL}remove/", {"remove-code": "000000"})
    assert "not right" in page.content.decode()
    has_forgotten(person)
    client_in.post(f"{ENROL}remove/", {"remove-code": app_code(person)})
    assert second_factor.device_of(person) is None
    assert not StaticToken.objects.exists()
    assert is_inside(client_in)


def test_new_backup_codes_make_the_old_ones_void(person, client_in, browser):
    old = enrol(client_in, person)
    page = client_in.post("/admin/account/backup-codes/", {"renew-code": app_code(person)})
    assert len(page.context["codes"]) == 10
    sign_in(browser)
    assert browser.post(CODE, {"code": old[0]}).status_code == 200
    assert not is_inside(browser)


@pytest.fixture
def required(settings, person) -> User:
    settings.TOTP_REQUIRED_ROLES = ["Accountant"]
    give_role(person, Role.objects.get(name="Accountant"), by=None)
    return person


def test_whoever_needs_one_is_led_to_set_it_up_and_can_do_nothing_else(required, browser):
    sign_in(browser)
    for page in ("/admin/", "/admin/billing/invoice/", ACCOUNT, "/admin/password_change/", "/admin/search/?q=x"):
        assert browser.get(page).url == ENROL
    assert browser.post("/admin/account/tokens/", {"name": "x"}).url == ENROL
    assert not ApiToken.objects.exists()
    answer = browser.get("/api/v1/invoices/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    assert "without one you can do nothing else" in browser.get(ENROL).content.decode()
    enrol(browser, required)
    assert is_inside(browser)
    assert browser.get("/api/v1/invoices/").status_code == 200
    assert browser.post("/admin/account/tokens/", {"name": "x", "password": PASSWORD}).status_code == 200
    assert browser.post(f"{ENROL}remove/", {"remove-code": app_code(required)}).url == ACCOUNT
    assert second_factor.device_of(required)


def test_whoever_gets_such_a_role_is_asked_with_the_next_click(settings, person, client_in):
    settings.TOTP_REQUIRED_ROLES = ["Accountant"]
    assert is_inside(client_in)
    give_role(person, Role.objects.get(name="Accountant"), by=None)
    assert client_in.get("/admin/").url == ENROL


def test_superusers_count_as_having_every_role(settings, browser):
    SuperuserFactory(username="boss")
    settings.TOTP_REQUIRED_ROLES = ["Administrator"]
    sign_in(browser, "boss")
    assert browser.get("/admin/").url == ENROL


def test_keys_of_programs_go_without(required):
    _token, key = create_token(required, "books")
    assert Client().get("/api/v1/invoices/", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_a_session_beside_another_kind_of_authorization_is_looked_at_all_the_same(required, browser):
    sign_in(browser)
    assert browser.get("/api/v1/invoices/", headers={"authorization": "Basic eDp5"}).status_code == 403


def test_an_administrator_resets_it(person, client_in, browser):
    enrol(client_in, person)
    desk = Desk()
    assert "reset_second_factor" in desk.buttons(person)
    desk.press(person, "reset_second_factor", sure="1")
    assert not is_inside(client_in)
    assert sign_in(browser).url == "/admin/"
    assert "reset_second_factor" not in desk.buttons(person)


def test_who_may_do_less_resets_nobody_mightier(browser):
    boss = SuperuserFactory(username="boss")
    sign_in(browser, "boss")
    enrol(browser, boss)
    desk = Desk("accounts.view_user", "accounts.change_user")
    page = desk.press(boss, "reset_second_factor", sure="1")
    assert "may do more than you" in page.content.decode() + said(page)
    assert second_factor.device_of(boss)


def test_the_command_resets_it(person, client_in):
    enrol(client_in, person)
    out = StringIO()
    call_command("second_factor", "maria", stdout=out)
    assert "does not need a second factor and has device; backup codes left: 10" in out.getvalue()
    call_command("second_factor", "maria", "--reset", stdout=out)
    assert second_factor.device_of(person) is None
    with pytest.raises(CommandError, match="no second factor"):
        call_command("second_factor", "maria", "--reset")


def test_a_role_that_nobody_has_heard_of_is_refused(settings):
    settings.TOTP_REQUIRED_ROLES = ["Accountant", "Acountant"]
    found = [problem for problem in run_checks() if problem.id == "signin.E004"]
    assert [problem.msg for problem in found] == ["TOTP_REQUIRED_ROLES names roles that there are not: Acountant."]


def test_pages_of_devices_and_codes_are_not_there():
    desk = Desk()
    for path in ("otp_totp/totpdevice", "otp_static/staticdevice", "axes/accessattempt"):
        assert desk.client.get(f"/admin/{path}/").status_code == 404


def test_it_costs_nothing_where_no_role_asks_for_it(client_in, django_assert_max_num_queries):
    client_in.get(ACCOUNT)
    with django_assert_max_num_queries(3):  # session, user, permissions
        client_in.get("/admin/search/")


def test_each_account_page_belongs_to_its_owner(person, client_in):
    other = StaffFactory()
    token, _key = create_token(other, "theirs")
    assert client_in.post(f"/admin/account/tokens/{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()
