"""The primary dies under load and its replica takes its place: the site is whole again, and nothing that was
acknowledged is lost or counted twice."""

import os
import signal
import threading
import time
import uuid

import pytest

from tests.proof.server import Caller

from .pair import Pair, Product, pair_of_servers

pytestmark = pytest.mark.postgres

WRITERS = 4
BEFORE, AFTER = 25, 10
"""Acknowledged writes before the primary is killed, and after it."""


class Writers:
    """Clients that add categories, each again with its key until it is acknowledged."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.acknowledged: list[str] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)

    def _write(self, writer: int) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            name, key = f"w{writer}-{number}", uuid.uuid4().hex
            while not self.stop.is_set() and not self._send(name, key):
                time.sleep(0.2)

    def _send(self, name: str, key: str) -> bool:
        try:
            answer = self.caller.post("categories/", {"name": name}, Idempotency_Key=key)
        except OSError:
            return False
        assert answer.status in (201, 500, 503), answer.text
        if answer.status == 201:
            self.acknowledged.append(name)
        return answer.status == 201

    def wait_for(self, count: int, seconds: float = 90) -> float:
        """Wait until so many more are acknowledged; the seconds that it took."""
        started, goal = time.monotonic(), len(self.acknowledged) + count
        while len(self.acknowledged) < goal:
            assert time.monotonic() - started < seconds, f"{len(self.acknowledged)} of {goal} were acknowledged"
            time.sleep(0.05)
        return time.monotonic() - started


def test_no_acknowledged_write_is_lost_when_the_replica_takes_over(tmp_path):
    with pair_of_servers(synchronous=True) as pair:
        key = pair.key("writer")
        with pair.product(tmp_path / "server.log") as product:
            acknowledged = _write_through_a_fail_over(pair, product, key)
        stored = pair.ask(pair.replica, "SELECT count(*) FROM category WHERE name LIKE 'w%'")
        distinct = pair.ask(pair.replica, f"SELECT count(*) FROM category WHERE name IN {_sql_list(acknowledged)}")

        assert distinct == len(acknowledged) == len(set(acknowledged))
        assert len(acknowledged) <= stored <= len(acknowledged) + WRITERS  # what was under way when it ended
        assert "All" in pair.manage("check_integrity")


def _write_through_a_fail_over(pair: Pair, product: Product, key: str) -> list[str]:
    with Writers(product.as_user(key)) as writers:
        writers.wait_for(BEFORE)
        postmaster = int((pair.primary.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        pair.replica.promote()
        writers.wait_for(AFTER)
    return writers.acknowledged


def _sql_list(names: list[str]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"
