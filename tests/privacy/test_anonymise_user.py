"""Taking a person out of their account: it stays, closed, under a number."""

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User, UserRole
from accounts.services import anonymise_user, create_token, save_user
from accounts.signin.mail import mail_password_link
from inventory_project.base.errors import RuleViolation
from inventory_project.integrity import check_all
from inventory_project.models import ApiToken, ChangeHistory, OperationRun
from tests.api_client import address, clerk_client, client_for, root_client
from tests.back_office import Desk
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.sales import place

from .traces import traces

pytestmark = pytest.mark.django_db
WORDS = ("hildegard", "Brombeerstein", "hilde-mail", "hildes-laptop")


@pytest.fixture
def user() -> User:
    user = StaffFactory(
        username="Hildegard",
        first_name="Hildegard",
        last_name="Brombeerstein",
        email="hilde-mail@example.com",
        permissions=["sales.*"],
    )
    place(by=user)
    create_token(user, "hildes-laptop")
    TOTPDevice.objects.create(user=user, name="app")
    StaticDevice.objects.create(user=user, name="codes")
    AccessAttempt.objects.create(username="hildegard", ip_address="192.0.2.1", failures_since_start=1)
    mail_password_link.enqueue(user.email, "localhost", True)
    root_client().patch(address(user), {"last_name": "Brombeerstein-Alt"}, format="json")
    user.refresh_from_db()
    return user


def test_nothing_says_any_more_who_it_was(user):
    before = traces(WORDS)
    for column in ("user.email", "api_token.name", "axes_accessattempt.username", "change_history.changes"):
        assert before[column]
    anonymise_user(user, by=SuperuserFactory())
    assert traces(WORDS) == {}
    assert not [result for result in check_all() if result.is_violation]


def test_what_is_left_is_a_closed_account(user):
    by, orders = SuperuserFactory(), user.orders.count()
    anonymise_user(user, by=by)
    user.refresh_from_db()
    assert user.username == f"former-{user.pk}"
    assert user.email == f"former-{user.pk}@anonymised.invalid"
    assert not (user.is_active or user.is_staff or user.is_superuser or user.has_usable_password())
    assert not UserRole.objects.filter(user=user).exists()
    assert not ApiToken.objects.filter(user=user).exists()
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert user.orders.count() == orders
    assert ChangeHistory.objects.filter(actor=user, model="sales.order").exists()
    run = OperationRun.objects.of(OperationRun.ANONYMISATION).get()
    assert (run.subject, run.details["by"]) == (f"user {user.pk}", by.pk)


def test_a_session_ends_at_once(user):
    desk = Desk(user=user)
    anonymise_user(user, by=None)
    assert desk.client.get("/admin/").status_code == 302


def test_again_changes_nothing(user):
    anonymise_user(user, by=None)
    before = list(ChangeHistory.objects.order_by("pk").values()), list(OperationRun.objects.values())
    stamp = User.objects.get(pk=user.pk).updated_at
    anonymise_user(User.objects.get(pk=user.pk), by=None)
    assert (list(ChangeHistory.objects.order_by("pk").values()), list(OperationRun.objects.values())) == before
    assert User.objects.get(pk=user.pk).updated_at == stamp


def refused(user: User, by: User | None) -> str:
    before = User.objects.filter(pk=user.pk).values().get(), ChangeHistory.objects.count()
    with pytest.raises(RuleViolation) as caught:
        anonymise_user(user, by=by)
    assert (User.objects.filter(pk=user.pk).values().get(), ChangeHistory.objects.count()) == before
    return caught.value.code


def test_nobody_anonymises_themselves_a_superior_or_the_last_administrator(user):
    clerk = UserFactory(permissions=["accounts.*"])
    assert refused(clerk, clerk) == "own_account"
    assert refused(user, clerk) == "not_allowed"
    boss = SuperuserFactory()
    assert refused(boss, clerk) == "not_allowed"
    others = User.objects.filter(is_superuser=True).exclude(pk=boss.pk)
    for other in others:
        other.is_superuser = False
        save_user(other, by=None)
    assert refused(boss, None) == "last_administrator"


def test_at_the_api_in_the_back_office_and_by_command(user):
    assert clerk_client("accounts.change_user").post(address(user, "anonymise")).status_code == 403
    assert client_for(SuperuserFactory()).post(address(user, "anonymise")).json()["username"] == f"former-{user.pk}"

    desk, second = Desk(), UserFactory()
    assert "anonymise" in desk.buttons(second)
    desk.press(second, "anonymise", sure="1")
    assert User.objects.get(pk=second.pk).username == f"former-{second.pk}"
    assert "anonymise" not in desk.buttons(User.objects.get(pk=second.pk))

    third = UserFactory()
    call_command("anonymise", "user", third.username, dry_run=True)
    assert User.objects.get(pk=third.pk).username == third.username
    call_command("anonymise", "user", third.username)
    assert User.objects.get(pk=third.pk).username == f"former-{third.pk}"
