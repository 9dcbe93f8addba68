"""One effect per user and Idempotency-Key."""

import hashlib
import json
import threading

import pytest
from django.db import connection, connections

from accounts.services import create_token
from catalog.models import Category
from inventory_project.models import IdempotencyRecord
from tests.api_client import APIClient, client_for, root_client
from tests.factories.accounts import SuperuserFactory

URL = "/api/v1/categories/"

pytestmark = pytest.mark.django_db


def post(client, data: dict, key: str, url: str = URL):
    return client.post(url, data, HTTP_IDEMPOTENCY_KEY=key)


def test_a_repeat_gets_the_same_answer_and_has_no_effect():
    client = root_client()
    first = post(client, {"name": "Tools"}, "k-1")
    second = post(client, {"name": "Tools"}, "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert (second["Location"], second["ETag"]) == (first["Location"], first["ETag"])
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert Category.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"data": {"name": "Other"}}, {"url": f"{URL}?fields=id"}, {"url": "/api/v1/roles/"}]
)
def test_the_key_of_another_request_is_refused(change):
    client = root_client()
    post(client, {"name": "Tools"}, "k-1")
    answer = post(client, **{"data": {"name": "Tools"}, "key": "k-1", **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Category.objects.count() == 1


def test_keys_of_two_users_are_two_keys():
    assert post(root_client(), {"name": "Tools"}, "k-1").status_code == 201
    assert post(root_client(), {"name": "Screws"}, "k-1").status_code == 201


def test_a_refused_request_leaves_its_key_free():
    client = root_client()
    assert post(client, {"name": ""}, "k-1").status_code == 400
    assert not IdempotencyRecord.objects.exists()
    assert post(client, {"name": "Tools"}, "k-1").status_code == 201


def test_a_trial_leaves_its_key_free():
    client = root_client()
    trial = post(client, {"name": "Tools"}, "k-1", f"{URL}?dry_run=true")
    assert (trial.status_code, trial["Dry-Run"], trial.json()["name"]) == (201, "true", "Tools")
    assert not Category.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert post(client, {"name": "Tools"}, "k-1").status_code == 201


def test_the_caller_is_authenticated_before_anything_is_replayed():
    user = SuperuserFactory()
    post(client_for(user), {"name": "Tools"}, "k-1")
    assert APIClient().post(URL, {"name": "Tools"}, HTTP_IDEMPOTENCY_KEY="k-1").status_code == 401
    client = client_for(user)
    user.is_superuser = False
    user.save()
    assert post(client, {"name": "Tools"}, "k-1").status_code == 403


@pytest.mark.parametrize("key", ["x" * 256, "a b", "ä", "a\tb"])
def test_keys_that_are_none(key):
    answer = post(root_client(), {"name": "Tools"}, key)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "Idempotency-Key")
    assert not Category.objects.exists()


def test_other_methods_have_no_key():
    client = root_client()
    created = post(client, {"name": "Tools"}, "k-1").json()
    answer = client.patch(f"{URL}{created['id']}/", {"name": "Screws"}, HTTP_IDEMPOTENCY_KEY="k-1")
    assert (answer.status_code, answer.json()["name"]) == (200, "Screws")


def test_parallel_repeats_have_one_effect(transactional_database):
    user = SuperuserFactory()
    _token, key = create_token(user, "test")
    clients, start, answers = 8, threading.Barrier(8), []

    def run() -> None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        start.wait()
        try:
            answers.append(post(client, {"name": "Tools"}, "k-1"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * clients
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.has_header("Idempotent-Replayed") for answer in answers) == clients - 1
    assert Category.objects.count() == 1


@pytest.mark.postgres
def test_whoever_waits_too_long_is_told_to_come_again(transactional_database, monkeypatch):
    monkeypatch.setattr("inventory_project.base.api.idempotency.WAIT_SECONDS", 0.2)
    user = SuperuserFactory()
    client = client_for(user)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO idempotency_record (user_id, key, fingerprint, status_code, headers, body, created_at)"
                " VALUES (%s, 'k-1', '', 0, '{}', '', now())",
                [user.pk],
            )
            answer = post(client, {"name": "Tools"}, "k-1")
    finally:
        other.close()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "in_progress", "1")
    assert not Category.objects.exists()
    assert post(client, {"name": "Tools"}, "k-1").status_code == 201


def test_a_record_does_not_tell_a_password_to_who_tries_many_out():
    """A bare digest of the body would be tried as fast as a machine can; that of a password can't."""
    client, password = root_client(), "correct horse battery 8"
    body = {"username": "ada", "email": "ada@example.com", "first_name": "A", "last_name": "L", "password": password}
    sent = json.dumps(body).encode()

    def make():
        headers = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
        return client.generic("POST", "/api/v1/users/", sent, content_type="application/json", **headers)

    assert make().status_code == 201
    record = IdempotencyRecord.objects.get()
    bare = hashlib.sha256(b"POST\n/api/v1/users/\napplication/json\n" + sent).hexdigest()
    assert record.fingerprint != bare
    assert password not in record.body
    IdempotencyRecord.objects.update(fingerprint=bare)  # as older releases have written it
    assert make()["Idempotent-Replayed"] == "true"
    IdempotencyRecord.objects.update(fingerprint="0" * 64)
    assert make().json()["code"] == "key_reused"
