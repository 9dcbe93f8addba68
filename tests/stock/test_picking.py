"""First expired first out, and nothing that is blocked or expired."""

from datetime import timedelta

import pytest
from django.db import transaction

from catalog.models import Tracking
from inventory_project.base.clock import today
from stock.models import Lot
from stock.services import Demand, Pick, lock_balances, pick, promisable, unshippable
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock

SOON, LATE = today() + timedelta(days=10), today() + timedelta(days=99)


def choose(*demands: Demand, **options) -> list[list[Pick]]:
    with transaction.atomic():
        return pick(demands, lock_balances({demand.place for demand in demands}), **options)


@pytest.fixture
def warehouse():
    return WarehouseFactory(name="Hamburg")


@pytest.fixture
def product(warehouse):
    """A product with four lots of 5: never expiring, late, soon, and soon but blocked."""
    product = ProductFactory(tracking=Tracking.LOT)
    for number, day in (("NEVER", None), ("LATE", LATE), ("SOON", SOON), ("BLOCKED", SOON)):
        put_in_stock(product, warehouse, 5, lot_number=number, expires_on=day)
    Lot.objects.filter(number="BLOCKED").update(is_blocked=True)
    return product


def lot(number: str) -> int:
    return Lot.objects.get(number=number).pk


def test_what_expires_first_leaves_first(product, warehouse):
    place = default_bin(warehouse).pk
    assert choose(Demand(product.pk, warehouse.pk, 12)) == [
        [Pick(place, lot("SOON"), 5), Pick(place, lot("LATE"), 5), Pick(place, lot("NEVER"), 2)]
    ]


def test_blocked_and_expired_lots_stay(product, warehouse, refused):
    put_in_stock(product, warehouse, 5, lot_number="GONE", expires_on=today() - timedelta(days=1))
    with refused("insufficient_stock", product.sku, "Only 15 of 16"):
        choose(Demand(product.pk, warehouse.pk, 16))
    [picks] = choose(Demand(product.pk, warehouse.pk, 25), shippable_only=False)
    assert sum(part.quantity for part in picks) == 25


def test_demands_share_what_there_is_and_named_ones_choose_first(product, warehouse):
    place = default_bin(warehouse).pk
    picks = choose(
        Demand(product.pk, warehouse.pk, 3),
        Demand(product.pk, warehouse.pk, 4, lot_id=lot("SOON")),
        Demand(product.pk, warehouse.pk, 2),
    )
    assert picks == [
        [Pick(place, lot("SOON"), 1), Pick(place, lot("LATE"), 2)],
        [Pick(place, lot("SOON"), 4)],
        [Pick(place, lot("LATE"), 2)],
    ]


def test_a_named_lot_is_taken_although_it_is_blocked(product, warehouse):
    [[part]] = choose(Demand(product.pk, warehouse.pk, 2, lot_id=lot("BLOCKED")))
    assert (part.lot_id, part.quantity) == (lot("BLOCKED"), 2)


def test_every_short_demand_is_named(product, warehouse, refused):
    other = ProductFactory()
    with refused("insufficient_stock", "Only 5 of 6", "lot LATE", other.sku) as caught:
        choose(Demand(product.pk, warehouse.pk, 6, lot_id=lot("LATE")), Demand(other.pk, warehouse.pk, 1))
    assert [line["available"] for line in caught.value.details["lines"]] == [5, 0]


def test_untracked_goods_leave_the_default_bin_first(warehouse):
    product, shelf = ProductFactory(), BinFactory(warehouse=warehouse, code="A-0")
    put_in_stock(product, warehouse, 5, bin=shelf)
    put_in_stock(product, warehouse, 5)
    place = default_bin(warehouse).pk
    assert choose(Demand(product.pk, warehouse.pk, 7)) == [[Pick(place, None, 5), Pick(shelf.pk, None, 2)]]
    assert choose(Demand(product.pk, warehouse.pk, 3, bin_id=shelf.pk)) == [[Pick(shelf.pk, None, 3)]]


def test_only_the_front_of_a_long_queue_is_read(warehouse, django_assert_num_queries):
    product = ProductFactory(tracking=Tracking.SERIAL)
    for number in range(20):
        put_in_stock(product, warehouse, 1, lot_number=f"S{number:02d}")
    with transaction.atomic():
        balances = lock_balances({(product.pk, warehouse.pk)})
        with django_assert_num_queries(1) as captured:
            [picks] = pick([Demand(product.pk, warehouse.pk, 2)], balances)
    assert [part.lot_id for part in picks] == [lot("S00"), lot("S01")]
    assert "SUM(" in captured[0]["sql"]


def test_what_can_be_promised_is_free_and_shippable(product, warehouse):
    row = balance(product, warehouse)
    row.reserved = 6  # in memory only
    assert unshippable([row.pk]) == {row.pk: 5}
    assert promisable([row]) == {row.pk: 9}
    row.reserved = 18
    assert promisable([row]) == {row.pk: 0}
