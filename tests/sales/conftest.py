"""What the tests of sales share. After every one of them stock, reservations, shipments and totals still agree."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import TaxRate
from inventory_project.base.errors import RuleViolation
from inventory_project.integrity.run import INVARIANTS, check_all
from stock.models import Warehouse
from tests.factories.accounts import UserFactory
from tests.factories.sales import default_tax_rate
from tests.factories.stock import WarehouseFactory
from tests.refusals import refusal
from tests.sales.books import assert_consistent, everything

# One test counts an order line as invoiced without an invoice.
NOT_HERE = {"invoiced_matches_invoices"}
AREAS = {"stock", "ledger", "sales", "documents", "amounts"}
CHECKED = [rule.name for rule in INVARIANTS if rule.area in AREAS and rule.name not in NOT_HERE]
CLIENTS = 8
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@pytest.fixture(autouse=True)
def consistent(db) -> Iterator[None]:
    yield
    assert_consistent()
    assert [result for result in check_all(only=CHECKED) if result.is_violation] == []


@pytest.fixture(autouse=True)
def tax_rate(db) -> TaxRate:
    """The default rate: 19 %."""
    return default_tax_rate()


@pytest.fixture
def clerk(db) -> User:
    return UserFactory(username="clerk")


@pytest.fixture
def warehouse(db) -> Warehouse:
    return WarehouseFactory(code="HAM")


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager]:
    """Expect a refusal that changes nothing: `with refused("credit_limit", "100.00"): ...`."""
    return partial(refusal, everything)


@pytest.fixture
def statements() -> Callable[[Callable[[], object]], int]:
    """How many SQL statements a call takes, not counting those that only bracket transactions."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len([query for query in captured if not query["sql"].startswith(BOOKKEEPING)])

    return count


@pytest.fixture
def at_once() -> Callable[[Callable[[int], object]], list[object]]:
    """Let eight clients do something in the same instant; returns what each got or what went wrong. Only in tests
    that commit."""
    start = threading.Barrier(CLIENTS)

    def run(work: Callable[[int], object], client: int) -> object:
        try:
            start.wait(30)
            return work(client)
        except RuleViolation as refusal:
            return refusal
        finally:
            connection.close()

    def run_all(work: Callable[[int], object]) -> list[object]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(run, work, client) for client in range(CLIENTS)]
        return [future.result() for future in futures]

    return run_all
