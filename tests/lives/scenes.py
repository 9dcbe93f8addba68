"""A document of each kind in each of its statuses, brought there by its services as people would."""

from collections.abc import Callable

from billing.models import CreditNote, Invoice, Payment
from billing.services import (
    cancel_credit_note,
    cancel_invoice,
    create_credit_note,
    issue_credit_note,
    issue_invoice,
    mark_overdue_invoices,
    pay_invoice,
    void_payment,
)
from inventory_project.base.clock import end_of_day, today
from inventory_project.base.models import Document
from sales.models import Order, SalesReturn, Shipment
from sales.services import (
    ReturnLine,
    ShipmentLine,
    approve_sales_return,
    cancel_order,
    cancel_sales_return,
    cancel_shipment,
    close_sales_return,
    create_shipment,
    deliver_order,
    deliver_shipment,
    receive_sales_return,
    reject_sales_return,
    request_sales_return,
    ship_order,
    ship_shipment,
)
from stock.models import GoodsReceipt, PurchaseOrder, StockCount, StockTransfer
from stock.services import (
    CountLine,
    ReceiptLine,
    cancel_goods_receipt,
    cancel_purchase_order,
    cancel_stock_count,
    cancel_stock_transfer,
    close_purchase_order,
    dispatch_stock_transfer,
    enter_stock_count,
    post_goods_receipt,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    send_purchase_order,
    start_stock_count,
)
from tests.factories.billing import InvoiceItemFactory, issued_invoice
from tests.factories.sales import confirmed_order, place, shipped_order
from tests.factories.stock import (
    GoodsReceiptItemFactory,
    PurchaseOrderItemFactory,
    StockCountFactory,
    StockTransferItemFactory,
    put_in_stock,
)


def stocked_order() -> Order:
    """A pending order that there are goods for."""
    order = place()
    put_in_stock(order.items.get().product, confirmed_order().warehouse)
    return order


def partly_shipped() -> Order:
    """A confirmed order of which one unit has left."""
    order = confirmed_order()
    ship_order(order, [ShipmentLine(order.items.get(), 1)], by=None)
    return Order.objects.get(pk=order.pk)


def draft_shipment() -> Shipment:
    return create_shipment(confirmed_order(), by=None)


def requested() -> SalesReturn:
    order = shipped_order()
    return request_sales_return(order, [ReturnLine(order.items.get(), 1)], "too many", by=order.user)


def approved() -> SalesReturn:
    return approve_sales_return(requested(), by=None)


def received() -> SalesReturn:
    return receive_sales_return(approved(), by=None)


def draft_invoice() -> Invoice:
    return InvoiceItemFactory().invoice


def paid_invoice() -> Invoice:
    invoice = issued_invoice()
    pay_invoice(invoice, payment_method="cash", by=None)
    return Invoice.objects.get(pk=invoice.pk)


def settled_invoice() -> Invoice:
    """Of 0: paid as soon as it is issued."""
    return issue_invoice(InvoiceItemFactory(unit_price=0).invoice, by=None)


def overdue_invoice() -> Invoice:
    invoice = issue_invoice(InvoiceItemFactory(invoice__due_date=end_of_day(today())).invoice, by=None)
    mark_overdue_invoices(invoice.due_date.replace(year=invoice.due_date.year + 1))
    return Invoice.objects.get(pk=invoice.pk)


def payment() -> Payment:
    return pay_invoice(issued_invoice(), payment_method="cash", by=None)


def draft_note() -> CreditNote:
    """Of an invoice that is paid, so that there is something to refund."""
    return create_credit_note(paid_invoice(), reason="Damaged", by=None)


def purchase() -> PurchaseOrder:
    return PurchaseOrderItemFactory().purchase_order


def ordered() -> PurchaseOrder:
    return send_purchase_order(purchase(), by=None)


def partly_received() -> PurchaseOrder:
    order = ordered()
    receive_purchase_order(order, [ReceiptLine(order.items.get().product, 4)], by=None)
    return PurchaseOrder.objects.get(pk=order.pk)


def all_received() -> PurchaseOrder:
    order = ordered()
    receive_purchase_order(order, by=None)
    return PurchaseOrder.objects.get(pk=order.pk)


def receipt() -> GoodsReceipt:
    return GoodsReceiptItemFactory().receipt


def posted_receipt() -> GoodsReceipt:
    return post_goods_receipt(receipt(), by=None)


def transfer() -> StockTransfer:
    item = StockTransferItemFactory()
    put_in_stock(item.product, item.transfer.from_warehouse)
    return item.transfer


def on_the_way() -> StockTransfer:
    return dispatch_stock_transfer(transfer(), by=None)


def count() -> StockCount:
    document = StockCountFactory()
    put_in_stock(place().items.get().product, document.warehouse)
    return document


def counting() -> StockCount:
    return start_stock_count(count(), by=None)


def counted() -> StockCount:
    document = counting()
    return enter_stock_count(document, [CountLine(9, item=document.items.get())], by=None)


SCENES: dict[tuple[type[Document], str], Callable[[], Document]] = {
    (Order, "pending"): place,
    (Order, "confirmed"): confirmed_order,
    (Order, "shipped"): shipped_order,
    (Order, "delivered"): lambda: deliver_order(shipped_order(), by=None),
    (Order, "cancelled"): lambda: cancel_order(confirmed_order(), by=None),
    (Shipment, "draft"): draft_shipment,
    (Shipment, "shipped"): lambda: ship_shipment(draft_shipment(), by=None),
    (Shipment, "delivered"): lambda: deliver_shipment(ship_shipment(draft_shipment(), by=None), by=None),
    (Shipment, "cancelled"): lambda: cancel_shipment(draft_shipment(), by=None),
    (SalesReturn, "requested"): requested,
    (SalesReturn, "approved"): approved,
    (SalesReturn, "rejected"): lambda: reject_sales_return(requested(), by=None),
    (SalesReturn, "received"): received,
    (SalesReturn, "closed"): lambda: close_sales_return(received(), by=None),
    (SalesReturn, "cancelled"): lambda: cancel_sales_return(requested(), by=None),
    (Invoice, "draft"): draft_invoice,
    (Invoice, "issued"): issued_invoice,
    (Invoice, "paid"): paid_invoice,
    (Invoice, "overdue"): overdue_invoice,
    (Invoice, "cancelled"): lambda: cancel_invoice(issued_invoice(), by=None),
    (Payment, "recorded"): payment,
    (Payment, "voided"): lambda: void_payment(payment(), "bounced", by=None),
    (CreditNote, "draft"): draft_note,
    (CreditNote, "issued"): lambda: issue_credit_note(draft_note(), by=None),
    (CreditNote, "cancelled"): lambda: cancel_credit_note(draft_note(), by=None),
    (PurchaseOrder, "draft"): purchase,
    (PurchaseOrder, "ordered"): ordered,
    (PurchaseOrder, "partially_received"): partly_received,
    (PurchaseOrder, "received"): all_received,
    (PurchaseOrder, "closed"): lambda: close_purchase_order(partly_received(), by=None),
    (PurchaseOrder, "cancelled"): lambda: cancel_purchase_order(purchase(), by=None),
    (GoodsReceipt, "draft"): receipt,
    (GoodsReceipt, "posted"): posted_receipt,
    (GoodsReceipt, "reversed"): lambda: reverse_goods_receipt(posted_receipt(), by=None),
    (GoodsReceipt, "cancelled"): lambda: cancel_goods_receipt(receipt(), by=None),
    (StockTransfer, "draft"): transfer,
    (StockTransfer, "in_transit"): on_the_way,
    (StockTransfer, "received"): lambda: receive_stock_transfer(on_the_way(), by=None),
    (StockTransfer, "cancelled"): lambda: cancel_stock_transfer(transfer(), by=None),
    (StockCount, "draft"): count,
    (StockCount, "counting"): counting,
    (StockCount, "posted"): lambda: post_stock_count(counted(), by=None),
    (StockCount, "cancelled"): lambda: cancel_stock_count(count(), by=None),
}

# An act that the status allows, but that needs more of the document than its status.
FOR_ACT: dict[tuple[type[Document], str, str], Callable[[], Document]] = {
    (Order, "pending", "confirm"): stocked_order,
    (Order, "confirmed", "close"): partly_shipped,
    (Invoice, "paid", "cancel"): settled_invoice,
    (StockCount, "counting", "post"): counted,
}
