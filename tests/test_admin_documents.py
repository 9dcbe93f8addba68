"""Documents in the back office: written by their services, edited as drafts, advanced by their acts."""

from decimal import Decimal

import pytest

from billing.models import CreditNote, Invoice, Payment
from inventory_project.base.models import Document
from sales.models import Order, OrderItem, SalesReturn, Shipment
from stock.models import GoodsReceipt, PurchaseOrder, StockCount, StockTransfer
from tests.back_office import Desk, errors_of, said, url
from tests.factories.billing import InvoiceItemFactory, issued_invoice
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import (
    CustomerFactory,
    OrderItemFactory,
    confirmed_order,
    default_tax_rate,
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def fresh[D: Document](document: D) -> D:
    return type(document).objects.get(pk=document.pk)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_new_order_is_numbered_priced_and_totalled(desk):
    default_tax_rate("19")
    customer, product, other = CustomerFactory(), ProductFactory(price="10"), ProductFactory(price="3")
    lines = [
        {"product": product.pk, "quantity": 2, "discount_percent": "0"},
        {"product": other.pk, "quantity": 1, "unit_price": "2.50", "discount_percent": "0"},
    ]
    response = desk.add(Order, lines, customer=customer.pk, ordered_at="2026-11-20T10:00", shipping_amount="0")
    order = Order.objects.get()
    assert response.status_code == 302, errors_of(response)
    assert order.order_number.startswith("SO-")
    assert order.user == order.created_by == desk.user
    assert order.subtotal_amount == Decimal("22.50")
    assert order.total_amount == Decimal("26.78")
    assert f"/{order.pk}/change/" in said(response)


def test_an_order_without_lines_is_refused_and_nothing_is_written(desk):
    response = desk.add(Order, customer=CustomerFactory().pk, ordered_at="2026-11-20T10:00", shipping_amount="0")
    assert response.status_code == 200
    assert "An order needs at least one line." in errors_of(response)
    assert not Order.objects.exists()


def test_a_refusal_names_its_line_and_keeps_what_was_entered(desk):
    default_tax_rate()
    good, retired = ProductFactory(), ProductFactory(is_active=False)
    lines = [{"product": p.pk, "quantity": 7, "discount_percent": "0"} for p in (good, retired)]
    response = desk.add(Order, lines, customer=CustomerFactory().pk, ordered_at="2026-11-20T10:00", shipping_amount="0")
    assert response.status_code == 200
    [formset] = [inline.formset for inline in response.context["inline_admin_formsets"]]
    assert not formset.forms[0].errors
    assert "is not active" in str(formset.forms[1].errors["product"])
    assert formset.forms[1]["quantity"].value() == "7"
    assert not Order.objects.exists()


def test_a_draft_is_edited_and_its_totals_follow(desk):
    order = OrderItemFactory(quantity=2, unit_price="10", order__notes="").order
    response = desk.edit(order, items__0__quantity="5", notes="Ring the bell")
    assert response.status_code == 302, errors_of(response)
    order = fresh(order)
    assert order.notes == "Ring the bell"
    assert order.subtotal_amount == Decimal("50.00")
    assert order.updated_by == desk.user


def test_a_line_of_a_draft_is_removed(desk):
    order = place((ProductFactory(price="1"), 1), (ProductFactory(price="2"), 1))
    desk.edit(order, **{"items__0__DELETE": "on"})
    assert fresh(order).subtotal_amount == Decimal("2.00")


def test_a_confirmed_order_is_shown_but_not_edited(desk):
    order = confirmed_order()
    page = desk.open(Order, "change", order.pk)
    assert "can no longer be edited" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert desk.client.post(url(Order, "change", order.pk), {"notes": "x"}).status_code == 403
    assert fresh(order).notes == ""


def test_two_editors_are_told_apart(desk):
    order = OrderItemFactory().order
    page = desk.open(Order, "change", order.pk)
    Desk().edit(order, notes="From the other")
    response = desk.client.post(url(Order, "change", order.pk), desk.entries(page) | {"notes": "Mine"})
    assert "changed this on" in errors_of(response)
    assert fresh(order).notes == "From the other"
    again = desk.entries(response) | {"notes": "Mine"}
    assert desk.client.post(url(Order, "change", order.pk), again).status_code == 302
    assert fresh(order).notes == "Mine"


def test_a_draft_is_deleted_with_its_lines_and_gives_back_what_it_held(desk):
    order = shipped_order()
    desk.client.post(f"/admin/billing/invoice/from-order/{order.pk}/", {"apply": "1", "shipped_only": "on"})
    invoice = Invoice.objects.get()
    assert OrderItem.objects.get().quantity_invoiced == 2
    desk.client.post(url(Invoice, "delete", invoice.pk), {"post": "yes"})
    assert not Invoice.objects.exists()
    assert OrderItem.objects.get().quantity_invoiced == 0


def test_an_issued_invoice_is_not_deleted(desk):
    invoice = issued_invoice()
    assert desk.client.post(url(Invoice, "delete", invoice.pk), {"post": "yes"}).status_code == 403
    desk.press_all([invoice], "delete_selected", post="yes")
    assert Invoice.objects.exists()


def test_lines_are_changed_through_their_own_pages_too(desk):
    line = OrderItemFactory(quantity=1, unit_price="10")
    desk.edit(line, quantity="3")
    assert fresh(line.order).subtotal_amount == Decimal("30.00")
    desk.client.post(url(OrderItem, "delete", line.pk), {"post": "yes"})
    assert fresh(line.order).subtotal_amount == 0


def test_no_line_is_added_to_a_confirmed_order(desk):
    order, product = confirmed_order(), ProductFactory()
    data = {"order": order.pk, "product": product.pk, "quantity": "1", "discount_percent": "0"}
    response = desk.client.post(url(OrderItem, "add"), data)
    assert response.status_code == 200
    assert "can no longer be edited" in errors_of(response)
    assert order.items.count() == 1


def test_a_form_that_is_sent_twice_is_saved_once(desk):
    default_tax_rate()
    lines = [{"product": ProductFactory().pk, "quantity": 2, "discount_percent": "0"}]
    header = {"customer": CustomerFactory().pk, "ordered_at": "2026-11-20T10:00", "once": "k1"}
    assert desk.add(Order, lines, **header, shipping_amount="").status_code == 200  # the key is still good
    first = desk.add(Order, lines, **header, shipping_amount="0")
    second = desk.add(Order, lines, **header, shipping_amount="0")
    assert first["Location"] == second["Location"]
    assert "nothing was done a second time" in said(second)
    assert Order.objects.count() == 1


def test_an_act_that_is_sent_twice_is_done_once(desk):
    invoice = issued_invoice()
    for _again in range(2):
        response = desk.press(invoice, "pay", amount="10", payment_method="cash", once="k2")
        assert response.status_code == 302
    assert "nothing was done a second time" in said(response)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["1_000", "１２", "١٢", "1e3", "NaN", "Infinity", "0x10", "-1", "0", "99999999999", "9" * 30]
)
def test_odd_numbers_are_refused(desk, text):
    default_tax_rate()
    lines = [{"product": ProductFactory().pk, "quantity": text, "discount_percent": "0"}]
    header = {"customer": CustomerFactory().pk, "ordered_at": "2026-11-20T10:00", "shipping_amount": "0"}
    response = desk.add(Order, lines, **header)
    assert response.status_code == 200
    assert errors_of(response)
    assert not Order.objects.exists()


# --- acts -------------------------------------------------------------------------------------------------------------


def test_only_the_steps_that_the_status_allows_are_offered(desk):
    order = place()
    assert desk.buttons(order) == ["confirm", "cancel"]
    order = confirmed_order()
    assert desk.buttons(order) == ["ship", "change", "reserve", "close", "release", "cancel", "invoice"]
    assert desk.buttons(shipped_order()) == ["deliver", "invoice", "return"]


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
    assert "at most 6 more" in errors_of(response)
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
    desk.press(count, "post", release="")
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
