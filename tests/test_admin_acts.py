"""Documents in the back office: advanced by their acts, and by nothing else."""

from decimal import Decimal

import pytest

from billing import services
from billing.models import CreditNote, Invoice, Payment
from inventory_project.base.models import Document
from sales.models import Customer, Order, SalesReturn, Shipment
from stock.models import GoodsReceipt, PurchaseOrder, StockCount, StockTransfer
from tests.back_office import Desk, errors_of, said, url
from tests.factories.billing import InvoiceItemFactory, issued_invoice
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import (
    confirmed_order,
    place,
    shipped_order,
)
from tests.factories.stock import (
    PurchaseOrderItemFactory,
    StockTransferItemFactory,
    WarehouseFactory,
    balance,
    put_in_stock,
)
from tests.lives.scenes import SCENES

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def fresh[D: Document](document: D) -> D:
    return type(document).objects.get(pk=document.pk)


def test_only_the_steps_that_the_status_allows_are_offered(desk):
    order = place()
    assert desk.buttons(order) == ["confirm", "ship", "duplicate", "cancel"]
    order = confirmed_order()
    offered = ["ship", "reserve", "invoice", "change", "close", "release", "duplicate", "cancel", "pick_list"]
    assert desk.buttons(order) == offered
    assert desk.buttons(shipped_order()) == ["deliver", "invoice", "duplicate", "return"]


def test_the_acts_are_not_in_the_form_that_enter_sends(desk):
    page = desk.open(Order, "change", place().pk).content.decode()
    form = page[page.index('id="order_form"') :]
    assert "CHANGE_FORM-action" not in form
    assert 'name="CHANGE_FORM-action"' in page


def test_confirming_runs_at_once(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 5)
    order = place((product, 2))
    response = desk.press(order, "confirm")
    assert response.status_code == 302
    assert "is Confirmed now" in said(response) or "is confirmed now" in said(response)
    assert fresh(order).status == "confirmed"
    assert fresh(order).updated_by == desk.user


def test_a_refused_step_says_why_and_changes_nothing(desk):
    order = place((ProductFactory(), 2))
    response = desk.press(order, "confirm")
    assert response.status_code == 302
    assert said(response)
    assert fresh(order).status == "pending"


def test_a_step_that_the_status_forbids_is_refused_in_words(desk):
    order = shipped_order()
    assert "“Confirm” is not possible now" in said(desk.press(order, "confirm"))
    assert fresh(order).status == "shipped"


def test_a_step_needs_its_own_permission():
    order = place()
    desk = Desk("sales.view_order", "sales.change_order")
    assert "confirm" not in desk.buttons(order)
    desk.press(order, "confirm")
    assert fresh(order).status == "pending"


def test_several_at_once_each_on_its_own(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 3)
    orders = [place((product, 2)), place((product, 2))]
    response = desk.press_all(orders, "confirm")
    assert sorted(fresh(order).status for order in orders) == ["confirmed", "pending"]
    assert orders[1].order_number in said(response)


def test_nonsense_among_the_selected_is_no_error_of_ours(desk):
    data = {"_selected_action": "nonsense", "action": "confirm", "index": "0"}
    assert desk.client.post(url(Order, "changelist"), data).status_code == 400


def test_an_order_is_shipped_in_parts_with_carrier(desk):
    order = confirmed_order(quantity=5)
    line = order.items.get()
    page = desk.press(order, "ship")
    assert page.status_code == 200
    assert page.context["form"][f"quantity-{line.pk}"].value() == 5
    desk.press(order, "ship", carrier="DHL", tracking_number="T1", **{f"quantity__{line.pk}": "2"})
    shipment = Shipment.objects.get()
    assert (shipment.carrier, shipment.tracking_number, shipment.status) == ("DHL", "T1", "shipped")
    assert order.items.get().quantity_shipped == 2


def test_too_much_to_ship_comes_back_with_the_entries(desk):
    order = confirmed_order(quantity=2)
    line = order.items.get()
    response = desk.press(order, "ship", carrier="DHL", **{f"quantity__{line.pk}": "9"})
    assert response.status_code == 200
    assert errors_of(response)
    assert response.context["form"]["carrier"].value() == "DHL"
    assert not Shipment.objects.exists()


def test_lines_of_a_confirmed_order_are_changed(desk):
    order = confirmed_order(quantity=2)
    line, more = order.items.get(), ProductFactory(price="4")
    put_in_stock(more, order.warehouse, 5)
    entries = {f"quantity__{line.pk}": "3", f"discount_percent__{line.pk}": "0", "product": more.pk, "quantity": "2"}
    response = desk.press(order, "change", **entries)
    assert response.status_code == 302, errors_of(response)
    assert sorted(order.items.values_list("quantity", flat=True)) == [2, 3]


def test_cancelling_asks_first(desk):
    order = confirmed_order()
    assert desk.press(order, "cancel").status_code == 200
    assert fresh(order).status == "confirmed"
    desk.press(order, "cancel", reason="Ordered twice")
    assert (fresh(order).status, fresh(order).cancel_reason) == ("cancelled", "Ordered twice")


def test_from_order_to_money(desk):
    order = shipped_order()
    response = desk.client.post(f"/admin/billing/invoice/from-order/{order.pk}/", {"apply": "1", "shipped_only": "on"})
    invoice = Invoice.objects.get(order=order)
    assert response["Location"] == url(Invoice, "change", invoice.pk)
    desk.press(invoice, "issue")
    invoice = fresh(invoice)
    assert invoice.status == "issued"
    assert desk.press(invoice, "pay").context["form"]["amount"].value() == invoice.balance
    response = desk.press(invoice, "pay", amount="9999", payment_method="card")
    assert "more than the open balance" in str(response.context["form"].errors["amount"])
    assert not Payment.objects.exists()
    response = desk.press(invoice, "pay", amount=str(invoice.balance), payment_method="card", reference="R1")
    payment = Payment.objects.get()
    assert payment.payment_number in said(response)
    assert fresh(invoice).status == "paid"
    desk.press(payment, "void", reason="Bounced")
    assert fresh(invoice).status == "issued"


def test_a_payment_is_recorded_from_its_own_list(desk):
    invoice = issued_invoice()
    assert "Add payment" in desk.open(Payment, "add").content.decode()
    data = {"apply": "1", "amount": "19", "payment_method": "cash"}
    response = desk.client.post(url(Payment, "add", invoice=invoice.pk), data)
    assert response["Location"] == url(Payment, "change", Payment.objects.get().pk)
    assert fresh(invoice).balance == Decimal("100.00")


def test_money_for_several_invoices(desk):
    first = issued_invoice()
    second = InvoiceItemFactory(invoice__customer=first.customer).invoice
    desk.press(second, "issue")
    data = {"apply": "1", "amount": "150", "payment_method": "bank_transfer", "reference": "One transfer"}
    response = desk.client.post(f"/admin/billing/payment/of-customer/{first.customer_id}/", data)
    assert response.status_code == 302
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("31.00"), Decimal("119.00")]


def test_a_return_to_its_credit_note(desk):
    order = shipped_order(quantity=2)
    line = order.items.get()
    desk.client.post(f"/admin/billing/invoice/from-order/{order.pk}/", {"apply": "1", "shipped_only": "on"})
    desk.press(Invoice.objects.get(), "issue")
    answers = {"apply": "1", "reason": "Broken", f"quantity-{line.pk}": "1", f"condition-{line.pk}": "damaged"}
    desk.client.post(url(SalesReturn, "add", order=order.pk), answers)
    sales_return = SalesReturn.objects.get()
    desk.press(sales_return, "approve")
    row = sales_return.items.get()
    desk.press(sales_return, "receive", **{f"quantity__{row.pk}": "1", f"condition__{row.pk}": "damaged"})
    assert fresh(sales_return).status == "received"
    assert "credit" in desk.buttons(sales_return)
    invoice = Invoice.objects.get()
    query = {"invoice": invoice.pk, "sales_return": sales_return.pk}
    data = {"apply": "1", "sales_return": sales_return.pk}
    response = desk.client.post(url(CreditNote, "add", **query), data)
    note = CreditNote.objects.get()
    assert response["Location"] == url(CreditNote, "change", note.pk)
    assert (note.reason, note.items.get().quantity) == ("Broken", 1)
    desk.press(note, "issue")
    assert fresh(note).status == "issued"
    assert fresh(sales_return).status == "closed"


def test_a_purchase_order_is_received_in_parts(desk):
    order = PurchaseOrderItemFactory(quantity=10).purchase_order
    line = order.items.get()
    desk.press(order, "send")
    response = desk.press(order, "receive", supplier_reference="LS 7", **{f"quantity__{line.pk}": "4"})
    receipt = GoodsReceipt.objects.get()
    assert receipt.receipt_number in said(response)
    assert fresh(order).status == "partially_received"
    assert balance(line.product, order.warehouse).quantity == 4
    response = desk.press(order, "receive", **{f"quantity__{line.pk}": "7"})
    assert response.status_code == 200
    assert "Accept at most 6" in errors_of(response)
    desk.press(receipt, "reverse", reason="Wrong goods", **{f"quantity__{receipt.items.get().pk}": "4"})
    assert fresh(receipt).status == "reversed"
    assert balance(line.product, order.warehouse).quantity == 0


def test_a_purchase_order_without_costs_takes_them_from_the_product(desk):
    supplier, warehouse, product = SupplierFactory(), WarehouseFactory(), ProductFactory(cost="6")
    lines = [{"product": product.pk, "quantity": 3, "discount_percent": "0"}]
    response = desk.add(PurchaseOrder, lines, supplier=supplier.pk, warehouse=warehouse.pk)
    assert response.status_code == 302, errors_of(response)
    assert PurchaseOrder.objects.get().subtotal_amount == Decimal("18.00")


def test_a_transfer_travels(desk):
    item = StockTransferItemFactory(quantity=5)
    transfer = item.transfer
    put_in_stock(item.product, transfer.from_warehouse, 8)
    desk.press(transfer, "dispatch")
    line = transfer.items.get()
    desk.press(transfer, "receive", **{f"quantity__{line.pk}": "3"})
    assert fresh(transfer).status == "in_transit"
    desk.press(transfer, "close", reason="Lost on the way")
    assert fresh(transfer).status == "received"
    assert balance(item.product, transfer.to_warehouse).quantity == 3


def test_a_transfer_to_where_the_goods_are_is_refused(desk):
    warehouse = WarehouseFactory()
    response = desk.add(StockTransfer, from_warehouse=warehouse.pk, to_warehouse=warehouse.pk)
    assert "Choose two different warehouses." in errors_of(response)


def test_a_count_is_entered_and_posted(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    desk.add(StockCount, warehouse=warehouse.pk)
    count = StockCount.objects.get()
    desk.press(count, "start")
    line = count.items.get()
    desk.press(count, "enter", **{f"counted__{line.pk}": "8", f"reason__{line.pk}": "Two broken"})
    assert count.items.get().difference == -2
    desk.press(count, "post", reason="Yearly count")
    assert fresh(count).status == "posted"
    assert balance(product, warehouse).quantity == 8


def test_a_blind_count_keeps_what_is_expected_to_itself(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 4711)
    desk.add(StockCount, warehouse=warehouse.pk, is_blind="on")
    count = StockCount.objects.get()
    desk.press(count, "start")
    line = count.items.get()
    desk.press(count, "enter", **{f"counted__{line.pk}": "1234"})
    permissions = ["view_stockcount", "view_stockcountitem", "enter_stockcount"]
    counter = Desk(*[f"stock.{name}" for name in permissions])
    pages = [
        counter.open(StockCount, "change", count.pk),
        counter.press(count, "enter"),
        counter.open(type(line), "changelist"),
        counter.open(type(line), "change", line.pk),
    ]
    for page in pages:
        text = page.content.decode().replace(",", "")
        assert "1234" in text
        assert "4711" not in text
        assert "3477" not in text
    assert "4,711" in desk.open(StockCount, "change", count.pk).content.decode()


ASKS_FIRST = {"cancel", "reject", "close", "void", "reverse"}


@pytest.mark.parametrize(("model", "status"), list(SCENES), ids=str)
def test_what_can_not_be_taken_back_asks_before_and_one_step_stands_out(desk, model, status):
    document = model.objects.get(pk=SCENES[model, status]().pk)
    page = desk.open(model, "change", document.pk)
    buttons = page.context["buttons"]
    filled = [button for button in buttons if button.kind == "primary"]
    steps = [b for b in buttons if b.name in model.ACTS and b.kind != "danger" and not b.reason]
    assert len(filled) == 1 if steps else len(filled) <= 1
    for button in buttons:
        if button.name in ASKS_FIRST and button.name in model.ACTS and not button.reason:
            assert button.url == f"?act={button.name}"
            asked = desk.client.get(url(model, "change", document.pk) + button.url)
            assert asked.status_code == 200, button.name
    assert model.objects.get(pk=document.pk).status == status


def test_a_step_that_comes_later_is_greyed_with_what_comes_first(desk):
    reasons = {}
    for model, status in ((PurchaseOrder, "draft"), (StockTransfer, "draft"), (Invoice, "paid"), (Order, "pending")):
        page = desk.open(model, "change", SCENES[model, status]().pk)
        reasons |= {f"{b.name} {model.__name__}": b.reason for b in page.context["buttons"] if b.reason}
    assert reasons["receive PurchaseOrder"] == "It has not been sent yet."
    assert reasons["receive StockTransfer"] == "It has not been dispatched yet."
    assert reasons["pay Invoice"] == "Nothing of it is open."
    assert reasons["ship Order"] == "It has not been confirmed yet."


def test_a_customer_on_hold_or_over_the_limit_is_told_before_confirming(desk):
    order = place((ProductFactory(price="100"), 1))
    Customer.objects.filter(pk=order.customer_id).update(credit_limit=10)
    button = desk.open(Order, "change", order.pk).context["buttons"][0]
    assert "the credit limit is 10.00" in button.reason
    Customer.objects.filter(pk=order.customer_id).update(on_hold=True)
    page = desk.open(Order, "change", order.pk)
    assert "is on hold" in page.context["buttons"][0].reason
    assert 'class="blocked" disabled' in page.content.decode()


def test_a_document_leads_to_those_that_it_came_of(desk):
    invoice = SCENES[Invoice, "issued"]()
    payment = services.pay_invoice(invoice, payment_method="cash", by=None)
    [link] = desk.open(Payment, "change", payment.pk).context["related"]
    assert (str(link.value), link.url) == (invoice.invoice_number, url(Invoice, "change", invoice.pk))
