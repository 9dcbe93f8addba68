"""Keys with which programs call the API."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.services import create_token
from inventory_project.base.errors import RuleViolation
from inventory_project.models import ApiToken
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def answer(client, key: str) -> int:
    return client.get("/api/v1/", HTTP_AUTHORIZATION=f"Bearer {key}").status_code


def test_the_key_is_shown_once_and_only_its_hash_is_kept(client):
    token, key = create_token(UserFactory(), "web shop")
    assert key.startswith("inv_")
    assert key not in "".join(str(value) for value in ApiToken.objects.values_list().get())
    assert (str(token), token.expiry) == ("web shop", None)
    assert answer(client, key) == 200


def test_a_user_has_several_and_each_is_revoked_alone(client):
    user = UserFactory()
    (one, key_one), (_two, key_two) = create_token(user, "one"), create_token(user, "two")
    one.delete()
    assert (answer(client, key_one), answer(client, key_two)) == (401, 200)


def test_an_expired_key_is_refused_and_left_for_the_clean_up(client):
    token, key = create_token(UserFactory(), "old", datetime.timedelta(days=1))
    assert answer(client, key) == 200
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now())
    assert answer(client, key) == 401
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_nobody_gets_a_key_to_a_deactivated_account():
    with pytest.raises(RuleViolation) as caught:
        create_token(UserFactory(is_active=False), "x")
    assert caught.value.code == "inactive_user"
    assert not ApiToken.objects.exists()


def test_the_command_prints_a_key_that_works(client):
    user = UserFactory(username="Shop")
    out = io.StringIO()
    call_command("create_api_token", "shop", "--name", "web shop", "--days", "30", stdout=out)
    token = ApiToken.objects.get()
    assert (token.user, token.name) == (user, "web shop")
    assert token.expiry.date() == (timezone.now() + datetime.timedelta(days=30)).date()
    assert answer(client, out.getvalue().strip()) == 200


@pytest.mark.parametrize(
    ("username", "active", "reason"), [("nobody", True, "no user"), ("shop", False, "deactivated")]
)
def test_the_command_says_why_it_makes_none(username, active, reason):
    UserFactory(username="shop", is_active=active)
    with pytest.raises(CommandError, match=reason):
        call_command("create_api_token", username, "--name", "x")
    assert User.objects.get().auth_token_set.count() == 0
