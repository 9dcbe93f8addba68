"""`migrate` is killed in the middle and run again: the database is then as if nothing had happened."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.backups.site import connect, on_server
from tests.conftest import ROOT
from tests.proof.figures import note
from tests.proof.sizes import SEED, SIZE
from tests.test_migrations import schema

LONGEST_STEP = 0.3
"""Seconds: a moment in a step of a migration is chosen up to then."""


@pytest.fixture
def empty(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table; the connection leads to the migrated one of the tests."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            yield f"sqlite:///{tmp_path / 'broken.sqlite3'}"
            return
        name, given = f"broken_{secrets.token_hex(4)}", connection.settings_dict
        on_server("CREATE DATABASE {}", name)
        try:
            account = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
            yield f"postgres://{account}@{given['HOST']}:{given['PORT']}/{name}"
        finally:
            connection.close()
            on_server("DROP DATABASE {} WITH (FORCE)", name)


def migrate(url: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", "migrate", *arguments],
        cwd=ROOT,
        env=os.environ | {"ENVIRONMENT": "development", "DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def begin_and_kill(url: str, steps: int, pause: float) -> str:
    """Kill it a moment after it has told of so many finished migrations; gives what it told."""
    process = migrate(url)
    try:
        told, done = "", 0
        while done < steps and (line := process.stdout.readline()):
            told += line
            done += line.rstrip().endswith("OK")
        time.sleep(pause)
    finally:
        process.kill()
        process.wait()
    assert done == steps, told
    return told + process.stdout.read()


def run(url: str, *arguments: str) -> str:
    process = migrate(url, *arguments)
    told, _nothing = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told


def shape_of(url: str) -> dict[str, tuple]:
    """All that the database there knows of its tables."""
    before = connection.settings_dict["NAME"]
    connect(url.removeprefix("sqlite:///") if connection.vendor == "sqlite" else url.rpartition("/")[2])
    try:
        return schema()
    finally:
        connect(before)


def unfinished(url: str) -> list[tuple]:
    """Indexes and constraints that an interrupted statement has left half-made."""
    if connection.vendor == "sqlite":
        return []
    before = connection.settings_dict["NAME"]
    connect(url.rpartition("/")[2])
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid "
                "UNION ALL SELECT conname FROM pg_constraint WHERE NOT convalidated"
            )
            return cursor.fetchall()
    finally:
        connect(before)


def test_migrate_killed_at_any_moment_completes(empty: str):
    steps = len(MigrationLoader(None).disk_migrations)
    chance, told = Random(f"{SEED}/migrate/{connection.vendor}"), []
    expected = schema()
    # Each run goes on where the one before it ended.
    moments = sorted(chance.sample(range(steps + 1), SIZE.broken_migrations))
    done = 0
    for moment in moments:
        told.append(begin_and_kill(empty, max(moment - done, 0), chance.uniform(0, LONGEST_STEP)))
        done += sum(line.rstrip().endswith("OK") for line in told[-1].splitlines())
    run(empty)
    assert shape_of(empty) == expected
    assert unfinished(empty) == []
    run(empty, "--check")
    note("migrate killed (-9) and run again", f"{len(moments)} moments, of {steps} migrations", "complete each time")
