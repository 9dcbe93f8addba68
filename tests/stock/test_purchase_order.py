"""Ordering from suppliers: costs, totals, sending, closing, calling off."""

from decimal import Decimal

import pytest

from inventory_project.base.errors import InvalidTransition
from inventory_project.base.services import save_lines
from stock.models import PurchaseOrder, PurchaseOrderItem, PurchaseStatus
from stock.services import (
    PurchaseOrderLine,
    ReceiptLine,
    cancel_purchase_order,
    close_purchase_order,
    create_goods_receipt,
    create_purchase_order,
    recalculate_purchase_order,
    receive_purchase_order,
    send_purchase_order,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory, SupplierProductFactory, TaxRateFactory
from tests.factories.stock import PurchaseOrderFactory, PurchaseOrderItemFactory, WarehouseFactory
from tests.stock.buying import ordered


def draft(*lines: PurchaseOrderLine, supplier=None, by=None) -> PurchaseOrder:
    return create_purchase_order(
        supplier=supplier or SupplierFactory(), warehouse=WarehouseFactory(), lines=lines, by=by
    )


def test_a_draft_has_a_number_totals_and_a_maker():
    full, reduced = TaxRateFactory(rate=Decimal(19)), TaxRateFactory(rate=Decimal(7))
    user = UserFactory()

    order = draft(
        PurchaseOrderLine(ProductFactory(tax_rate=full), 3, Decimal("9.9900"), discount_percent=Decimal(10)),
        PurchaseOrderLine(ProductFactory(tax_rate=reduced), 7, Decimal("0.3333")),
        PurchaseOrderLine(ProductFactory(tax_rate=full), 1, Decimal("100"), tax_percent=Decimal(0)),
        by=user,
    )

    assert (order.status, order.created_by) == (PurchaseStatus.DRAFT, user)
    assert order.number.startswith("PO-")
    lines = list(order.items.all())
    assert [line.subtotal for line in lines] == [Decimal("26.97"), Decimal("2.33"), Decimal("100.00")]
    assert [line.tax_percent for line in lines] == [19, 7, 0]
    assert (order.subtotal_amount, order.tax_amount, order.total_amount) == (
        Decimal("129.30"),
        Decimal("5.28"),
        Decimal("134.58"),
    )


def test_a_cost_left_empty_is_the_suppliers_else_the_products():
    offer = SupplierProductFactory(cost=Decimal("5.25"))
    elsewhere = SupplierProductFactory(product=ProductFactory(cost=Decimal("4")), cost=Decimal(1))
    unknown = ProductFactory(cost=None)

    order = draft(
        PurchaseOrderLine(offer.product, 2),
        PurchaseOrderLine(elsewhere.product, 2),
        PurchaseOrderLine(unknown, 2),
        supplier=offer.supplier,
    )

    assert list(order.items.values_list("unit_cost", flat=True)) == [Decimal("5.25"), Decimal("4"), None]


def test_tax_left_empty_is_the_default_rate():
    TaxRateFactory(rate=Decimal("8.1"), is_default=True)
    order = draft(PurchaseOrderLine(ProductFactory(tax_rate=None), 1, Decimal(100)))
    assert order.items.get().tax_percent == Decimal("8.1")
    assert order.total_amount == Decimal("108.10")


def test_lines_saved_at_any_door_bring_the_totals_up_to_date():
    order = PurchaseOrderItemFactory(quantity=1, unit_cost=Decimal(10)).purchase_order
    line = PurchaseOrderItem(purchase_order=order, product=ProductFactory(cost=Decimal("2.5")), quantity=4)
    save_lines(order, save=[line], recalculate=recalculate_purchase_order, by=None)
    order.refresh_from_db()
    assert order.subtotal_amount == Decimal("20.00")


def test_it_refuses_lines_that_can_not_be_right(refused):
    product = ProductFactory()
    with refused("duplicate", product.sku, field="lines/1/product"):
        draft(PurchaseOrderLine(product, 1), PurchaseOrderLine(product, 2))
    with refused("invalid", field="lines/0/quantity"):
        draft(PurchaseOrderLine(product, 0))
    with refused("invalid", field="lines/0/unit_cost"):
        draft(PurchaseOrderLine(product, 1, Decimal(-1)))
    with refused("invalid", field="lines/0/discount_percent"):
        draft(PurchaseOrderLine(product, 1, discount_percent=Decimal(101)))
    with refused("invalid", field="lines/0/tax_percent"):
        draft(PurchaseOrderLine(product, 1, tax_percent=Decimal("NaN")))
    with refused("out_of_range"):
        draft(PurchaseOrderLine(product, 2**31 - 1, Decimal("99999999999")))


def test_it_refuses_what_is_not_active(refused):
    with refused("inactive", field="supplier"):
        draft(supplier=SupplierFactory(is_active=False))
    with refused("inactive", field="lines/0/product"):
        draft(PurchaseOrderLine(ProductFactory(is_active=False), 1))
    with refused("inactive", field="warehouse"):
        create_purchase_order(supplier=SupplierFactory(), warehouse=WarehouseFactory(is_active=False), by=None)


def test_sending_orders_the_goods_once():
    order = PurchaseOrderItemFactory().purchase_order
    before = order.updated_at
    sent = send_purchase_order(order, by=None)
    assert sent is order
    assert (order.status, order.ordered_at is not None) == (PurchaseStatus.ORDERED, True)
    assert order.updated_at > before
    stamp = order.ordered_at
    assert send_purchase_order(order, by=None).ordered_at == stamp


def test_sending_refuses_an_order_without_lines_or_costs(refused):
    with refused("no_lines"):
        send_purchase_order(PurchaseOrderFactory(), by=None)
    product = ProductFactory(cost=None)
    with refused("cost_required", product.sku):
        send_purchase_order(draft(PurchaseOrderLine(product, 1)), by=None)
    with refused("inactive"):
        supplier = SupplierFactory()
        order = draft(PurchaseOrderLine(ProductFactory(), 1), supplier=supplier)
        type(supplier).objects.update(is_active=False)
        send_purchase_order(order, by=None)


def test_a_sent_order_is_no_longer_edited():
    order = ordered(PurchaseOrderItemFactory())
    with pytest.raises(InvalidTransition, match="can no longer be edited"):
        save_lines(order, delete=order.items.all(), recalculate=recalculate_purchase_order, by=None)
    assert order.items.count() == 1


def test_calling_off_ends_a_draft_and_an_order_of_which_nothing_came():
    for order in (PurchaseOrderFactory(), ordered(PurchaseOrderItemFactory())):
        cancel_purchase_order(order, by=None)
        assert (order.status, order.cancelled_at is not None) == (PurchaseStatus.CANCELLED, True)
        cancel_purchase_order(order, by=None)


def test_calling_off_is_refused_once_something_came_or_is_coming(refused):
    item = PurchaseOrderItemFactory(quantity=5)
    order = ordered(item)
    receipt = create_goods_receipt(purchase_order=order, lines=[ReceiptLine(item.product, 1)], by=None)
    with refused("draft_receipts", receipt.receipt_number):
        cancel_purchase_order(order, by=None)
    receive_purchase_order(order, [ReceiptLine(item.product, 1)], by=None)
    with refused("invalid_state", order.number, "partially received") as caught:
        cancel_purchase_order(order, by=None)
    assert caught.value.details == {"current_status": "partially_received", "allowed_actions": ["receive", "close"]}


def test_closing_ends_an_order_of_which_the_rest_will_not_come(refused):
    item = PurchaseOrderItemFactory(quantity=5)
    order = ordered(item)
    with refused("invalid_state"):
        close_purchase_order(order, by=None)
    receive_purchase_order(order, [ReceiptLine(item.product, 2)], by=None)
    close_purchase_order(order, by=None)
    close_purchase_order(order, by=None)
    assert (order.status, order.closed_at is not None) == (PurchaseStatus.CLOSED, True)
    with refused("invalid_state"):
        receive_purchase_order(order, [ReceiptLine(item.product, 3)], by=None)
