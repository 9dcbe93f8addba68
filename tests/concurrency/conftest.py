"""What proofs under concurrency share. After each all invariants hold, and nobody waited in a circle."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from accounts.services import create_token
from inventory_project.integrity import check_all
from tests.proof.crowd import Crowd
from tests.proof.server import Caller, Server, serving
from tests.proof.shop import Shop, open_shop


@pytest.fixture(autouse=True)
def nobody_waits_in_a_circle(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """PostgreSQL has found no deadlock, unless the test is about them (`deadlocks`)."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    before = deadlocks_so_far()
    yield
    assert "deadlocks" in request.fixturenames or deadlocks_so_far() == before


@pytest.fixture(autouse=True)
def books_are_right(nobody_waits_in_a_circle: None) -> Iterator[None]:
    """`check_integrity` finds nothing."""
    yield
    assert [(each.invariant.name, each.finding.faults, each.error) for each in check_all() if each.is_violation] == []


def deadlocks_so_far() -> int:
    """What PostgreSQL has counted in this database. A session hands its counts in when it ends, so all others do."""
    with connection.cursor() as cursor:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others} AND state = 'idle'")
        for _attempt in range(100):
            cursor.execute(f"SELECT count(*) {others}")
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.05)
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.fixture
def deadlocks() -> Callable[[], int]:
    """How many deadlocks there have been since the test began."""
    before = deadlocks_so_far()
    return lambda: deadlocks_so_far() - before


@pytest.fixture
def crowd() -> Iterator[Callable[[int], Crowd]]:
    """Make a crowd of so many clients; they are sent home after the test."""
    crowds: list[Crowd] = []

    def gather(size: int) -> Crowd:
        crowds.append(Crowd(size))
        return crowds[-1]

    yield gather
    for each in crowds:
        each.go_home()


@pytest.fixture
def shop(db: None, settings) -> Shop:
    """A shop without products; what arrives is not given to back-orders by itself."""
    settings.AUTO_ALLOCATE = False
    return open_shop(warehouses=2)


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product, running on the database of the tests."""
    place: Path = tmp_path_factory.mktemp("server")
    with serving(place / "gunicorn.log", DOCUMENTS_ROOT=str(place / "documents")) as running:
        yield running


@pytest.fixture
def caller(server: Server, shop: Shop) -> Caller:
    """A program that may do everything, with a key of the clerk."""
    return server.caller(create_token(shop.clerk, "proof")[1])
