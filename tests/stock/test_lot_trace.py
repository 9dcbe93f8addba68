"""Following a lot: backwards to the supplier, forwards to the customers, through transfers and returns."""

from decimal import Decimal

from catalog.models import Tracking
from sales.services import ReturnLine, approve_sales_return, receive_sales_return, request_sales_return
from stock.models import Lot
from stock.queries.trace import Direction, movements_of_lot, trace_rows, whereabouts
from stock.services import (
    AdjustmentLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    create_stock_transfer,
    dispatch_stock_transfer,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
)
from tests.factories.catalog import ProductFactory
from tests.factories.sales import shipped_order
from tests.factories.stock import PurchaseOrderItemFactory, WarehouseFactory, put_in_stock
from tests.stock.buying import ordered


def trace(lot: Lot, direction: Direction | None = None) -> list:
    return trace_rows(list(movements_of_lot(lot, direction).order_by("pk")))


def travelled():
    """Ten pieces of a lot: bought, one sent back, four moved, three of those sold, one returned, one lost."""
    here, there = WarehouseFactory(), WarehouseFactory()
    product = ProductFactory(tracking=Tracking.LOT)
    item = PurchaseOrderItemFactory(product=product, purchase_order__warehouse=here, quantity=10, unit_cost=Decimal(2))
    receipt = receive_purchase_order(ordered(item), [ReceiptLine(product, 10, lot_number="L1")], by=None)
    lot = Lot.objects.get()
    reverse_goods_receipt(receipt, {receipt.items.get().pk: 1}, by=None)
    transfer = create_stock_transfer(
        from_warehouse=here, to_warehouse=there, lines=[TransferLine(product, 5, lot)], by=None
    )
    dispatch_stock_transfer(transfer, by=None)
    receive_stock_transfer(transfer, {transfer.items.get().pk: 4}, by=None)
    order = shipped_order(product, 3, warehouse=there, stock=0)
    back = request_sales_return(order, [ReturnLine(order.items.get(), 1, lot=lot)], reason="Too many", by=None)
    approve_sales_return(back, by=None)
    receive_sales_return(back, by=None)
    adjust_stock([AdjustmentLine(product, here, -1, "broken", lot=lot)], by=None)
    return lot, item.purchase_order, receipt, order, back


def test_backwards_to_the_receipt_its_order_and_its_supplier():
    lot, purchase, receipt, _order, _back = travelled()
    came, sent_back = trace(lot, Direction.BACKWARDS)
    assert (came.movement.quantity, sent_back.movement.quantity) == (10, -1)
    assert came.origin.document.name == sent_back.origin.document.name == str(receipt)
    assert (came.origin.order.name, came.origin.party.name) == (str(purchase), purchase.supplier.name)


def test_forwards_to_the_customer_whatever_the_warehouse():
    lot, _purchase, _receipt, order, back = travelled()
    gone, returned = trace(lot, Direction.FORWARDS)
    assert (gone.movement.quantity, returned.movement.quantity) == (-3, 1)
    assert gone.origin.document.type == "sales.shipment"
    assert returned.origin.document.name == str(back)
    for row in (gone, returned):
        assert (row.origin.order.name, row.origin.party.id) == (str(order), order.customer_id)


def test_all_of_it_in_the_order_in_which_it_happened():
    lot, *_rest = travelled()
    rows = trace(lot)
    kinds = "receipt reversal transfer_out transfer_in shipment customer_return adjustment"
    assert [row.movement.kind for row in rows] == kinds.split()
    transfer_out, transfer_in = rows[2:4]
    assert transfer_out.origin.party.id == transfer_in.movement.warehouse_id
    assert transfer_in.origin.party.id == transfer_out.movement.warehouse_id
    assert rows[-1].origin is None


def test_where_all_of_it_is():
    lot, *_rest = travelled()
    now = whereabouts(lot)
    assert (now.received, now.shipped, now.corrected, now.in_transit, now.on_hand) == (9, 2, -1, 1, 5)
    assert now.received - now.shipped + now.corrected - now.in_transit == now.on_hand
    assert [place.quantity for place in now.places] == [3, 2]


def test_opening_stock_is_an_origin_too():
    product = ProductFactory(tracking=Tracking.LOT)
    movement = put_in_stock(product, WarehouseFactory(), 5, lot_number="OLD")
    (row,) = trace(movement.lot, Direction.BACKWARDS)
    assert (row.movement.kind, row.origin) == ("opening", None)


def test_a_lot_that_nothing_happened_to():
    lot = Lot.objects.create(product=ProductFactory(tracking=Tracking.LOT), number="NEW")
    assert trace(lot) == []
    assert (whereabouts(lot).on_hand, whereabouts(lot).received) == (0, 0)


def test_a_long_trace_costs_the_statements_of_a_short_one(statements):
    lot, *_rest = travelled()
    few = statements(lambda: trace(lot))
    product = lot.product
    for _ in range(3):
        movement = put_in_stock(product, WarehouseFactory(), 5, lot_number="L1")
        shipped_order(product, 2, warehouse=movement.warehouse, stock=0)
    assert len(trace(lot)) > 12
    assert statements(lambda: trace(lot)) == few
