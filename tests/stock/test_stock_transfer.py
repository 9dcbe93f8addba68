"""Goods on their way from one warehouse to another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from catalog.models import Tracking
from inventory_project.base.clock import today
from stock.models import MovementKind, StockMovement, StockTransfer, TransferStatus
from stock.services import (
    AdjustmentLine,
    TransferLine,
    adjust_stock,
    cancel_stock_transfer,
    change_reserved,
    close_stock_transfer,
    create_stock_transfer,
    dispatch_stock_transfer,
    receive_stock_transfer,
    reverse_movement,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import (
    BinFactory,
    LotFactory,
    StockTransferFactory,
    StockTransferItemFactory,
    WarehouseFactory,
    balance,
    default_bin,
    put_in_stock,
)


@pytest.fixture
def here():
    return WarehouseFactory(name="Hamburg")


@pytest.fixture
def there():
    return WarehouseFactory(name="Berlin")


def transfer_of(here, there, *lines: TransferLine, by=None) -> StockTransfer:
    return create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=by)


def on_the_way(here, there, *lines: TransferLine) -> StockTransfer:
    return dispatch_stock_transfer(transfer_of(here, there, *lines), by=None)


def test_value_travels_with_the_goods(here, there):
    product, user = ProductFactory(), UserFactory()
    put_in_stock(product, here, 3, "3.3333")
    put_in_stock(product, there, 1, "20")
    transfer = transfer_of(here, there, TransferLine(product, 2), by=user)
    assert (transfer.status, transfer.created_by, StockMovement.objects.count()) == (TransferStatus.DRAFT, user, 2)

    assert dispatch_stock_transfer(transfer, by=user) is transfer
    item = transfer.items.get()
    out = StockMovement.objects.latest("pk")
    assert (transfer.status, transfer.dispatched_at is not None) == (TransferStatus.IN_TRANSIT, True)
    assert (out.kind, out.warehouse, out.quantity, out.value) == (
        MovementKind.TRANSFER_OUT,
        here,
        -2,
        Decimal("-6.6666"),
    )
    assert (item.value_in_transit, item.from_bin, item.quantity_received) == (Decimal("6.6666"), default_bin(here), 0)
    assert (balance(product, here).quantity, balance(product, there).quantity) == (1, 1)

    receive_stock_transfer(transfer, by=user)
    item.refresh_from_db()
    into = StockMovement.objects.latest("pk")
    assert (transfer.status, transfer.received_at is not None) == (TransferStatus.RECEIVED, True)
    assert (into.kind, into.warehouse, into.quantity, into.value) == (
        MovementKind.TRANSFER_IN,
        there,
        2,
        Decimal("6.6666"),
    )
    assert (into.reference, into.source_type, into.source_id) == (
        transfer.transfer_number,
        "stock.stocktransferitem",
        item.pk,
    )
    assert (item.value_in_transit, item.to_bin, item.quantity_received) == (0, default_bin(there), 2)
    assert balance(product, there).stock_value == Decimal("26.6666")


def test_goods_arrive_in_parts_and_the_parts_carry_all_the_value(here, there):
    product = ProductFactory()
    put_in_stock(product, here, 3, "3.3333")
    adjust_stock([AdjustmentLine(product, here, 1, "found", unit_cost=Decimal("0.0002"))], by=None)
    transfer = on_the_way(here, there, TransferLine(product, 3))
    item = transfer.items.get()
    sent = item.value_in_transit

    receive_stock_transfer(transfer, {item.pk: 1}, by=None)
    assert transfer.status == TransferStatus.IN_TRANSIT
    receive_stock_transfer(transfer, {item.pk: 1}, by=None)
    receive_stock_transfer(transfer, by=None)

    assert transfer.status == TransferStatus.RECEIVED
    rows = StockMovement.objects.filter(kind=MovementKind.TRANSFER_IN)
    assert [row.quantity for row in rows] == [1, 1, 1]
    assert sum(row.value for row in rows) == sent == balance(product, there).stock_value


def test_what_expires_first_is_sent_and_lines_are_split(here, there):
    product = ProductFactory(tracking=Tracking.LOT)
    late, soon = today() + timedelta(days=90), today() + timedelta(days=9)
    put_in_stock(product, here, 5, lot_number="LATE", expires_on=late)
    put_in_stock(product, here, 5, lot_number="SOON", expires_on=soon, bin=BinFactory(warehouse=here))
    put_in_stock(product, here, 5, lot_number="GONE", expires_on=today() - timedelta(days=1))
    shelf = BinFactory(warehouse=there)

    transfer = on_the_way(here, there, TransferLine(product, 7, to_bin=shelf))

    assert [(item.lot.number, item.quantity, item.to_bin) for item in transfer.items.all()] == [
        ("SOON", 5, shelf),
        ("LATE", 2, shelf),
    ]
    receive_stock_transfer(transfer, by=None)
    rows = StockMovement.objects.filter(kind=MovementKind.TRANSFER_IN).order_by("pk")
    assert [(row.lot.number, row.quantity, row.bin) for row in rows] == [("SOON", 5, shelf), ("LATE", 2, shelf)]


def test_a_blocked_lot_is_sent_when_it_is_named(here, there):
    lot = LotFactory(is_blocked=True)
    put_in_stock(lot.product, here, 5, lot_number=lot.number)
    on_the_way(here, there, TransferLine(lot.product, 5, lot=lot))
    assert balance(lot.product, here).quantity == 0


def test_a_serial_number_arrives_elsewhere(here, there):
    product = ProductFactory(tracking=Tracking.SERIAL)
    put_in_stock(product, here, 1, lot_number="S1")
    receive_stock_transfer(on_the_way(here, there, TransferLine(product, 1)), by=None)
    assert balance(product, there).quantity == 1


def test_acts_that_have_happened_change_nothing(here, there):
    product = ProductFactory()
    put_in_stock(product, here, 5)
    transfer = on_the_way(here, there, TransferLine(product, 5))
    dispatch_stock_transfer(transfer, by=None)
    receive_stock_transfer(transfer, by=None)
    receive_stock_transfer(transfer, by=None)
    close_stock_transfer(transfer, "late", by=None)
    assert StockMovement.objects.count() == 3


def test_every_short_line_is_named(here, there, refused):
    product, other = ProductFactory(), ProductFactory()
    put_in_stock(product, here, 5)
    transfer = transfer_of(here, there, TransferLine(product, 6), TransferLine(other, 1))
    with refused("insufficient_stock", product.sku, "Only 5 of 6", other.sku, "Hamburg") as caught:
        dispatch_stock_transfer(transfer, by=None)
    assert len(caught.value.details["lines"]) == 2


def test_reserved_goods_are_not_sent(here, there, refused):
    product = ProductFactory()
    put_in_stock(product, here, 5)
    with transaction.atomic():
        change_reserved({balance(product, here).pk: 3})
    with refused("insufficient_stock", "Only 2 of 4"):
        dispatch_stock_transfer(transfer_of(here, there, TransferLine(product, 4)), by=None)


def test_closing_short_brings_the_rest_in_and_adjusts_it_away(here, there):
    product = ProductFactory()
    put_in_stock(product, here, 10, "2")
    put_in_stock(product, there, 10, "4")
    transfer = on_the_way(here, there, TransferLine(product, 10))
    item = transfer.items.get()
    receive_stock_transfer(transfer, {item.pk: 7}, by=None)

    close_stock_transfer(transfer, "lost on the way", by=None)

    item.refresh_from_db()
    assert (transfer.status, transfer.close_reason) == (TransferStatus.RECEIVED, "lost on the way")
    assert (item.quantity_received, item.quantity_open, item.value_in_transit) == (7, 3, 0)
    rest, loss = StockMovement.objects.order_by("pk")[4:]
    assert (rest.kind, rest.quantity, rest.value, rest.source_id) == (MovementKind.TRANSFER_IN, 3, 6, item.pk)
    assert (loss.kind, loss.quantity, loss.value) == (MovementKind.ADJUSTMENT, -3, -9)  # 20 units worth 60
    assert (loss.reference, loss.reason, loss.source_id) == (transfer.transfer_number, "lost on the way", None)
    assert (balance(product, there).quantity, balance(product, there).stock_value) == (17, 51)
    # What turns up after all is not lost.
    assert reverse_movement(loss, reason="found", by=None).quantity == 3


def test_closing_short_needs_a_reason_and_goods_on_their_way(here, there, refused):
    product = ProductFactory()
    put_in_stock(product, here, 10)
    transfer = transfer_of(here, there, TransferLine(product, 10))
    with refused("invalid_state"):
        close_stock_transfer(transfer, "lost", by=None)
    dispatch_stock_transfer(transfer, by=None)
    with refused("invalid", field="reason"):
        close_stock_transfer(transfer, "  ", by=None)


def test_it_refuses_numbers_that_can_not_be_right(here, there, refused):
    product = ProductFactory()
    put_in_stock(product, here, 10)
    transfer = on_the_way(here, there, TransferLine(product, 10))
    pk = transfer.items.get().pk
    with refused("invalid", product.sku, "10 are on their way, not 11", field=f"quantities/{pk}"):
        receive_stock_transfer(transfer, {pk: 11}, by=None)
    for quantities in ({pk: -1}, {pk: True}, {pk + 1: 1}, {pk: 0}, {}):
        with refused("invalid"):
            receive_stock_transfer(transfer, quantities, by=None)
    receive_stock_transfer(transfer, by=None)
    with refused("invalid_state"):
        receive_stock_transfer(transfer, {pk: 1}, by=None)


def test_it_refuses_a_draft_that_can_not_be_right(here, there, refused):
    product, lot = ProductFactory(), LotFactory()
    with refused("invalid", field="to_warehouse"):
        transfer_of(here, here, TransferLine(product, 1))
    with refused("inactive", field="to_warehouse"):
        transfer_of(here, WarehouseFactory(is_active=False))
    with refused("wrong_bin", field="lines/0/from_bin"):
        transfer_of(here, there, TransferLine(product, 1, from_bin=default_bin(there)))
    with refused("wrong_bin", field="lines/0/to_bin"):
        transfer_of(here, there, TransferLine(product, 1, to_bin=default_bin(here)))
    with refused("wrong_lot", field="lines/0/lot"):
        transfer_of(here, there, TransferLine(product, 1, lot=lot))
    with refused("invalid", field="lines/0/quantity"):
        transfer_of(here, there, TransferLine(product, 0))
    with refused("no_lines"):
        dispatch_stock_transfer(StockTransferFactory(), by=None)


def test_only_a_draft_is_cancelled(here, there, refused):
    draft = StockTransferItemFactory().transfer
    cancel_stock_transfer(draft, by=None)
    cancel_stock_transfer(draft, by=None)
    assert (draft.status, draft.cancelled_at is not None) == (TransferStatus.CANCELLED, True)
    product = ProductFactory()
    put_in_stock(product, here, 10)
    transfer = on_the_way(here, there, TransferLine(product, 10))
    with refused("invalid_state", transfer.transfer_number, "in transit"):
        cancel_stock_transfer(transfer, by=None)


def test_shippable_goods_that_are_reserved_stay_whatever_else_lies_there(here, there, refused):
    product = ProductFactory(sku="MILK", tracking=Tracking.LOT)
    put_in_stock(product, here, 5, lot_number="OLD", expires_on=today() - timedelta(days=1))
    put_in_stock(product, here, 5, lot_number="NEW", expires_on=today())
    with transaction.atomic():
        change_reserved({balance(product, here).pk: 4})
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=[TransferLine(product, 2)], by=None)
    with refused("insufficient_stock", "Only 1 of 2 MILK"):
        dispatch_stock_transfer(transfer, by=None)
    old = product.lots.get(number="OLD")
    lines = [TransferLine(product, 1), TransferLine(product, 5, lot=old)]
    transfer = create_stock_transfer(from_warehouse=here, to_warehouse=there, lines=lines, by=None)
    dispatch_stock_transfer(transfer, by=None)
    assert balance(product, here).quantity == 4
