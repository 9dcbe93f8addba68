"""How many requests the API takes, and what it says about it."""

import subprocess
import sys
import threading
import time

import pytest
from django.core.checks import run_checks
from django.test import Client

from accounts.services import create_token
from inventory_project.base.counters import CounterFile
from tests.api_client import client_for, root_client
from tests.conftest import ROOT
from tests.factories.accounts import SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/products/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Early in an hour: no period ends during a test."""
    now = 1_800_000_000
    monkeypatch.setattr("inventory_project.base.rates.time.time", lambda: now)


def told(answer) -> tuple[int, int, int]:
    return tuple(int(answer[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))


def test_every_answer_says_what_is_left(rates):
    rates(user="10/min", address="10/min")
    client = root_client()
    answers = [
        client.get(PATH),
        client.get(f"{PATH}?nonsense=1"),
        client.get(f"{PATH}999999/"),
        client.post(PATH, {}),
        client.delete(PATH),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 404, 400, 405]
    assert [told(answer)[:2] for answer in answers] == [(10, 9 - n) for n in range(5)]
    assert told(answers[0])[2] == 60
    lacking = client_for(UserFactory()).get(PATH)
    assert (lacking.status_code, told(lacking)[:2]) == (403, (10, 9))
    nobody = Client().get(PATH)
    assert (nobody.status_code, told(nobody)[:2]) == (401, (10, 9))
    nowhere = Client().get("/api/v1/nothing/")
    assert (nowhere.status_code, told(nowhere)[:2]) == (404, (10, 8))


def test_too_many_are_refused_with_the_published_code(rates):
    rates(user="3/min")
    user = SuperuserFactory()
    one, two = client_for(user), client_for(user)  # another key is no further allowance
    assert [client.get(PATH).status_code for client in (one, two, one)] == [200] * 3
    answer = two.get(PATH)
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert (answer.json()["code"], answer["Retry-After"]) == ("throttled", "60")
    assert told(answer) == (3, 0, 60)
    assert root_client().get(PATH).status_code == 200
    assert two.get("/api/errors/throttled").status_code == 200


def test_refusals_are_counted_too(rates):
    rates(user="2/min", address="2/min")
    client = client_for(UserFactory())
    assert [client.get(PATH).status_code for _time in range(3)] == [403, 403, 429]
    assert [Client().get(PATH).status_code for _time in range(3)] == [401, 401, 429]
    assert Client().get(PATH, REMOTE_ADDR="192.0.2.9").status_code == 401


def test_a_new_period_begins_anew(rates, monkeypatch):
    rates(user="1/min")
    client = root_client()
    assert [client.get(PATH).status_code for _time in range(2)] == [200, 429]
    monkeypatch.setattr("inventory_project.base.rates.time.time", lambda: 1_800_000_060)
    assert client.get(PATH).status_code == 200


def test_trying_keys_out_is_stopped_but_good_keys_work_on(rates):
    rates(wrong_key="2/min")
    _token, key = create_token(SuperuserFactory(), "x")
    wrong = {"authorization": "Bearer inv_guess"}
    answers = [Client().get(PATH, headers=wrong) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].json()["code"] == "throttled"
    assert int(answers[2]["Retry-After"]) > 0
    assert Client().get(PATH, headers={"authorization": f"Bearer {key}"}).status_code == 200
    assert Client().get(PATH, headers=wrong, REMOTE_ADDR="192.0.2.9").status_code == 401


def test_pages_of_the_back_office_say_nothing_of_it(client):
    assert "RateLimit-Limit" not in client.get("/admin/login/")
    assert "RateLimit-Limit" not in client.get("/api/errors/throttled")


def test_a_replay_is_counted_and_says_so(rates):
    rates(user="5/min")
    client = root_client()
    for left in (4, 3):
        answer = client.post("/api/v1/tax-rates/?dry_run=true", {}, headers={"idempotency-key": "a"})
        assert told(answer)[1] == left


ADD_MANY = """
import sys, pathlib
from inventory_project.base.counters import CounterFile
table = CounterFile(pathlib.Path(sys.argv[1]))
for _time in range(2000):
    table.add(42, 1, 2_000_000_000, 1_800_000_000)
"""


def test_nothing_is_lost_between_threads_and_processes(tmp_path):
    path = tmp_path / "counters"
    table = CounterFile(path)
    processes = [subprocess.Popen([sys.executable, "-c", ADD_MANY, str(path)], cwd=ROOT) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda: [table.add(42, 1, 2_000_000_000, 1_800_000_000) for _ in range(2000)])
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(60) for process in processes] == [0, 0]
    assert table.add(42, 0, 0, 1_800_000_000) == 8000


def test_a_full_table_lets_the_smallest_counter_go(tmp_path):
    table, until, now = CounterFile(tmp_path / "counters"), 2_000_000_000, 1_800_000_000
    for tag in range(8):
        table.add(1 + tag * 65_536, tag + 1, until, now)
    assert table.add(1 + 8 * 65_536, 1, until, now) == 1
    assert table.add(1 + 7 * 65_536, 0, until, now) == 8


def test_counting_costs_microseconds(tmp_path):
    table, begun = CounterFile(tmp_path / "counters"), time.process_time()
    for _time in range(1000):
        table.add(7, 1, 2_000_000_000, 1_800_000_000)
    assert time.process_time() - begun < 1


def test_without_redis_and_without_a_place_to_count_work_goes_on_and_the_check_says_so(settings, rates):
    rates(user="1/min")
    settings.COUNTERS_FILE = "/proc/nowhere/counters"
    client = root_client()
    assert [client.get(PATH).status_code for _time in range(3)] == [200] * 3
    assert "signin.W001" in {problem.id for problem in run_checks(include_deployment_checks=True)}


def test_redis_that_is_away_keeps_nobody_from_working(settings, rates, monkeypatch):
    rates(user="1/min")
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {
            "BACKEND": "inventory_project.base.cache_backends.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    client = root_client()
    assert [client.get(PATH).status_code for _time in range(3)] == [200] * 3


def test_redis_counts_as_the_file_does(settings, rates):
    """The cache of memory has the same two operations as that of Redis."""
    rates(user="2/min")
    settings.CACHE_URL = "redis://somewhere"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rates"}}
    client = root_client()
    assert [client.get(PATH).status_code for _time in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("rate", ["many", "0/min", "5", "5/fortnight", "-1/min"])
def test_a_rate_that_can_not_be_read_is_refused(rates, rate):
    rates(user=rate)
    assert "signin.E001" in {problem.id for problem in run_checks()}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("AXES_FAILURE_LIMIT", 1, "signin.E002"),
        ("AXES_FAILURE_LIMIT", 1000, "signin.E002"),
        ("SESSION_IDLE_SECONDS", 0, "signin.E003"),
        ("SESSION_IDLE_SECONDS", 10**9, "signin.E003"),
        ("TRUSTED_PROXY_COUNT", -1, "signin.E005"),
    ],
)
def test_settings_that_lock_everybody_out_or_nobody_are_refused(settings, name, value, problem):
    setattr(settings, name, value)
    assert problem in {found.id for found in run_checks()}
