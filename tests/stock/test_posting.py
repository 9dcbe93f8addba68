"""The ledger: value on the way in and out, and what a posting refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from catalog.models import Tracking
from inventory_project.base.clock import today
from inventory_project.base.errors import InsufficientStock, RuleViolation
from stock.models import Inventory, MovementKind, StockMovement
from stock.services import Move, change_reserved, post
from stock.signals import goods_arrived
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory, LotFactory, WarehouseFactory, balance, default_bin, put_in_stock


def move(product, warehouse, quantity, kind=MovementKind.ADJUSTMENT, **more) -> Move:
    place = more.pop("bin", None) or default_bin(warehouse)
    return Move(product.pk, warehouse.pk, place.pk, quantity, kind, **more)


def run(*moves: Move) -> list[StockMovement]:
    with transaction.atomic():
        return post(moves)


def test_goods_leave_at_the_moving_average_and_the_last_take_the_rest():
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 2, "1")
    put_in_stock(product, warehouse, 1, "8.0001")  # 3 units are worth 10.0001

    [first] = run(move(product, warehouse, -1))
    [second] = run(move(product, warehouse, -1))
    [third] = run(move(product, warehouse, -1))

    assert [row.value for row in (first, second, third)] == [
        Decimal("-3.3334"),
        Decimal("-3.3334"),
        Decimal("-3.3333"),
    ]
    assert first.unit_cost == Decimal("3.3334")
    assert (balance(product, warehouse).quantity, balance(product, warehouse).stock_value) == (0, 0)


def test_goods_without_a_value_come_in_at_the_average_or_at_the_products_cost():
    product, warehouse = ProductFactory(cost=Decimal("4")), WarehouseFactory()
    [first] = run(move(product, warehouse, 2))
    put_in_stock_value = run(move(product, warehouse, 2, value=Decimal(20)))[0]
    [third] = run(move(product, warehouse, 1))
    assert [first.value, put_in_stock_value.value, third.value] == [Decimal(8), Decimal(20), Decimal(7)]

    unknown = ProductFactory(cost=None)
    assert run(move(unknown, warehouse, 2))[0].value == 0


def test_a_posting_applies_its_moves_in_their_order():
    product, warehouse = ProductFactory(), WarehouseFactory()
    rows = run(move(product, warehouse, 5, value=Decimal(5)), move(product, warehouse, -5))
    assert [row.quantity_after for row in rows] == [5, 0]
    assert [row.value for row in rows] == [5, -5]


def test_all_short_lines_are_named_at_once_and_nothing_moves(refused):
    product, other, warehouse = ProductFactory(), ProductFactory(), WarehouseFactory(name="Hamburg")
    put_in_stock(product, warehouse, 3)

    with refused("insufficient_stock", f"Only 3 of 12 {product.sku} are available (Hamburg)") as caught:
        post([move(product, warehouse, -12), move(other, warehouse, -1), move(product, warehouse, -1)])

    assert isinstance(caught.value, InsufficientStock)
    assert [(line["sku"], line["asked"], line["available"]) for line in caught.value.details["lines"]] == [
        (product.sku, 12, 3),
        (other.sku, 1, 0),
    ]


def test_a_long_list_of_short_lines_is_cut_in_the_sentence_only(refused):
    warehouse = WarehouseFactory()
    with refused("insufficient_stock", "3 more lines are short") as caught:
        post([move(ProductFactory(), warehouse, -1) for _ in range(8)])
    assert len(caught.value.details["lines"]) == 8


def test_a_bin_that_has_too_little_is_named(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    shelf = BinFactory(warehouse=warehouse, code="B-7")
    put_in_stock(product, warehouse, 10)
    put_in_stock(product, warehouse, 2, bin=shelf)
    with refused("insufficient_stock", "Only 2 of 5", "bin B-7"):
        post([move(product, warehouse, -5, bin=shelf)])


def test_reserved_goods_stay_unless_their_reservation_is_used_up(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    with transaction.atomic():
        change_reserved({balance(product, warehouse).pk: 8})

    with refused("insufficient_stock", "Only 2 of 3"):
        post([move(product, warehouse, -3)])
    run(move(product, warehouse, -3, consumes=3))

    now = balance(product, warehouse)
    assert (now.quantity, now.reserved, now.available) == (7, 5, 2)
    with refused("not_reserved", "6", "5"):
        post([move(product, warehouse, -6, consumes=6)])


def test_reservations_stay_between_nothing_and_what_is_there(refused):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    pk = balance(product, warehouse).pk
    with refused("insufficient_stock", product.sku, "10 of 11"):
        change_reserved({pk: 11})
    with refused("not_reserved"):
        change_reserved({pk: -1})
    with transaction.atomic():
        change_reserved({pk: 10})
        change_reserved({pk: -4})
        change_reserved({pk: 0})
    assert Inventory.objects.get(pk=pk).reserved == 6


def test_it_refuses_places_and_lots_that_do_not_fit(refused):
    warehouse, plain, lot = WarehouseFactory(), ProductFactory(), LotFactory()
    with refused("wrong_bin", field="bin"):
        post([move(plain, warehouse, 1, bin=BinFactory())])
    with refused("wrong_lot", plain.sku, field="lot"):
        post([move(plain, warehouse, 1, lot_id=lot.pk)])
    with refused("lot_required", lot.product.sku, field="lot"):
        post([move(lot.product, warehouse, 1)])
    with refused("wrong_lot", field="lot"):
        post([move(lot.product, warehouse, 1, lot_id=LotFactory().pk)])
    with refused("invalid", field="quantity"):
        post([move(plain, warehouse, 0)])


@pytest.mark.parametrize("fault", [{"is_blocked": True}, {"expires_on": today() - timedelta(days=1)}])
def test_customers_get_no_blocked_or_expired_goods(refused, fault):
    lot, warehouse = LotFactory(), WarehouseFactory()
    put_in_stock(lot.product, warehouse, 5, lot_number=lot.number)
    type(lot).objects.filter(pk=lot.pk).update(**fault)
    with refused("lot_not_shippable", lot.number, lot.product.sku):
        post([move(lot.product, warehouse, -1, MovementKind.SHIPMENT, lot_id=lot.pk)])
    run(move(lot.product, warehouse, -1, lot_id=lot.pk, reason="scrapped"))
    assert balance(lot.product, warehouse).quantity == 4


def test_a_lot_is_shipped_on_the_day_that_it_expires():
    lot, warehouse = LotFactory(expires_on=today()), WarehouseFactory()
    put_in_stock(lot.product, warehouse, 5, lot_number=lot.number)
    with transaction.atomic():
        [row] = post([move(lot.product, warehouse, -5, MovementKind.SHIPMENT, lot_id=lot.pk)])
        assert row.quantity_after == 0
        transaction.set_rollback(True)  # a shipment without a document is not for keeps


def test_a_serial_number_comes_back_after_it_has_left(refused):
    product, warehouse, other = ProductFactory(tracking=Tracking.SERIAL), WarehouseFactory(), WarehouseFactory()
    row = put_in_stock(product, warehouse, 1, lot_number="S1")
    with refused("serial_in_stock", "S1"):
        post([move(product, other, 1, lot_id=row.lot_id)])
    run(move(product, warehouse, -1, lot_id=row.lot_id), move(product, other, 1, lot_id=row.lot_id))
    assert balance(product, other).quantity == 1


def test_it_runs_inside_a_transaction_only(monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(transaction.get_connection(), "in_atomic_block", False)
        post([])


def test_the_ledger_is_never_changed():
    row = put_in_stock(ProductFactory(), WarehouseFactory())
    for change in (row.save, row.delete, StockMovement.objects.all().delete):
        with pytest.raises(RuleViolation, match="never"):
            change()
    with pytest.raises(RuleViolation, match="never"):
        StockMovement.objects.update(quantity=1)


def test_arrivals_are_announced_once_they_are_certain(django_capture_on_commit_callbacks):
    product, other, warehouse = ProductFactory(), ProductFactory(), WarehouseFactory()
    put_in_stock(other, warehouse, 5)
    shelf = BinFactory(warehouse=warehouse)
    heard = []

    def hear(sender, inventory_ids, **kwargs):
        heard.append(inventory_ids)

    goods_arrived.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run(move(product, warehouse, 5), move(other, warehouse, 2, bin=shelf), move(other, warehouse, -2))
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            run(move(product, warehouse, -5))
    finally:
        goods_arrived.disconnect(hear)
    assert heard == [frozenset({balance(product, warehouse).pk})]
