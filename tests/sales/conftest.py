"""What the tests of sales share. After every one of them stock, reservations, shipments and totals still agree."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import TaxRate
from inventory_project.base.errors import RuleViolation
from stock.models import Warehouse
from tests.factories.accounts import UserFactory
from tests.factories.sales import default_tax_rate
from tests.factories.stock import WarehouseFactory
from tests.sales.books import assert_consistent, everything

BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@pytest.fixture(autouse=True)
def consistent(db) -> Iterator[None]:
    yield
    assert_consistent()


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

    @contextmanager
    def expect(code: str, *words: str, field: str | None = None):
        before = everything()
        with pytest.raises(RuleViolation) as caught, transaction.atomic():
            yield caught
        assert caught.value.code == code, caught.value
        for word in words:
            assert word in str(caught.value)
        if field is not None:
            assert caught.value.field == field
        assert everything() == before

    return expect


@pytest.fixture
def statements() -> Callable[[Callable[[], object]], int]:
    """How many SQL statements a call takes, not counting those that only bracket transactions."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len([query for query in captured if not query["sql"].startswith(BOOKKEEPING)])

    return count
