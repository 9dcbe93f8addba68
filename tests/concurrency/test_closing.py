"""A bin or a warehouse is closed while goods come in: either the goods are there and it stays open, or it is closed and
they stay out."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from inventory_project.base.errors import RuleViolation
from stock.models import Inventory
from stock.services import OpeningLine, enter_opening_stock, save_bin, save_warehouse
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def wait_for_a_waiter() -> None:
    """Until another connection waits for a lock of this one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise TimeoutError("Nobody waited.")


@pytest.fixture(params=["bin", "warehouse"])
def scene(request, shop):
    """Something to close, what saves it, and a line of goods that come into it."""
    warehouse = shop.warehouses[0]
    place = BinFactory(warehouse=warehouse, is_default=False)
    closing, save = {"bin": (place, save_bin), "warehouse": (warehouse, save_warehouse)}[request.param]
    closing.is_active = False
    line = OpeningLine(ProductFactory(), warehouse, 2, Decimal(3), bin=place)
    return closing, lambda: save(closing, by=shop.clerk), lambda: enter_opening_stock([line], by=shop.clerk)


def one_after_the_other(crowd, first: Callable, second: Callable) -> list[object]:
    """The second starts when the first has done its work, which is committed when the second waits for it."""
    done = threading.Event()

    def work(client: int) -> None:
        if client:
            assert done.wait(10)
            second()
            return
        with transaction.atomic():
            first()
            done.set()
            wait_for_a_waiter()

    return crowd(2).all_do(work)


def test_goods_on_their_way_in_keep_it_open(scene, crowd):
    closing, close, bring = scene
    brought, refused = one_after_the_other(crowd, bring, close)
    assert brought is None
    assert isinstance(refused, RuleViolation)
    assert refused.code == "has_stock"
    closing.refresh_from_db()
    assert closing.is_active
    assert Inventory.objects.get(quantity=2).stock_value == 6


def test_what_is_being_closed_takes_nothing_in(scene, crowd):
    closing, close, bring = scene
    closed, refused = one_after_the_other(crowd, close, bring)
    assert closed is None
    assert isinstance(refused, RuleViolation)
    assert refused.code in ("inactive_bin", "inactive_warehouse")
    closing.refresh_from_db()
    assert not closing.is_active
    assert not Inventory.objects.filter(quantity=2).exists()
