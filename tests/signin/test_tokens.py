"""Keys of programs: one's own, those of others, what they may, when they were used, how they end."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import create_token
from catalog.models import Product
from inventory_project.models import ApiToken
from tests.back_office import Desk, url
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory, UserFactory
from tests.factories.catalog import ProductFactory

pytestmark = pytest.mark.django_db
MADE = "/admin/account/tokens/"


def call(key: str, method: str = "get", path: str = "/api/v1/products/", **kwargs):
    return getattr(Client(), method)(
        path, headers={"authorization": f"Bearer {key}"}, content_type="application/json", **kwargs
    )


def test_everybody_makes_their_own(person):
    desk = Desk(user=person)
    page = desk.client.post(
        MADE, {"name": "web shop", "expires_in": "30", "is_read_only": "on", "once": "k1", "password": PASSWORD}
    )
    key = page.context["key"]
    assert "no-store" in page["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.is_read_only) == (person, "web shop", True)
    assert token.expiry.date() == (timezone.now() + datetime.timedelta(days=30)).date()
    assert call(key).status_code == 200
    account = desk.client.get("/admin/account/").content.decode()
    assert "web shop" in account
    assert key not in account
    assert token.digest not in account


def test_a_form_that_is_sent_again_makes_no_second_key(person):
    desk = Desk(user=person)
    desk.client.post(MADE, {"name": "x", "once": "k1", "password": PASSWORD})
    assert desk.client.post(MADE, {"name": "x", "once": "k1", "password": PASSWORD}).url == "/admin/account/"
    assert ApiToken.objects.count() == 1


def test_what_is_wrong_is_said_and_no_key_made(person):
    page = Desk(user=person).client.post(MADE, {"name": "", "expires_in": "0", "password": PASSWORD})
    assert "This field is required" in page.content.decode()
    assert not ApiToken.objects.exists()


def test_ones_own_key_is_revoked(person):
    desk = Desk(user=person)
    token, key = create_token(person, "shop")
    desk.client.post(f"/admin/account/tokens/{token.pk}/revoke/")
    answer = call(key)
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_administrators_see_all_keys_and_no_fingerprint():
    token, key = create_token(UserFactory(), "web shop", is_read_only=True)
    call(key)
    desk = Desk()
    for page in (desk.open(ApiToken, "changelist"), desk.open(ApiToken, "change", token.pk)):
        text = page.content.decode()
        assert "web shop" in text
        assert token.digest not in text
        assert token.token_key not in text


def test_a_key_of_somebody_mightier_can_not_be_deleted():
    token, _key = create_token(SuperuserFactory(), "boss")
    desk = Desk("inventory_project.*", "accounts.view_user")
    desk.client.post(url(ApiToken, "delete", token.pk), {"post": "yes"})
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_key_that_only_reads_refuses_to_write_and_says_so(method):
    product = ProductFactory()
    _token, key = create_token(SuperuserFactory(), "reports", is_read_only=True)
    path = "/api/v1/products/" if method == "post" else f"/api/v1/products/{product.pk}/"
    answer = call(key, method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only_key")
    assert "“reports” may only read" in answer.json()["detail"]
    assert Product.objects.count() == 1
    assert call(key).status_code == 200


@pytest.mark.parametrize("end", ["expired", "deactivated", "revoked", "never"])
def test_a_key_that_is_not_good_is_refused_clearly(end):
    token, key = create_token(UserFactory(permissions=["catalog.view_product"]), "x", datetime.timedelta(days=1))
    if end == "expired":
        ApiToken.objects.update(expiry=timezone.now())
    elif end == "deactivated":
        type(token.user).objects.filter(pk=token.user.pk).update(is_active=False)
    elif end == "revoked":
        token.delete()
    answer = call("inv_whatever" if end == "never" else key)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "authentication_failed"
    said = {"expired": "expired", "deactivated": "deactivated"}.get(end, "Invalid")
    assert said in answer.json()["detail"]


def used(token: ApiToken) -> datetime.datetime | None:
    return ApiToken.objects.get(pk=token.pk).last_used_at


def test_when_it_was_last_used_is_written_every_five_minutes():
    token, key = create_token(SuperuserFactory(), "x")
    assert used(token) is None
    call(key)
    first = used(token)
    assert timezone.now() - first < datetime.timedelta(seconds=10)
    with CaptureQueriesContext(connection) as queries:
        call(key)
    assert len(queries) == 2  # the key with its user, the page
    assert used(token) == first
    ApiToken.objects.update(last_used_at=first - datetime.timedelta(minutes=5))
    call(key)
    assert used(token) >= first


def test_a_request_that_is_refused_uses_the_key_as_well():
    token, key = create_token(UserFactory(), "x")
    assert call(key).status_code == 403
    assert used(token) is not None


def test_a_write_that_is_taken_back_keeps_when_the_key_was_used():
    token, key = create_token(SuperuserFactory(), "x")
    assert call(key, "post", "/api/v1/products/?dry_run=true", data={"sku": ""}).status_code == 400
    assert used(token) is not None


def test_reading_goes_on_if_the_database_refuses_to_write_that(monkeypatch):
    token, key = create_token(SuperuserFactory(), "x")

    def refuse(*args, **kwargs):
        raise DatabaseError("read-only")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", refuse)
    assert call(key).status_code == 200
    monkeypatch.undo()
    assert used(token) is None


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_keys_by_command():
    SuperuserFactory(username="boss")
    StaffFactory(username="maria")
    day = (timezone.now() + datetime.timedelta(days=40)).date()
    key = run("create_api_token", "boss", "--name", "shop", "--read-only", "--expires", day.isoformat()).strip()
    assert call(key).status_code == 200
    assert call(key, "post").json()["code"] == "read_only_key"
    run("create_api_token", "maria", "--name", "other")
    listed = run("list_api_tokens")
    token = ApiToken.objects.get(name="shop")
    assert f"{token.pk}\tboss\tshop\treads; until {day}" in listed
    assert "other" in listed
    assert token.digest not in listed
    assert "other" not in run("list_api_tokens", "BOSS")
    assert run("revoke_api_token", str(token.pk)) == "1 revoked.\n"
    assert call(key).status_code == 401
    with pytest.raises(CommandError, match="nothing was revoked"):
        run("revoke_api_token", str(token.pk))
    assert run("revoke_api_token", "--user", "MARIA") == "1 revoked.\n"


def test_expired_keys_are_swept():
    create_token(UserFactory(), "old", datetime.timedelta(seconds=-1))
    create_token(UserFactory(), "new")
    assert run("revoke_api_token", "--expired") == "1 revoked.\n"
    assert ApiToken.objects.get().name == "new"


@pytest.mark.parametrize("end", [("--days", "0"), ("--expires", "2020-01-01")])
def test_a_key_that_would_be_void_is_not_made(end):
    UserFactory(username="shop")
    with pytest.raises(CommandError, match="a day at least"):
        run("create_api_token", "shop", "--name", "x", *end)
    assert not ApiToken.objects.exists()
