"""After every test of stock, balances, places and ledger still agree."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory_project.integrity.run import INVARIANTS, check_all
from tests.refusals import refusal
from tests.stock.ledger import assert_consistent, everything

# These tests reserve without orders, change a setting for a while, and make a warehouse without bins on purpose.
NOT_HERE = {"reserved_matches_reservations", "no_more_is_received_than_allowed", "warehouses_have_one_default_bin"}
CLIENTS = 8
AREAS = {"stock", "ledger", "documents"}
CHECKED = [rule.name for rule in INVARIANTS if rule.area in AREAS and rule.name not in NOT_HERE]


@pytest.fixture(autouse=True)
def consistent(db) -> Iterator[None]:
    yield
    assert_consistent()
    broken = [result for result in check_all(only=CHECKED) if not result.holds]
    assert broken == []


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager]:
    """Expect a refusal that changes nothing: `with refused("over_receipt", "2 ordered"): ...`."""
    return partial(refusal, everything)


@pytest.fixture
def statements() -> Callable[[Callable[[], object]], int]:
    """How many SQL statements a call takes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture
def at_once() -> Callable[[Callable[[int], object]], list[Exception]]:
    """Let eight clients do the same work in the same instant; returns what went wrong. Only in tests that commit."""
    start = threading.Barrier(CLIENTS)

    def run(work: Callable[[int], object], client: int) -> None:
        try:
            start.wait(30)
            work(client)
        finally:
            connection.close()

    def run_all(work: Callable[[int], object]) -> list[Exception]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(run, work, client) for client in range(CLIENTS)]
        return [problem for future in futures if (problem := future.exception())]

    return run_all
