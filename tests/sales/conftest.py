"""What the tests of sales share: somebody who acts, and a default tax rate of 19 %."""

import pytest

from accounts.models import User
from catalog.models import TaxRate
from stock.models import Warehouse
from tests.factories.accounts import UserFactory
from tests.factories.sales import default_tax_rate
from tests.factories.stock import WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tax_rate(db) -> TaxRate:
    return default_tax_rate()


@pytest.fixture
def clerk(db) -> User:
    return UserFactory(username="clerk")


@pytest.fixture
def warehouse(db) -> Warehouse:
    return WarehouseFactory()
