"""SQLite lets one write at a time. Ten processes that trade on one file wait for each other politely: nothing is lost,
and nobody is told that the database is locked."""

import json
import os
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction

from inventory_project.base import turns
from tests.proof.figures import note
from tests.proof.server import ROOT
from tests.proof.shop import on_hand, open_shop
from tests.proof.sizes import SEED, SIZE

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 10


@pytest.mark.sqlite
def test_who_waits_longest_gives_up_in_the_end(monkeypatch, crowd):
    """After a minute; a usual statement then waits as SQLite does again."""
    monkeypatch.setattr(turns, "PATIENCE", 0.2)

    def work(client: int) -> tuple[int]:
        with pytest.raises(OperationalError, match="locked"), transaction.atomic():
            pass
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA busy_timeout").fetchone()

    with transaction.atomic():
        assert crowd(1).all_do(work) == [(30_000,)]


@pytest.mark.sqlite
def test_ten_processes_write_one_file():
    open_shop(products=4, warehouses=2, units=100)
    before = on_hand()
    file = connection.settings_dict["NAME"]
    connection.close()
    environment = {**os.environ, "ENVIRONMENT": "development", "DATABASE_URL": f"sqlite:///{file}"}
    environment["SLOW_QUERY_MILLISECONDS"] = "1000000"  # waiting for one's turn is what this is about, and no news
    begun = time.monotonic()
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.proof.writer", f"{SEED}/{number}", str(SIZE.writer_deals)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    told = [writer.communicate(timeout=1800) for writer in writers]
    took = time.monotonic() - begun
    assert [(writer.returncode, problem) for writer, (_out, problem) in zip(writers, told, strict=True)] == [
        (0, "")
    ] * WRITERS
    reports = [json.loads(out) for out, _problem in told]
    moved: Counter[tuple[int, int]] = Counter()
    for report in reports:
        for product, place, units in report["moved"]:
            moved[product, place] += units
    assert on_hand() == {place: units + moved[place] for place, units in before.items()}
    done = sum(report["transactions"] for report in reports)
    note(
        f"{WRITERS} processes write one SQLite file",
        f"{done:,} transactions in {took:.0f} s",
        f"nothing lost, none told that it is locked; the longest transaction took "
        f"{max(report['longest'] for report in reports):.1f} s",
    )
