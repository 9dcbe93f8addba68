"""Header and lines edited by hand while the order is pending: `recalculate_order` follows."""

from decimal import Decimal

import pytest

from inventory_project.base.services import save_document, save_lines
from sales.models import AddressKind, OrderItem, PriceOrigin, TaxTreatment
from sales.services import OrderLine, confirm_order, recalculate_order
from tests.factories.catalog import PriceListItemFactory, ProductFactory, TaxRateFactory
from tests.factories.sales import CustomerAddressFactory, CustomerFactory, OrderFactory, place
from tests.factories.stock import put_in_stock
from tests.sales.books import only_item


def save(line, by):
    line.full_clean(exclude=["order"])
    save_lines(line.order, save=[line], recalculate=recalculate_order, by=by)
    line.refresh_from_db()
    line.order.refresh_from_db()
    return OrderItem.objects.get(pk=line.pk)


@pytest.fixture
def product(db):
    return ProductFactory(name="Lantern", price=Decimal("10.0000"))


@pytest.fixture
def price_list(product):
    item = PriceListItemFactory(product=product, price=Decimal("9"))
    PriceListItemFactory(price_list=item.price_list, product=product, minimum_quantity=10, price=Decimal("8"))
    return item.price_list


def test_a_new_line_without_a_price_gets_the_customers(clerk, product, price_list):
    order = OrderFactory(customer=CustomerFactory(price_list=price_list))
    line = save(OrderItem(order=order, product=product, quantity=2), clerk)
    assert (line.unit_price, line.price_origin, line.description) == (Decimal("9"), PriceOrigin.LIST, "Lantern")
    order.refresh_from_db()
    assert (order.subtotal_amount, order.tax_amount, order.total_amount) == (18, Decimal("3.42"), Decimal("21.42"))
    assert order.price_list == price_list


def test_a_price_that_was_typed_stays_also_one_of_zero(clerk, product):
    order = OrderFactory()
    line = save(OrderItem(order=order, product=product, quantity=2, unit_price=Decimal("0")), clerk)
    assert (line.unit_price, line.price_origin) == (0, PriceOrigin.MANUAL)
    line.quantity = 5
    line = save(line, clerk)
    assert (line.unit_price, line.price_origin) == (0, PriceOrigin.MANUAL)


def test_a_price_typed_over_a_looked_up_one_stays(clerk, product):
    line = only_item(place((product, 2)))
    line.unit_price = Decimal("7")
    line = save(line, clerk)
    assert (line.unit_price, line.price_origin, line.subtotal) == (7, PriceOrigin.MANUAL, 14)


def test_a_price_that_was_emptied_is_looked_up_again(clerk, product):
    line = only_item(place(OrderLine(product, 2, unit_price=Decimal("7"))))
    line.unit_price = None
    line = save(line, clerk)
    assert (line.unit_price, line.price_origin) == (10, PriceOrigin.PRODUCT)


def test_another_quantity_may_reach_another_price_of_the_list(clerk, product, price_list):
    line = only_item(place((product, 2), customer=CustomerFactory(price_list=price_list)))
    line.quantity = 10
    assert save(line, clerk).unit_price == 8


def test_an_agreed_price_does_not_follow_the_product(clerk, product):
    line = only_item(place((product, 2)))
    type(product).objects.update(price=Decimal("99"))
    line.description = "As agreed"
    line = save(line, clerk)
    assert (line.unit_price, line.description) == (10, "As agreed")


def test_another_product_brings_its_own_price_name_and_tax(clerk, product):
    reduced = TaxRateFactory(rate=Decimal("7"))
    other = ProductFactory(name="Rope", price=Decimal("3"), tax_rate=reduced)
    line = only_item(place((product, 2)))
    line.product = other
    line = save(line, clerk)
    assert (line.unit_price, line.description, line.tax_percent) == (3, "Rope", 7)


def test_removing_a_line_brings_the_totals_down(clerk, product):
    order = place((product, 2), (product, 3))
    save_lines(order, delete=[order.items.first()], recalculate=recalculate_order, by=clerk)
    order.refresh_from_db()
    assert order.subtotal_amount == Decimal("30.00")


def test_the_header_brings_addresses_and_tax_along(clerk, product):
    order = place((product, 2), shipping_amount=Decimal("10"))
    abroad = CustomerFactory(tax_treatment=TaxTreatment.EXPORT)
    CustomerAddressFactory(customer=abroad, kind=AddressKind.BILLING, is_default=True, country="CH")
    order.customer = abroad
    save_document(order, recalculate=recalculate_order, by=clerk)
    order.refresh_from_db()
    assert order.billing_address["country"] == "CH"
    assert (order.shipping_tax_category, order.tax_amount, order.total_amount) == ("G", 0, 30)
    assert only_item(order).tax_category == "G"
    order.customer, order.billing_to = CustomerFactory(), None
    save_document(order, recalculate=recalculate_order, by=clerk)
    order.refresh_from_db()
    assert (order.shipping_tax_percent, order.shipping_tax_category, order.tax_amount) == (19, "S", Decimal("5.70"))


def test_a_tax_on_the_delivery_that_was_asked_for_stays(clerk, product):
    order = place((product, 2), shipping_amount=Decimal("10"), shipping_tax_percent=Decimal("7"))
    order.shipping_amount = Decimal("20")
    order.full_clean(exclude=["user"])
    save_document(order, recalculate=recalculate_order, by=clerk)
    order.refresh_from_db()
    assert (order.shipping_tax_percent, order.tax_amount) == (7, Decimal("5.20"))


def test_an_address_of_the_former_customer_is_refused(clerk, product, refused):
    customer = CustomerFactory()
    CustomerAddressFactory(customer=customer, is_default=True)
    order, other = place((product, 2), customer=customer), CustomerFactory()
    order.customer = other
    with refused("wrong_address", field="shipping_to"):
        save_document(order, recalculate=recalculate_order, by=clerk)


def test_once_confirmed_nothing_is_edited_by_hand(clerk, product, warehouse, refused):
    put_in_stock(product, warehouse, 10)
    order = confirm_order(place((product, 2)), by=clerk)
    line = only_item(order)
    line.quantity = 3
    with refused("invalid_state"):
        save_lines(order, save=[line], recalculate=recalculate_order, by=clerk)


def test_any_number_of_lines_costs_the_same_statements(product, statements):
    few = place(*[(product, 1)] * 2)
    many = place(*[(product, 1)] * 60)
    for order in (few, many):
        order.items.update(unit_price=1, price_origin=PriceOrigin.NONE)
    assert statements(lambda: recalculate_order(few)) == statements(lambda: recalculate_order(many))
