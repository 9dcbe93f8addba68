"""Goods that arrive, with and without an order."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings as django_settings

from catalog.models import Tracking
from inventory_project.base.errors import InvalidInput
from stock.models import (
    GoodsReceipt,
    GoodsReceiptItem,
    Lot,
    MovementKind,
    PurchaseStatus,
    ReceiptStatus,
    StockItem,
    StockMovement,
)
from stock.services import (
    ReceiptLine,
    cancel_goods_receipt,
    create_goods_receipt,
    post_goods_receipt,
    recalculate_goods_receipt,
    receive_purchase_order,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.stock import (
    BinFactory,
    GoodsReceiptFactory,
    GoodsReceiptItemFactory,
    LotFactory,
    PurchaseOrderFactory,
    PurchaseOrderItemFactory,
    WarehouseFactory,
    balance,
    default_bin,
)
from tests.stock.buying import ordered, received


def test_all_that_is_open_arrives_at_the_cost_after_discount():
    user = UserFactory()
    item = PurchaseOrderItemFactory(quantity=10, unit_cost=Decimal("9.99"), discount_percent=Decimal("12.5"))
    order = ordered(item)

    receipt = receive_purchase_order(order, supplier_reference="LS 4711", by=user)

    assert (receipt.status, receipt.supplier, receipt.warehouse) == (
        ReceiptStatus.POSTED,
        order.supplier,
        order.warehouse,
    )
    assert (receipt.supplier_reference, receipt.posted_at is not None) == ("LS 4711", True)
    line = receipt.items.get()
    assert (line.purchase_order_item, line.quantity, line.bin) == (item, 10, default_bin(order.warehouse))
    assert line.unit_cost == Decimal("8.7413")
    row = StockMovement.objects.get()
    assert (row.kind, row.quantity, row.value) == (MovementKind.RECEIPT, 10, Decimal("87.413"))
    assert (row.reference, row.source_type, row.source_id) == (
        receipt.receipt_number,
        "stock.goodsreceiptitem",
        line.pk,
    )
    assert row.created_by == user
    assert (order.status, order.received_at is not None) == (PurchaseStatus.RECEIVED, True)
    item.refresh_from_db()
    assert (item.quantity_received, item.quantity_open) == (10, 0)


def test_an_order_arrives_in_parts():
    first = PurchaseOrderItemFactory(quantity=10)
    second = PurchaseOrderItemFactory(quantity=4, purchase_order=first.purchase_order)
    order = ordered(first)

    receive_purchase_order(order, [ReceiptLine(first.product, 6)], by=None)
    assert order.status == PurchaseStatus.PARTIALLY_RECEIVED
    receipt = receive_purchase_order(order, by=None)

    assert {(line.product, line.quantity) for line in receipt.items.all()} == {(first.product, 4), (second.product, 4)}
    assert order.status == PurchaseStatus.RECEIVED
    assert balance(first.product, order.warehouse).quantity == 10
    assert receive_purchase_order(order, by=None) == receipt


def test_what_is_rejected_moves_nothing_and_stays_open():
    item = PurchaseOrderItemFactory(quantity=10)
    order = ordered(item)
    receive_purchase_order(order, [ReceiptLine(item.product, 7, quantity_rejected=3)], by=None)
    item.refresh_from_db()
    assert (item.quantity_received, item.quantity_open) == (7, 3)
    assert balance(item.product, order.warehouse).quantity == 7

    receipt = receive_purchase_order(order, [ReceiptLine(item.product, 0, quantity_rejected=3)], by=None)
    assert receipt.status == ReceiptStatus.POSTED
    assert StockMovement.objects.count() == 1
    assert order.status == PurchaseStatus.PARTIALLY_RECEIVED


def test_more_than_ordered_is_refused(refused):
    item = PurchaseOrderItemFactory(quantity=10)
    order = ordered(item)
    receive_purchase_order(order, [ReceiptLine(item.product, 8)], by=None)
    with refused("over_receipt", item.product.sku, "10 ordered, 8 received", "at most 2 more, not 3") as caught:
        receive_purchase_order(order, [ReceiptLine(item.product, 2), ReceiptLine(item.product, 1)], by=None)
    assert caught.value.details["lines"][0]["allowed"] == 2


def test_a_percentage_more_may_be_allowed(settings, refused):
    settings.OVER_RECEIPT_PERCENT = Decimal("15")
    item = PurchaseOrderItemFactory(quantity=10)
    order = ordered(item)
    with refused("over_receipt", "at most 11 more, not 12"):
        receive_purchase_order(order, [ReceiptLine(item.product, 12)], by=None)
    receive_purchase_order(order, [ReceiptLine(item.product, 11)], by=None)
    item.refresh_from_db()
    assert (order.status, item.quantity_received, item.quantity_open) == (PurchaseStatus.RECEIVED, 11, 0)
    assert isinstance(django_settings.OVER_RECEIPT_PERCENT, Decimal)


def test_goods_that_were_not_ordered_are_refused(refused):
    order, stranger = ordered(PurchaseOrderItemFactory()), ProductFactory()
    with refused("not_ordered", stranger.sku, order.number):
        receive_purchase_order(order, [ReceiptLine(stranger, 1)], by=None)


def test_only_an_order_that_was_sent_is_received(refused):
    draft = PurchaseOrderItemFactory().purchase_order
    with refused("invalid_state", draft.number, "draft"):
        receive_purchase_order(draft, by=None)


def test_goods_come_without_an_order_at_the_products_cost():
    product, supplier, warehouse = ProductFactory(cost=Decimal("3")), SupplierFactory(), WarehouseFactory()
    receipt = create_goods_receipt(supplier=supplier, warehouse=warehouse, lines=[ReceiptLine(product, 4)], by=None)
    assert (receipt.status, StockMovement.objects.count()) == (ReceiptStatus.DRAFT, 0)
    assert post_goods_receipt(receipt, by=None) is receipt
    assert balance(product, warehouse).stock_value == 12


def test_posting_twice_moves_once():
    receipt = GoodsReceiptItemFactory().receipt
    stale = GoodsReceipt.objects.get(pk=receipt.pk)
    post_goods_receipt(receipt, by=None)
    post_goods_receipt(stale, by=None)
    assert (stale.status, StockMovement.objects.count()) == (ReceiptStatus.POSTED, 1)


def test_a_receipt_needs_an_origin_a_warehouse_and_lines(refused):
    with refused("invalid", field="supplier"):
        create_goods_receipt(warehouse=WarehouseFactory(), by=None)
    with refused("invalid", field="warehouse"):
        create_goods_receipt(supplier=SupplierFactory(), by=None)
    with refused("no_lines"):
        post_goods_receipt(GoodsReceiptFactory(), by=None)
    with refused("no_lines"):
        receive_purchase_order(ordered(PurchaseOrderItemFactory()), [], by=None)


def test_it_refuses_lines_that_can_not_be_right(refused):
    order = ordered(item := PurchaseOrderItemFactory(quantity=10))
    for wrong, field in (
        (ReceiptLine(item.product, 0), "quantity"),
        (ReceiptLine(item.product, -1), "quantity"),
        (ReceiptLine(item.product, 1, quantity_rejected=-1), "quantity_rejected"),
        (ReceiptLine(item.product, 1, unit_cost=Decimal("NaN")), "unit_cost"),
        (ReceiptLine(item.product, 1, expires_on="tomorrow"), "expires_on"),
    ):
        with refused("invalid", field=f"lines/0/{field}"):
            receive_purchase_order(order, [wrong], by=None)
    with refused("wrong_bin", field="lines/0/bin"):
        receive_purchase_order(order, [ReceiptLine(item.product, 1, bin=BinFactory())], by=None)
    with refused("wrong_lot", item.product.sku):
        receive_purchase_order(order, [ReceiptLine(item.product, 1, lot_number="L1")], by=None)


def test_a_cost_that_nobody_knows_is_asked_for(refused):
    product = ProductFactory(cost=None)
    receipt = GoodsReceiptItemFactory(product=product).receipt
    with refused("cost_required", product.sku):
        post_goods_receipt(receipt, by=None)


def test_lots_arrive_with_their_expiry_and_supplier():
    product, day = ProductFactory(tracking=Tracking.LOT), date(2027, 6, 30)
    item = PurchaseOrderItemFactory(product=product, quantity=10)
    order = ordered(item)
    shelf = BinFactory(warehouse=order.warehouse)

    lines = [
        ReceiptLine(product, 6, lot_number="A", expires_on=day),
        ReceiptLine(product, 4, lot_number="B", bin=shelf),
    ]
    receipt = receive_purchase_order(order, lines, by=None)

    first, second = Lot.objects.order_by("number")
    assert (first.expires_on, first.supplier, second.expires_on) == (day, order.supplier, None)
    assert [line.lot for line in receipt.items.all()] == [first, second]
    assert {(row.lot, row.bin, row.quantity) for row in StockItem.objects.all()} == {
        (first, default_bin(order.warehouse), 6),
        (second, shelf, 4),
    }


def test_a_lots_expiry_is_completed_but_never_changed(refused):
    lot = LotFactory(number="A")
    day, other = date(2027, 6, 30), date(2027, 7, 1)
    post_goods_receipt(GoodsReceiptItemFactory(product=lot.product, lot_number="A", expires_on=day).receipt, by=None)
    lot.refresh_from_db()
    assert lot.expires_on == day
    with refused("wrong_expiry", "A", lot.product.sku):
        post_goods_receipt(
            GoodsReceiptItemFactory(product=lot.product, lot_number="A", expires_on=other).receipt, by=None
        )


def test_serial_numbers_are_one_line_each(refused):
    product = ProductFactory(tracking=Tracking.SERIAL)
    order = ordered(PurchaseOrderItemFactory(product=product, quantity=2))
    with refused("serial_is_one", product.sku):
        receive_purchase_order(order, [ReceiptLine(product, 2, lot_number="S1")], by=None)
    with refused("serial_in_stock", "S1"):
        receive_purchase_order(order, [ReceiptLine(product, 1, lot_number=n) for n in ("S1", "s1")], by=None)
    receive_purchase_order(order, [ReceiptLine(product, 1, lot_number=n) for n in ("S1", "S2")], by=None)
    assert list(Lot.objects.order_by("number").values_list("number", flat=True)) == ["S1", "S2"]


def test_numbers_of_tracked_products_must_be_typed(refused):
    product = ProductFactory(tracking=Tracking.LOT)
    order = ordered(PurchaseOrderItemFactory(product=product))
    with refused("lot_required", product.sku):
        receive_purchase_order(order, by=None)
    with refused("lot_required", product.sku):
        receive_purchase_order(order, [ReceiptLine(product, 1)], by=None)


def test_a_draft_of_an_order_ties_its_lines_to_the_orders():
    item = PurchaseOrderItemFactory()
    receipt = GoodsReceiptFactory(purchase_order=item.purchase_order, supplier=None)
    line = GoodsReceiptItem.objects.create(receipt=receipt, product=item.product, quantity=1)
    recalculate_goods_receipt(receipt)
    line.refresh_from_db()
    assert (line.purchase_order_item, receipt.supplier) == (item, item.purchase_order.supplier)


def test_a_draft_is_not_posted_once_its_order_was_closed(refused):
    order = PurchaseOrderFactory()
    item = PurchaseOrderItemFactory(purchase_order=order)
    ordered(item)
    order.refresh_from_db()
    receipt = create_goods_receipt(purchase_order=order, lines=[ReceiptLine(item.product, 1)], by=None)
    received_all = receive_purchase_order(order, by=None)
    assert received_all.status == ReceiptStatus.POSTED
    with refused("invalid_state", order.number, "received"):
        post_goods_receipt(receipt, by=None)


def test_a_draft_is_cancelled_and_a_posted_receipt_is_not(refused):
    receipt = GoodsReceiptItemFactory().receipt
    cancel_goods_receipt(receipt, by=None)
    cancel_goods_receipt(receipt, by=None)
    assert (receipt.status, receipt.cancelled_at is not None) == (ReceiptStatus.CANCELLED, True)
    with refused("invalid_state"):
        post_goods_receipt(receipt, by=None)
    with refused("invalid_state", "posted") as caught:
        cancel_goods_receipt(received(PurchaseOrderItemFactory()), by=None)
    assert caught.value.details["allowed_actions"] == ["reverse"]


def test_a_refused_receipt_leaves_no_draft_behind():
    order = ordered(item := PurchaseOrderItemFactory())
    with pytest.raises(InvalidInput):
        receive_purchase_order(order, [ReceiptLine(item.product, 0)], by=None)
    assert not GoodsReceipt.objects.exists()
