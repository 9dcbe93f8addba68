"""Calls that name a record which has nothing to do with the one that they are about."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import models

from tests.api_client import address
from tests.factories.accounts import UserRoleFactory
from tests.factories.billing import (
    CreditNoteFactory,
    CreditNoteItemFactory,
    InvoiceFactory,
    InvoiceItemFactory,
    issued_invoice,
)
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import (
    CustomerAddressFactory,
    CustomerFactory,
    OrderFactory,
    OrderItemFactory,
    SalesReturnFactory,
    SalesReturnItemFactory,
    ShipmentFactory,
    ShipmentItemFactory,
    confirmed_order,
    default_tax_rate,
    shipped_order,
)
from tests.factories.stock import (
    BinFactory,
    GoodsReceiptFactory,
    GoodsReceiptItemFactory,
    LotFactory,
    PurchaseOrderItemFactory,
    StockCountFactory,
    StockCountItemFactory,
    StockTransferFactory,
    StockTransferItemFactory,
    WarehouseFactory,
    put_in_stock,
)
from tests.lives.scenes import approved, counting, on_the_way, ordered, posted_receipt, received


class Call(NamedTuple):
    """One request, and the value at fault in it."""

    method: str
    path: str
    body: dict[str, object]


def post(prefix: str, **body: object) -> Call:
    return Call("post", f"/api/v1/{prefix}/", body)


def patch(row: models.Model, **body: object) -> Call:
    return Call("patch", address(row), body)


def act(row: models.Model, name: str, **body: object) -> Call:
    return Call("post", address(row, *name.split("/")), body)


def tracked() -> models.Model:
    return ProductFactory(tracking="lot")


# --- lines, when they are made ---------------------------------------------------------------------------------------


def shipment_item(**more: object) -> Call:
    shipment = ShipmentFactory()
    mine = {"shipment": shipment.pk, "order_item": shipment.order.items.get().pk, "quantity": 1}
    return post("shipment-items", **{**mine, **more})


def return_item(**more: object) -> Call:
    document = SalesReturnFactory()
    mine = {"sales_return": document.pk, "order_item": document.order.items.get().pk, "quantity": 1}
    return post("sales-return-items", **{**mine, **more})


def receipt_item(**more: object) -> Call:
    mine = {"receipt": GoodsReceiptFactory().pk, "product": ProductFactory().pk, "quantity": 1, "unit_cost": "1"}
    return post("goods-receipt-items", **{**mine, **more})


def receipt_of_order() -> models.Model:
    order = ordered()
    return GoodsReceiptFactory(purchase_order=order, supplier=order.supplier, warehouse=order.warehouse)


def transfer_item(**more: object) -> Call:
    mine = {"transfer": StockTransferFactory().pk, "product": ProductFactory().pk, "quantity": 1}
    return post("stock-transfer-items", **{**mine, **more})


def count_item(**more: object) -> Call:
    place = BinFactory()
    count = StockCountFactory(warehouse=place.warehouse)
    mine = {"count": count.pk, "product": ProductFactory().pk, "bin": place.pk}
    return post("stock-count-items", **{**mine, **more})


def credit_item(**more: object) -> Call:
    note = CreditNoteFactory()
    mine = {"credit_note": note.pk, "invoice_item": note.invoice.items.get().pk, "quantity": 1}
    return post("credit-note-items", **{**mine, **more})


LINES: dict[str, Callable[[], Call]] = {
    "shipment line of another order": lambda: shipment_item(order_item=OrderItemFactory().pk),
    "shipment line, bin of another warehouse": lambda: shipment_item(bin=BinFactory().pk),
    "shipment line, lot of another product": lambda: shipment_item(lot=LotFactory().pk),
    "return line of another order": lambda: return_item(order_item=shipped_order().items.get().pk),
    "return line, lot of another product": lambda: return_item(lot=LotFactory().pk),
    "return line, bin of another warehouse": lambda: return_item(bin=BinFactory().pk),
    "receipt line, bin of another warehouse": lambda: receipt_item(bin=BinFactory().pk),
    "receipt line, product that was not ordered": lambda: receipt_item(receipt=receipt_of_order().pk),
    "transfer line, lot of another product": lambda: transfer_item(lot=LotFactory().pk),
    "transfer line, bin of another warehouse": lambda: transfer_item(from_bin=BinFactory().pk),
    "transfer line, bin of a third warehouse": lambda: transfer_item(to_bin=BinFactory().pk),
    "count line, bin of another warehouse": lambda: count_item(bin=BinFactory().pk),
    "count line, lot of another product": lambda: count_item(lot=LotFactory().pk),
    "credit line of another invoice": lambda: credit_item(invoice_item=issued_invoice().items.get().pk),
}


# --- documents, when they are made -----------------------------------------------------------------------------------


def order(**more: object) -> Call:
    default_tax_rate()
    lines = [{"product": ProductFactory().pk, "quantity": 1}]
    return post("orders", **{"customer": CustomerFactory().pk, "items": lines, **more})


def shipment(**line: object) -> Call:
    order = confirmed_order()
    mine = {"order_item": order.items.get().pk, "quantity": 1}
    return post("shipments", order=order.pk, warehouse=order.warehouse_id, items=[{**mine, **line}])


def sales_return(**line: object) -> Call:
    order = shipped_order()
    mine = {"order_item": order.items.get().pk, "quantity": 1}
    return post("sales-returns", order=order.pk, reason="Too many", items=[{**mine, **line}])


def receipt(**more: object) -> Call:
    order = ordered()
    return post("goods-receipts", **{"purchase_order": order.pk, **more})


def transfer(**line: object) -> Call:
    mine = {"product": ProductFactory().pk, "quantity": 1}
    places = {"from_warehouse": WarehouseFactory().pk, "to_warehouse": WarehouseFactory().pk}
    return post("stock-transfers", **places, items=[{**mine, **line}])


def new_receipt(**line: object) -> Call:
    mine = {"product": ProductFactory().pk, "quantity": 1, "unit_cost": "1"}
    return post("goods-receipts", supplier=SupplierFactory().pk, warehouse=WarehouseFactory().pk, items=[mine | line])


def credit_note(**more: object) -> Call:
    return post("credit-notes", **{"invoice": issued_invoice().pk, "reason": "Damaged", **more})


DOCUMENTS: dict[str, Callable[[], Call]] = {
    "order, billed to another customer": lambda: order(billing_to=CustomerAddressFactory(kind="billing").pk),
    "order, shipped to another customer": lambda: order(shipping_to=CustomerAddressFactory().pk),
    "shipment, line of another order": lambda: shipment(order_item=OrderItemFactory().pk),
    "shipment, bin of another warehouse": lambda: shipment(bin=BinFactory().pk),
    "shipment, lot of another product": lambda: shipment(lot=LotFactory().pk),
    "return, line of another order": lambda: sales_return(order_item=shipped_order().items.get().pk),
    "return, lot of another product": lambda: sales_return(lot=LotFactory().pk),
    "receipt, another supplier than the order's": lambda: receipt(supplier=SupplierFactory().pk),
    "receipt, product that was not ordered": lambda: receipt(items=[{"product": ProductFactory().pk, "quantity": 1}]),
    "receipt, bin of another warehouse": lambda: new_receipt(bin=BinFactory().pk),
    "transfer, lot of another product": lambda: transfer(lot=LotFactory().pk),
    "transfer, bin of another warehouse": lambda: transfer(from_bin=BinFactory().pk),
    "transfer, bin of a third warehouse": lambda: transfer(to_bin=BinFactory().pk),
    "count, bin of another warehouse": lambda: post(
        "stock-counts", warehouse=WarehouseFactory().pk, bin=BinFactory().pk
    ),
    "invoice, billed to another customer": lambda: post(
        "invoices", customer=CustomerFactory().pk, billing_to=CustomerAddressFactory(kind="billing").pk
    ),
    "credit note, return of another order": lambda: credit_note(sales_return=received().pk),
    "credit note, line of another invoice": lambda: credit_note(
        items=[{"invoice_item": issued_invoice().items.get().pk, "quantity": 1}]
    ),
}


# --- changes ---------------------------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[], Call]] = {
    "order, billed to another customer": lambda: patch(
        OrderFactory(), billing_to=CustomerAddressFactory(kind="billing").pk
    ),
    "order, shipped to another customer": lambda: patch(OrderFactory(), shipping_to=CustomerAddressFactory().pk),
    "order, of another customer than its address": lambda: patch(
        OrderFactory(billing_to=(place := CustomerAddressFactory(kind="billing")), customer=place.customer),
        customer=CustomerFactory().pk,
        billing_to=place.pk,
    ),
    "invoice, billed to another customer": lambda: patch(
        InvoiceFactory(), billing_to=CustomerAddressFactory(kind="billing").pk
    ),
    "shipment line, bin of another warehouse": lambda: patch(ShipmentItemFactory(), bin=BinFactory().pk),
    "shipment line, lot of another product": lambda: patch(ShipmentItemFactory(), lot=LotFactory().pk),
    "shipment line, of another order": lambda: patch(ShipmentItemFactory(), order_item=OrderItemFactory().pk),
    "return line, lot of another product": lambda: patch(SalesReturnItemFactory(), lot=LotFactory().pk),
    "return line, bin of another warehouse": lambda: patch(SalesReturnItemFactory(), bin=BinFactory().pk),
    "return line, of another order": lambda: patch(SalesReturnItemFactory(), order_item=OrderItemFactory().pk),
    "receipt, another supplier than the order's": lambda: patch(receipt_of_order(), supplier=SupplierFactory().pk),
    "receipt line, bin of another warehouse": lambda: patch(GoodsReceiptItemFactory(), bin=BinFactory().pk),
    "receipt line, of another product": lambda: patch(GoodsReceiptItemFactory(), product=ProductFactory().pk),
    "receipt, of another warehouse than its bins": lambda: patch(
        GoodsReceiptItemFactory(
            receipt=(document := GoodsReceiptFactory()), bin=BinFactory(warehouse=document.warehouse)
        ).receipt,
        warehouse=WarehouseFactory().pk,
    ),
    "transfer line, lot of another product": lambda: patch(StockTransferItemFactory(), lot=LotFactory().pk),
    "transfer line, bin of another warehouse": lambda: patch(StockTransferItemFactory(), from_bin=BinFactory().pk),
    "transfer line, product of another lot": lambda: patch(
        StockTransferItemFactory(product=(lot := LotFactory()).product, lot=lot), product=tracked().pk
    ),
    "return, of another warehouse than its bins": lambda: patch(
        SalesReturnItemFactory(
            sales_return=(document := SalesReturnFactory()), bin=BinFactory(warehouse=document.warehouse)
        ).sales_return,
        warehouse=WarehouseFactory().pk,
    ),
    "transfer, to another warehouse than its bins": lambda: patch(
        StockTransferItemFactory(
            transfer=(document := StockTransferFactory()), to_bin=BinFactory(warehouse=document.to_warehouse)
        ).transfer,
        to_warehouse=WarehouseFactory().pk,
    ),
    "transfer, from another warehouse than its bins": lambda: patch(
        StockTransferItemFactory(
            transfer=(document := StockTransferFactory()), from_bin=BinFactory(warehouse=document.from_warehouse)
        ).transfer,
        from_warehouse=WarehouseFactory().pk,
    ),
    "count, bin of another warehouse": lambda: patch(StockCountFactory(), bin=BinFactory().pk),
    "count, of another warehouse than its lines": lambda: patch(
        StockCountItemFactory().count, warehouse=WarehouseFactory().pk
    ),
    "count line, bin of another warehouse": lambda: patch(StockCountItemFactory(), bin=BinFactory().pk),
    "count line, lot of another product": lambda: patch(StockCountItemFactory(), lot=LotFactory().pk),
    "credit line of another invoice": lambda: patch(
        CreditNoteItemFactory(), invoice_item=issued_invoice().items.get().pk
    ),
    "order line, of another order": lambda: patch(OrderItemFactory(), order=OrderFactory().pk),
    "invoice line, of another invoice": lambda: patch(InvoiceItemFactory(), invoice=InvoiceFactory().pk),
    "purchase line, of another order": lambda: patch(
        PurchaseOrderItemFactory(), purchase_order=PurchaseOrderItemFactory().purchase_order_id
    ),
    "lot, of another product": lambda: patch(LotFactory(), product=tracked().pk),
    "bin, of another warehouse": lambda: patch(BinFactory(), warehouse=WarehouseFactory().pk),
    "address, of another customer": lambda: patch(CustomerAddressFactory(), customer=CustomerFactory().pk),
    "role of another person": lambda: patch(UserRoleFactory(), user=UserRoleFactory().user_id),
}


# --- acts ------------------------------------------------------------------------------------------------------------


def adjust(**more: object) -> Call:
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse)
    line = {"product": product.pk, "warehouse": warehouse.pk, "quantity": 1, "reason": "Found"}
    return post("inventory/adjust", items=[{**line, **more}])


def opening(**more: object) -> Call:
    line = {"product": ProductFactory().pk, "warehouse": WarehouseFactory().pk, "quantity": 1, "unit_cost": "1"}
    return post("inventory/opening", items=[{**line, **more}])


def receive(**more: object) -> Call:
    order = ordered()
    return act(order, "receive", items=[{"product": order.items.get().product_id, "quantity": 1, **more}])


def ship(**more: object) -> Call:
    order = confirmed_order()
    return act(order, "ship", items=[{"order_item": order.items.get().pk, "quantity": 1, **more}])


def take_back(**more: object) -> Call:
    document = approved()
    return act(document, "receive", items=[{"item": document.items.get().pk, "quantity": 1, **more}])


def enter(name: str = "enter", **line: object) -> Call:
    return act(counting(), name, items=[{"counted_quantity": 1, **line}])


def enter_new(**more: object) -> Call:
    count = counting()
    place = count.warehouse.bins.get()
    line = {"product": ProductFactory().pk, "bin": place.pk, "counted_quantity": 1}
    return act(count, "enter", items=[{**line, **more}])


def change(**line: object) -> Call:
    return act(confirmed_order(), "change", items=[{"quantity": 1, **line}])


def note_of_return() -> Call:
    """A return that a credit note was made of already is not another invoice's."""
    return act(issued_invoice(), "credit", reason="Damaged", sales_return=received().pk)


ACTS: dict[str, Callable[[], Call]] = {
    "adjust in a bin of another warehouse": lambda: adjust(bin=BinFactory().pk),
    "adjust a lot of another product": lambda: adjust(lot=LotFactory().pk),
    "open in a bin of another warehouse": lambda: opening(bin=BinFactory().pk),
    "receive what was not ordered": lambda: receive(product=ProductFactory().pk),
    "receive into a bin of another warehouse": lambda: receive(bin=BinFactory().pk),
    "ship a line of another order": lambda: ship(order_item=confirmed_order().items.get().pk),
    "ship from a bin of another warehouse": lambda: ship(bin=BinFactory().pk),
    "ship a lot of another product": lambda: ship(lot=LotFactory().pk),
    "change a line of another order": lambda: change(item=confirmed_order().items.get().pk),
    "return a line of another order": lambda: act(
        shipped_order(),
        "return",
        reason="Too many",
        items=[{"order_item": shipped_order().items.get().pk, "quantity": 1}],
    ),
    "take back a line of another return": lambda: take_back(item=approved().items.get().pk),
    "take back into a bin of another warehouse": lambda: take_back(bin=BinFactory().pk),
    "take back a lot of another product": lambda: take_back(lot=LotFactory().pk),
    "count a line of another count": lambda: enter(item=counting().items.get().pk),
    "count many lines of another count": lambda: enter("items/bulk", item=counting().items.get().pk),
    "count in a bin of another warehouse": lambda: enter_new(bin=BinFactory().pk),
    "count a lot of another product": lambda: enter_new(lot=LotFactory().pk),
    "recount a line of another count": lambda: act(counting(), "recount", items=[counting().items.get().pk]),
    "reverse a line of another receipt": lambda: act(
        posted_receipt(), "reverse", quantities={posted_receipt().items.get().pk: 1}
    ),
    "receive a line of another transfer": lambda: act(
        on_the_way(), "receive", quantities={on_the_way().items.get().pk: 1}
    ),
    "credit a line of another invoice": lambda: act(
        issued_invoice(),
        "credit",
        reason="Damaged",
        items=[{"invoice_item": issued_invoice().items.get().pk, "quantity": 1}],
    ),
    "credit a return of another order": note_of_return,
    "a payment of another customer's invoice": lambda: act(
        CustomerFactory(), "pay", amount=str(issued_invoice().balance), payment_method="cash"
    ),
}
