"""What administrators do for people at the API: the acts of the back office, with its rules."""

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.services import create_token
from accounts.signin.lockout import is_locked
from inventory_project.models import ApiToken
from tests.api_client import address, clerk_client, client_for, root_client
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db
ACTS = ("deactivate", "sign-out", "unlock", "reset-second-factor", "send-password-link")


def test_a_deactivated_account_is_out_at_once():
    user = UserFactory()
    own = client_for(user)
    answer = root_client().post(address(user, "deactivate"))
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert own.get("/api/v1/").status_code == 401
    version = answer.json()["updated_at"]
    assert root_client().post(address(user, "deactivate")).json()["updated_at"] == version


@pytest.mark.parametrize("revoke", [False, True])
def test_signing_out_ends_sessions_and_keys_if_asked(revoke):
    user = StaffFactory()
    browser = Client()
    browser.force_login(user)
    create_token(user, "shop")
    answer = root_client().post(address(user, "sign-out"), {"revoke_tokens": revoke})
    assert answer.status_code == 200
    assert answer.json()["signed_out_at"]
    assert browser.get("/admin/").status_code == 302
    assert ApiToken.objects.filter(user=user).exists() is not revoke


def test_a_locked_name_is_unlocked():
    user = UserFactory()
    AccessAttempt.objects.create(
        username=user.username_key, ip_address="127.0.0.1", failures_since_start=5, attempt_time=timezone.now()
    )
    assert is_locked(user)
    assert root_client().post(address(user, "unlock")).status_code == 200
    assert not is_locked(user)


def test_a_lost_second_factor_is_reset():
    user = UserFactory()
    client = root_client()
    refused = client.post(address(user, "reset-second-factor"))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_second_factor")
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    assert client.post(address(user, "reset-second-factor")).status_code == 200
    assert not TOTPDevice.objects.filter(user=user).exists()


def test_a_password_link_is_mailed(settings):
    user = UserFactory(email="ada@example.com")
    client = root_client()
    assert client.post(f"{address(user, 'send-password-link')}?dry_run=true").status_code == 200
    assert mail.outbox == []
    assert client.post(address(user, "send-password-link")).status_code == 200
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    settings.SENDS_MAIL = False
    assert client.post(address(user, "send-password-link")).json()["code"] == "no_mail"
    settings.SENDS_MAIL = True
    client.post(address(user, "deactivate"))
    assert client.post(address(user, "send-password-link")).json()["code"] == "inactive_user"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("act", ACTS)
def test_nobody_climbs_by_an_act(act):
    boss = SuperuserFactory()
    TOTPDevice.objects.create(user=boss, name="app", confirmed=True)
    answer = client_for(UserFactory(permissions=["accounts.*"])).post(address(boss, act))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    before = boss.updated_at
    boss.refresh_from_db()
    assert (boss.updated_at, boss.is_active, boss.signed_out_at) == (before, True, None)
    assert TOTPDevice.objects.filter(user=boss).exists()
    assert mail.outbox == []


@pytest.mark.parametrize("act", ACTS)
def test_each_act_needs_the_permission_to_change_accounts(act):
    answer = clerk_client("accounts.view_user").post(address(UserFactory(), act))
    assert (answer.status_code, answer.json()["permission"]) == (403, "accounts.change_user")


def test_the_last_administrator_stays():
    boss = SuperuserFactory()
    answer = client_for(boss).post(address(boss, "deactivate"))
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    boss.refresh_from_db()
    assert boss.is_active
