"""Goods that are sent back to the supplier."""

from decimal import Decimal

from stock.models import MovementKind, PurchaseStatus, ReceiptStatus, StockMovement
from stock.services import (
    AdjustmentLine,
    ReceiptLine,
    adjust_stock,
    close_purchase_order,
    post_goods_receipt,
    receive_purchase_order,
    reverse_goods_receipt,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import (
    GoodsReceiptFactory,
    GoodsReceiptItemFactory,
    LotFactory,
    PurchaseOrderItemFactory,
    balance,
    put_in_stock,
)
from tests.stock.buying import ordered, received


def test_all_of_it_goes_back_and_the_order_awaits_it_again():
    item, user = PurchaseOrderItemFactory(quantity=10, unit_cost=Decimal(5)), UserFactory()
    receipt = received(item)
    came = StockMovement.objects.get()

    assert reverse_goods_receipt(receipt, reason="wrong goods", by=user) is receipt

    assert (receipt.status, receipt.reversed_at is not None) == (ReceiptStatus.REVERSED, True)
    line = receipt.items.get()
    assert (line.quantity, line.quantity_reversed, line.quantity_kept) == (10, 10, 0)
    row = StockMovement.objects.get(kind=MovementKind.REVERSAL)
    assert (row.reverses, row.quantity, row.value, row.reason) == (came, -10, Decimal(-50), "wrong goods")
    assert (row.reference, row.source_type, row.source_id) == (came.reference, came.source_type, came.source_id)
    assert row.created_by == user
    item.refresh_from_db()
    order = item.purchase_order
    order.refresh_from_db()
    assert (item.quantity_received, order.status, order.received_at) == (0, PurchaseStatus.ORDERED, None)


def test_parts_go_back_with_their_share_and_all_parts_are_the_whole():
    item = PurchaseOrderItemFactory(quantity=3, unit_cost=Decimal("3.3333"))
    receipt = received(item)
    put_in = adjust_stock([AdjustmentLine(item.product, receipt.warehouse, 3, "found", unit_cost=Decimal(9))], by=None)
    line = receipt.items.get()

    reverse_goods_receipt(receipt, {line.pk: 2}, by=None)
    assert receipt.status == ReceiptStatus.POSTED
    order = item.purchase_order
    order.refresh_from_db()
    assert order.status == PurchaseStatus.PARTIALLY_RECEIVED
    reverse_goods_receipt(receipt, by=None)

    assert receipt.status == ReceiptStatus.REVERSED
    rows = StockMovement.objects.filter(kind=MovementKind.REVERSAL).order_by("pk")
    assert [(row.quantity, row.value, row.reverses) for row in rows] == [
        (-2, Decimal("-6.6666"), None),
        (-1, Decimal("-3.3333"), None),
    ]
    assert {row.source_id for row in rows} == {line.pk}
    assert balance(item.product, receipt.warehouse).stock_value == put_in[0].value


def test_what_went_back_can_arrive_again():
    item = PurchaseOrderItemFactory(quantity=10)
    receipt = received(item)
    reverse_goods_receipt(receipt, {receipt.items.get().pk: 4}, by=None)
    order = item.purchase_order
    second = receive_purchase_order(order, by=None)
    assert (second.items.get().quantity, order.status) == (4, PurchaseStatus.RECEIVED)


def test_a_reversed_receipt_stays_reversed():
    receipt = received(PurchaseOrderItemFactory())
    reverse_goods_receipt(receipt, by=None)
    reverse_goods_receipt(receipt, by=None)
    assert StockMovement.objects.count() == 2


def test_a_closed_order_stays_closed():
    item = PurchaseOrderItemFactory(quantity=10)
    order = ordered(item)
    receipt = receive_purchase_order(order, [ReceiptLine(item.product, 4)], by=None)
    close_purchase_order(order, by=None)
    reverse_goods_receipt(receipt, by=None)
    order.refresh_from_db()
    item.refresh_from_db()
    assert (order.status, item.quantity_received) == (PurchaseStatus.CLOSED, 0)


def test_a_receipt_of_rejected_goods_only_moves_nothing():
    receipt = GoodsReceiptItemFactory(quantity=0, quantity_rejected=5).receipt
    post_goods_receipt(receipt, by=None)
    reverse_goods_receipt(receipt, by=None)
    assert (receipt.status, StockMovement.objects.count()) == (ReceiptStatus.REVERSED, 0)


def test_it_refuses_when_the_goods_are_gone(refused):
    item = PurchaseOrderItemFactory(quantity=10)
    receipt = received(item)
    adjust_stock([AdjustmentLine(item.product, receipt.warehouse, -1, "broken")], by=None)
    with refused("insufficient_stock", item.product.sku, "Only 9 of 10"):
        reverse_goods_receipt(receipt, by=None)


def test_it_refuses_when_only_another_lot_is_left(refused):
    lot = LotFactory(number="MINE")
    receipt = GoodsReceiptItemFactory(product=lot.product, lot_number="MINE", quantity=5).receipt
    put_in_stock(lot.product, receipt.warehouse, 5, lot_number="OTHER")
    post_goods_receipt(receipt, by=None)
    adjust_stock([AdjustmentLine(lot.product, receipt.warehouse, -5, "sold", lot=lot)], by=None)
    with refused("insufficient_stock", "lot MINE", "Only 0 of 5"):
        reverse_goods_receipt(receipt, by=None)


def test_it_refuses_numbers_that_can_not_be_right(refused):
    receipt = received(PurchaseOrderItemFactory(quantity=10))
    pk = receipt.items.get().pk
    reverse_goods_receipt(receipt, {pk: 4}, by=None)
    for quantities in ({pk: 7}, {pk: -1}, {pk: "1"}, {pk + 1: 1}, {pk: 0}, {}):
        with refused("invalid"):
            reverse_goods_receipt(receipt, quantities, by=None)


def test_only_a_posted_receipt_is_reversed(refused):
    with refused("invalid_state"):
        reverse_goods_receipt(GoodsReceiptFactory(), by=None)


def test_lines_without_numbers_stay():
    receipt = GoodsReceiptFactory()
    kept = GoodsReceiptItemFactory(receipt=receipt, product=ProductFactory(), quantity=2)
    back = GoodsReceiptItemFactory(receipt=receipt, product=ProductFactory(), quantity=2)
    post_goods_receipt(receipt, by=None)
    reverse_goods_receipt(receipt, {back.pk: 2, kept.pk: 0}, by=None)
    assert (balance(kept.product, receipt.warehouse).quantity, receipt.status) == (2, ReceiptStatus.POSTED)
    assert StockMovement.objects.get(kind=MovementKind.REVERSAL).reverses is not None
