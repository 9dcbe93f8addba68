"""Two real servers: lists are read from the replica, nobody misses what they wrote, and its death costs nothing."""

import re
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from .pair import Pair, Product, pair_of_servers

pytestmark = pytest.mark.postgres

FROM_REPLICA = re.compile(r'inventory_query_seconds_count\{database="replica_1",kind="SELECT"[^}]*\} (\d+)')


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with pair_of_servers() as servers:
        yield servers


@pytest.fixture(scope="module")
def keys(pair) -> tuple[str, str]:
    return pair.key("writer"), pair.key("reader")


@pytest.fixture
def product(pair, tmp_path) -> Iterator[Product]:
    figures = tmp_path / "figures"
    figures.mkdir()
    with pair.product(tmp_path / "server.log", PROMETHEUS_MULTIPROC_DIR=str(figures)) as running:
        yield running


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return False


def read_there(product: Product) -> int:
    """How many statements the replica has answered."""
    http = HTTPConnection("127.0.0.1", product.port, timeout=20)
    http.request("GET", "/metrics", headers={"Authorization": "Bearer metrics"})
    found = FROM_REPLICA.search(http.getresponse().read().decode())
    http.close()
    return int(found[1]) if found else 0


def uses_replica(product: Product, key: str) -> bool:
    """Whether reading a list asks the replica for more than how far it is."""
    before = read_there(product)
    for _each in range(20):  # in much less than the second between two looks of each of two workers
        assert product.as_user(key).get("products/").status == 200
    return read_there(product) - before > 6


def names(product: Product, key: str) -> list[str]:
    answer = product.as_user(key).get("products/?ordering=-created_at&fields=name")
    assert answer.status == 200, answer.text
    return [row["name"] for row in answer.json["results"]]


def add(product: Product, key: str, name: str) -> None:
    made = {"sku": name, "name": name, "price": "1.00", "category": 1}
    answer = product.as_user(key).post("products/", made)
    assert answer.status == 201, answer.text


@pytest.fixture(scope="module", autouse=True)
def prepared(pair, keys, tmp_path_factory) -> None:
    log = tmp_path_factory.mktemp("prepared") / "log"
    with pair.product(log) as running:
        category = running.as_user(keys[0]).post("categories/", {"name": "All"})
        assert category.status == 201, category.text


def test_lists_are_read_from_the_replica_and_records_from_the_primary(product, keys):
    assert eventually(lambda: uses_replica(product, keys[1]))


def test_whoever_writes_reads_it_at_once_while_the_replica_stands_still(product, pair, keys):
    writer, reader = keys
    assert eventually(lambda: uses_replica(product, writer))
    pair.ask(pair.replica, "SELECT pg_wal_replay_pause()")
    try:
        for number in range(10):
            add(product, writer, f"late-{number}")
            assert f"late-{number}" in names(product, writer)
        assert pair.ask(pair.replica, "SELECT count(*) FROM product WHERE name LIKE 'late-%'") == 0
        # Too far behind for everybody after a while: the others see it, too.
        assert eventually(lambda: "late-9" in names(product, reader))
    finally:
        pair.ask(pair.replica, "SELECT pg_wal_replay_resume()")
    assert eventually(lambda: uses_replica(product, writer))
    assert "late-9" in names(product, writer)


def test_a_replica_that_dies_costs_nobody_an_answer(product, pair, keys):
    assert eventually(lambda: uses_replica(product, keys[1]))
    pair.replica.call("pg_ctl", "-D", pair.replica.data, "-m", "immediate", "-w", "stop")
    try:
        for _each in range(30):
            assert product.as_user(keys[1]).get("products/").status == 200
        add(product, keys[0], "alone")
        assert "alone" in names(product, keys[1])
    finally:
        pair.replica.start_again()
    assert eventually(lambda: uses_replica(product, keys[1]), seconds=40)
