"""Staging and production refuse to start on what is missing or unsafe, with one clear line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x7Q!kd83hf_92jfnv73hskq02mfbv8s7dh2ksn38fhsk29sjfn3kd",
    "ALLOWED_HOSTS": "inventory.example.com",
    "DATABASE_URL": "postgres://inventory@127.0.0.1:1/inventory",
}


FAILURE = """
import logging
from django.http import HttpRequest
from inventory_project.base.request_id import RequestIdMiddleware
def fail(request):
    logging.getLogger("django.request").error("Internal Server Error", exc_info=ZeroDivisionError("why"))
    return {}
print(RequestIdMiddleware(fail)(HttpRequest())["X-Request-ID"])
"""


def start(code: str = "", **variables: str) -> subprocess.CompletedProcess:
    """Start Django with nothing but these variables set."""
    environment = {"PATH": os.environ["PATH"], **variables}
    code = f"import django; django.setup()\n{code}"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "inventory_project.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_starts_in_development_with_nothing_set():
    assert start().returncode == 0


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_it_starts_with_all_that_is_needed(environment):
    result = start(**GOOD | {"ENVIRONMENT": environment})

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too weak"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must name"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name"),
        ("DATABASE_URL", "", "DATABASE_URL must name a PostgreSQL database"),
        ("DATABASE_URL", "sqlite:////tmp/x.db", "DATABASE_URL must name a PostgreSQL database"),
        ("DEBUG", "true", "DEBUG must be off"),
        ("CONN_MAX_AGE", "60", "CONN_MAX_AGE must be 0 where there is a pool"),
        ("INSTALLATION", "Main/1", "INSTALLATION must be of small letters"),
        ("BACKUPS_URL", "https://backups.example.com/inventory", "BACKUPS_URL must be a directory, s3://BUCKET"),
        ("BACKUPS_URL", "s3:///inventory", "BACKUPS_URL must be a directory, s3://BUCKET"),
        ("ENVIRONMENT", "prod", "must be development, staging or production"),
    ],
)
def test_it_refuses_with_one_line(variable, value, complaint):
    result = start(**GOOD | {variable: value})

    assert result.returncode == 1
    assert complaint in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_every_variable_is_in_the_example_file():
    read = set(
        re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z0-9_]+)\"""", (ROOT / "inventory_project/settings.py").read_text())
    )
    shown = set(re.findall(r"^#([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read == shown


def test_a_failure_in_production_is_in_the_log_with_its_request():
    done = start(FAILURE, **GOOD)
    line = json.loads(done.stderr)

    assert line["message"] == "Internal Server Error"
    assert (line["level"], line["request_id"]) == ("ERROR", done.stdout.strip())
    assert "ZeroDivisionError: why" in line["exc_info"]


def database_settings(**variables: str) -> dict:
    """What the settings make of a PostgreSQL database."""
    code = "from inventory_project.settings import DATABASES; import json; print(json.dumps(DATABASES['default']))"
    environment = {"PATH": os.environ["PATH"], **GOOD, **variables}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_production_has_a_pool_whose_connections_are_checked():
    given = database_settings(POOL_MAX_SIZE="6", POOL_MIN_SIZE="2")

    assert (given["CONN_MAX_AGE"], given["CONN_HEALTH_CHECKS"]) == (0, True)
    assert (given["OPTIONS"]["pool"]["min_size"], given["OPTIONS"]["pool"]["max_size"]) == (2, 6)


def test_nobody_waits_for_ever():
    assert database_settings(LOCK_TIMEOUT_SECONDS="7", IDLE_IN_TRANSACTION_TIMEOUT_SECONDS="0")["OPTIONS"][
        "options"
    ] == ("-c lock_timeout=7s -c statement_timeout=60s")


def test_behind_pgbouncer_nothing_is_left_in_a_session():
    given = database_settings(PGBOUNCER="true")

    assert given["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert given["OPTIONS"] == {"prepare_threshold": None}
