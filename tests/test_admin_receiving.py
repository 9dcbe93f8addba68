"""Receiving numbered goods at the back office: a number for each unit."""

import pytest

from catalog.models import Tracking
from stock.models import GoodsReceipt, Lot, PurchaseOrder
from stock.services import send_purchase_order
from tests.back_office import Desk, errors_of, said
from tests.factories.catalog import ProductFactory
from tests.factories.stock import PurchaseOrderItemFactory, balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> PurchaseOrder:
    """Three drills, each with a serial number, and five tapes, which have none."""
    item = PurchaseOrderItemFactory(product=ProductFactory(sku="DRILL", tracking=Tracking.SERIAL), quantity=3)
    PurchaseOrderItemFactory(purchase_order=item.purchase_order, product=ProductFactory(sku="TAPE"), quantity=5)
    return send_purchase_order(item.purchase_order, by=None)


def receive(order: PurchaseOrder, sku: str, **entries):
    line = order.items.get(product__sku=sku)
    return Desk().press(order, "receive", **{f"{name}-{line.pk}": value for name, value in entries.items()})


def test_numbers_are_separated_by_whatever_a_scanner_or_a_sheet_puts_between(order):
    response = receive(order, "DRILL", quantity=3, lot_number="S1\nS2, S3;")
    assert "3 units taken in" in said(response)
    assert sorted(Lot.objects.values_list("number", flat=True)) == ["S1", "S2", "S3"]
    assert [item.quantity for item in GoodsReceipt.objects.get().items.all()] == [1, 1, 1]
    assert balance(order.items.get(product__sku="DRILL").product, order.warehouse).quantity == 3


@pytest.mark.parametrize("numbers", ["", "S1", "S1 S2 S3 S4"])
def test_as_many_numbers_as_units_or_nothing_is_posted(order, numbers):
    response = receive(order, "DRILL", quantity=3, lot_number=numbers)
    assert response.status_code == 200
    assert "3 units are accepted, but there are" in errors_of(response)
    assert response.context["form"].data[f"lot_number-{order.items.get(product__sku='DRILL').pk}"] == numbers
    assert (GoodsReceipt.objects.count(), Lot.objects.count()) == (0, 0)


def test_a_number_that_came_before_is_refused_at_its_line(order):
    receive(order, "DRILL", quantity=1, lot_number="S1")
    response = receive(order, "DRILL", quantity=1, lot_number="S1")
    assert response.status_code == 200 and errors_of(response)
    assert GoodsReceipt.objects.count() == 1


def test_rejected_units_need_no_number(order):
    response = receive(order, "DRILL", quantity=1, quantity_rejected=1, lot_number="S1")
    assert "1 unit taken in" in said(response)
    line = order.items.get(product__sku="DRILL")
    assert (line.quantity_received, line.quantity_open) == (1, 2)


def test_one_button_enters_what_is_open_and_asks_for_the_numbers(order):
    page = Desk().press(order, "receive", fill="1")
    values = {row.line.product.sku: row.fields[0].value() for row in page.context["form"].grid}
    assert values == {"DRILL": 3, "TAPE": 5}
    assert GoodsReceipt.objects.count() == 0
