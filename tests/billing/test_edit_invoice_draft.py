"""Drafts are edited line by line in the back office and the API; both end in recalculate_invoice."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from billing.models import Invoice, InvoiceItem
from billing.services import (
    cancel_invoice,
    create_credit_note,
    create_invoice,
    delete_invoice,
    invoice_order,
    issue_invoice,
    recalculate_invoice,
)
from catalog.models import PriceList, PriceListItem
from inventory_project.base.actor import acting_as
from inventory_project.base.services import save_document, save_lines
from sales.models import Customer, CustomerAddress, Order
from tests.factories.catalog import ProductFactory

D = Decimal


@pytest.fixture
def save(accountant):
    def write(invoice, *lines, delete=()):
        save_lines(invoice, save=lines, delete=delete, recalculate=recalculate_invoice, by=accountant)

    return write


def invoiced(order: Order) -> list[int]:
    return list(order.items.order_by("pk").values_list("quantity_invoiced", flat=True))


def test_fewer_units_leave_the_rest_to_be_invoiced(ordered, save, accountant):
    order = ordered((5, "10.00"))
    invoice = invoice_order(order, by=accountant)
    line = invoice.items.get()
    line.quantity = 2
    save(invoice, line)
    assert invoice.total_amount == D("23.80")
    assert invoiced(order) == [2]
    assert invoice_order(order, by=accountant).items.get().quantity == 3


def test_a_line_that_goes_can_be_invoiced_again(ordered, save, accountant):
    order = ordered((5, "10.00"), (1, "3.00"))
    invoice = invoice_order(order, by=accountant)
    first = invoice.items.order_by("pk").first()
    save(invoice, delete=[first])
    assert invoiced(order) == [0, 1]
    assert invoice.total_amount == D("3.57")


def test_more_than_was_ordered_is_refused(ordered, save, accountant, refused):
    order = ordered((5, "10.00"))
    invoice = invoice_order(order, by=accountant)
    line = invoice.items.get()
    line.quantity = 6
    with refused("over_invoiced") as refusal:
        save(invoice, line)
    assert refusal.value.details["lines"] == [{"order_item": line.order_item_id, "asked": 6, "ordered": 5}]


def test_lines_beside_the_order_are_taxed_together_with_it(ordered, save, accountant):
    invoice = invoice_order(ordered((1, "0.13")), by=accountant)
    save(
        invoice, InvoiceItem(invoice=invoice, description="Gift wrap", quantity=1, unit_price=D("0.26"), tax_percent=19)
    )
    assert invoice.tax_amount == D("0.07")  # 19 % of 0.39


def test_a_line_of_another_order_is_refused(ordered, save, accountant, refused):
    invoice = invoice_order(ordered((1, "1")), by=accountant)
    stranger = ordered((1, "1")).items.get()
    with refused("other_order"):
        save(invoice, InvoiceItem(invoice=invoice, order_item=stranger, description="x", quantity=1, unit_price=1))


def test_the_order_s_customer_stays(ordered, accountant, refused):
    invoice = invoice_order(ordered((1, "1")), by=accountant)
    invoice.customer = Customer.objects.create(code="C-2", name="Other")
    with refused("other_customer"):
        save_document(invoice, recalculate=recalculate_invoice, by=accountant)


def test_a_new_one_gets_number_and_user_through_any_door(customer, accountant):
    with acting_as(accountant):  # as in a request
        invoice = Invoice(customer=customer)
    save_document(invoice, recalculate=recalculate_invoice, by=accountant)
    invoice.refresh_from_db()
    assert (invoice.invoice_number, invoice.user) == (f"DRAFT-{invoice.pk}", accountant)


def test_an_issued_one_is_not_edited(ordered, save, accountant, refused):
    invoice = issue_invoice(invoice_order(ordered((1, "1")), by=accountant), by=accountant)
    line = invoice.items.get()
    line.quantity = 2
    with refused("invalid_state"):
        save(invoice, line)


def test_a_discarded_draft_leaves_no_trace_on_the_order(ordered, accountant):
    order = ordered((5, "10.00"), shipping="3.00")
    invoice = invoice_order(order, by=accountant)
    delete_invoice(invoice, by=accountant)
    assert invoiced(order) == [0]
    assert not Invoice.objects.exists()
    assert invoice_order(order, by=accountant).total_amount == order.total_amount


def test_an_issued_one_is_not_discarded(ordered, accountant, refused):
    invoice = issue_invoice(invoice_order(ordered((1, "1")), by=accountant), by=accountant)
    with refused("invalid_state"):
        delete_invoice(invoice, by=accountant)


def test_what_another_has_discarded_meanwhile_is_gone(ordered, accountant, refused):
    invoice = invoice_order(ordered((1, "1")), by=accountant)
    stale = Invoice.objects.get(pk=invoice.pk)
    delete_invoice(invoice, by=accountant)
    for act in (issue_invoice, cancel_invoice, delete_invoice, create_credit_note):
        with refused("not_found") as refusal:
            act(stale, by=accountant)
        assert str(refusal.value) == "The invoice has been deleted meanwhile. Nothing was written."


def test_a_draft_without_lines_comes_to_0(customer, accountant):
    invoice = create_invoice(customer=customer, by=accountant)
    assert (invoice.total_amount, invoice.balance) == (0, 0)


def test_the_form_refuses_an_address_of_another_customer(customer):
    stranger = Customer.objects.create(code="C-2", name="Other")
    address = CustomerAddress.objects.create(
        customer=stranger, kind="billing", line1="1 Quay", city="Kiel", country="DE"
    )
    with pytest.raises(ValidationError, match="another customer"):
        Invoice(customer=customer, billing_to=address).clean()


def test_a_line_typed_without_price_and_tax_gets_the_customer_s(customer, save, accountant, standard_rate):
    product = ProductFactory(price=D("10"))
    customer.price_list = PriceList.objects.create(name="Trade")
    customer.save()
    PriceListItem.objects.create(price_list=customer.price_list, product=product, price=D("8"))
    invoice = create_invoice(customer=customer, by=accountant)
    line = InvoiceItem(invoice=invoice, product=product, quantity=1, unit_price=None, tax_percent=None)
    line.full_clean(exclude=["invoice"])
    save(invoice, line)
    line.refresh_from_db()
    assert (line.unit_price, line.tax_percent, line.description) == (8, 19, product.name)
    assert invoice.total_amount == D("9.52")


def test_a_free_line_needs_a_price(customer, accountant):
    invoice = create_invoice(customer=customer, by=accountant)
    with pytest.raises(ValidationError, match="needs a price"):
        InvoiceItem(invoice=invoice, description="Repair", quantity=1, unit_price=None).full_clean()
