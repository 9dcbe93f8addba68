"""Documents in the back office: written by their services, edited as long as they are drafts."""

from decimal import Decimal

import pytest

from accounts.models import User
from billing.models import Invoice, Payment
from catalog.models import Product
from inventory_project.base.models import Document
from sales.models import Customer, Order, OrderItem
from stock.models import PurchaseOrder
from tests.api_client import address, root_client
from tests.back_office import Desk, errors_of, said, sent, url
from tests.factories.billing import issued_invoice
from tests.factories.catalog import ProductFactory
from tests.factories.sales import (
    CustomerFactory,
    OrderItemFactory,
    confirmed_order,
    default_tax_rate,
    place,
    shipped_order,
)
from tests.factories.stock import WarehouseFactory, put_in_stock
from tests.lives.scenes import SCENES

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


def fresh[D: Document](document: D) -> D:
    return type(document).objects.get(pk=document.pk)


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


def test_of_a_confirmed_order_only_date_and_notes_are_edited(desk):
    order = confirmed_order()
    page = desk.open(Order, "change", order.pk)
    assert "Only “Requested for” and “Notes” can still be edited" in page.content.decode()
    assert set(sent(page.context["adminform"].form)) == {"notes", "requested_on"}
    assert not any(inline.has_add_permission for inline in page.context["inline_admin_formsets"])
    response = desk.edit(order, notes="Ring twice", requested_on="2026-12-24")
    assert response.status_code == 302, errors_of(response)
    assert (fresh(order).notes, str(fresh(order).requested_on)) == ("Ring twice", "2026-12-24")
    assert fresh(order).updated_by == desk.user


def test_a_page_that_was_opened_as_a_drafts_is_refused_once_the_order_is_confirmed(desk):
    order = confirmed_order()
    Order.objects.filter(pk=order.pk).update(status="pending")
    entries = desk.entries(desk.open(Order, "change", order.pk))
    Order.objects.filter(pk=order.pk).update(status="confirmed")
    entries |= {"notes": "Late", "items-0-quantity": "77"}
    response = desk.client.post(url(Order, "change", order.pk), entries)
    assert "can no longer be edited" in errors_of(response)
    assert (fresh(order).notes, order.items.get().quantity) == ("", fresh(order).items.get().quantity)


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_date_that_has_passed_its_use_is_fixed(desk, status):
    order = confirmed_order()
    Order.objects.filter(pk=order.pk).update(status=status)
    assert set(sent(desk.open(Order, "change", order.pk).context["adminform"].form)) == {"notes"}


@pytest.mark.parametrize(("model", "status"), [each for each in SCENES if each[1] not in each[0].EDITABLE])
def test_notes_of_every_document_can_be_changed_for_ever_and_nothing_else(desk, model, status):
    document = model.objects.get(pk=SCENES[model, status]().pk)
    before = {**vars(model.objects.get(pk=document.pk))}
    response = desk.edit(document, notes="Remember")
    assert response.status_code == 302, errors_of(response)
    after = vars(model.objects.get(pk=document.pk))
    changed = {name for name, value in after.items() if before[name] != value and name != "_state"}
    assert changed - {"updated_at", "updated_by_id"} == {"notes"}
    client, address_ = root_client(), address(document)
    answer = client.patch(address_, {"notes": "By the program"})
    assert (answer.status_code, answer.json()["notes"]) == (200, "By the program")
    locked = {"notes": "No", "status": "draft"}
    answers = [client.patch(address_, locked), client.put(address_, {"notes": "No"}), client.delete(address_)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "invalid_state")] * 3
    assert fresh(document).notes == "By the program"


def test_the_expected_day_of_a_purchase_order_is_changed_until_all_has_come():
    client = root_client()
    for status, allowed in (("ordered", 200), ("partially_received", 200), ("received", 409)):
        order = SCENES[PurchaseOrder, status]()
        answer = client.patch(address(order), {"expected_at": "2026-12-24T10:00:00Z"})
        assert answer.status_code == allowed, answer.content


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


def test_an_act_whose_form_is_sent_again_when_it_is_no_longer_possible_answers_as_before(desk):
    """Its entries would be refused now; that it has been done is what the person has to know."""
    invoice = issued_invoice()
    answers = [desk.press(invoice, "pay", amount=invoice.balance, payment_method="cash", once="k3") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert "nothing was done a second time" in said(answers[1])
    assert Payment.objects.count() == 1


def test_a_button_that_is_sent_again_is_one_act_and_after_a_refusal_it_can_be(desk):
    product = ProductFactory()
    order = place((product, 2))
    button = {"_selected_action": order.pk, "CHANGE_FORM-action": "confirm", "once": "k4"}
    refused = desk.client.post(url(Order, "change", order.pk), button)
    assert "nothing was done a second time" not in said(refused)
    put_in_stock(product, WarehouseFactory(), 5)
    done, again = [desk.client.post(url(Order, "change", order.pk), button) for _ in range(2)]
    assert fresh(order).status == "confirmed"
    assert "confirmed now" in said(done).lower()
    assert "nothing was done a second time" in said(again)


def test_the_buttons_of_a_record_carry_a_key(desk):
    page = desk.open(Order, "change", place().pk).content.decode()
    acts = page[page.index('id="acts"') :]
    assert 'name="once"' in acts[: acts.index("</form>")]


def test_a_read_only_field_leads_to_its_record_only_those_who_may_see_it():
    order = shipped_order()
    person, customer = url(User, "change", order.user_id), url(Customer, "change", order.customer_id)
    product = url(Product, "change", order.items.get().product_id)

    def links(*permissions: str) -> list[bool]:
        page = Desk("sales.view_order", "sales.view_orderitem", *permissions).open(Order, "change", order.pk)
        return [f'href="{address}"' in page.content.decode() for address in (person, customer, product)]

    assert links() == [False, False, False]
    assert links("sales.view_customer", "catalog.view_product") == [False, True, True]
    assert links("accounts.view_user") == [True, False, False]


def test_an_overdue_invoice_still_says_how_far_it_has_come():
    invoice = issued_invoice()
    Invoice.objects.filter(pk=invoice.pk).update(status="overdue")
    steps = Desk().open(Invoice, "change", invoice.pk).context["stepper"]
    assert [(str(step["label"]), step["state"]) for step in steps] == [
        ("draft", "done"),
        ("overdue", "now"),
        ("paid", ""),
    ]


def test_choices_begin_as_everything_else_does(desk):
    page = desk.open(Customer, "add").content.decode()
    assert ">Domestic</option>" in page
    assert ">Bank transfer</option>" in desk.open(Invoice, "change", issued_invoice().pk, act="pay").content.decode()
