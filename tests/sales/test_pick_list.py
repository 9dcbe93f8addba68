"""A pick list says where to go and what to take: just what leaves if the goods are shipped now."""

from datetime import date

import pytest

from catalog.models import Tracking
from inventory_project.base.errors import InsufficientStock
from sales.models import ShipmentItem
from sales.services import (
    ShipmentLine,
    confirm_order,
    create_shipment,
    pick_list_of_order,
    pick_list_of_shipment,
    ship_shipment,
)
from stock.models import Lot
from tests.api_client import address, clerk_client, root_client
from tests.back_office import Desk
from tests.factories.catalog import ProductFactory
from tests.factories.sales import place
from tests.factories.stock import BinFactory, default_bin, put_in_stock


def told(rows) -> list[tuple]:
    return [(row.bin.code, row.order_item.product.sku, row.lot and row.lot.number, row.quantity) for row in rows]


@pytest.fixture
def order(warehouse, clerk):
    """Milk of two lots and a lamp, in three bins."""
    milk = ProductFactory(sku="MILK", tracking=Tracking.LOT)
    lamp = ProductFactory(sku="LAMP")
    back, front = BinFactory(warehouse=warehouse, code="Z-9"), BinFactory(warehouse=warehouse, code="A-1")
    put_in_stock(milk, warehouse, 4, bin=back, lot_number="L1", expires_on=date(2027, 1, 1))
    put_in_stock(milk, warehouse, 9, bin=front, lot_number="L2", expires_on=date(2027, 6, 1))
    put_in_stock(lamp, warehouse, 3, bin=front)
    return confirm_order(place((milk, 6), (lamp, 2), warehouse=warehouse), by=clerk)


EXPECTED = [("A-1", "LAMP", None, 2), ("A-1", "MILK", "L2", 2), ("Z-9", "MILK", "L1", 4)]


def test_it_is_what_leaves(order, clerk):
    assert told(pick_list_of_order(order)) == EXPECTED
    shipment = create_shipment(order, by=clerk)
    assert told(pick_list_of_shipment(shipment)) == EXPECTED
    assert told(pick_list_of_order(order)) == EXPECTED
    ship_shipment(shipment, by=clerk)
    assert told(pick_list_of_shipment(shipment)) == EXPECTED
    taken = ShipmentItem.objects.filter(shipment=shipment).select_related("bin", "order_item__product", "lot")
    assert sorted((row.bin.code, row.order_item.product.sku, row.quantity) for row in taken) == [
        (code, sku, quantity) for code, sku, _lot, quantity in EXPECTED
    ]
    assert pick_list_of_order(order) == []


def test_a_lot_that_a_draft_names_is_the_one_to_take(order, clerk):
    line = order.items.get(product__sku="MILK")
    create_shipment(order, [ShipmentLine(line, 5, lot=Lot.objects.get(number="L2"))], by=clerk)
    assert told(pick_list_of_order(order)) == [
        ("A-1", "LAMP", None, 2),
        ("A-1", "MILK", "L2", 5),
        ("Z-9", "MILK", "L1", 1),
    ]


def test_goods_that_are_not_there_are_named(order, warehouse, clerk):
    line = order.items.get(product__sku="LAMP")
    shipment = create_shipment(order, [ShipmentLine(line, 2, bin=default_bin(warehouse))], by=clerk)
    with pytest.raises(InsufficientStock, match="LAMP"):
        pick_list_of_shipment(shipment)
    answer = root_client().get(address(shipment, "pick-list"))
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
    assert Desk().client.get(f"/admin/sales/shipment/{shipment.pk}/pick-list/", follow=True).status_code == 200


def test_it_costs_the_same_for_many_lines(warehouse, clerk, statements):
    def cost(number: int) -> int:
        products = [ProductFactory() for _ in range(number)]
        for product in products:
            put_in_stock(product, warehouse, 5)
        order = confirm_order(place(*[(product, 2) for product in products], warehouse=warehouse), by=clerk)
        return statements(lambda: [told(pick_list_of_order(order))])

    assert cost(1) == cost(12)


def test_at_the_api(order, clerk):
    shipment = create_shipment(order, by=clerk)
    for document in (order, shipment):
        rows = root_client().get(address(document, "pick-list")).json()["rows"]
        assert [(row["bin_code"], row["sku"], row["lot_number"] or None, row["quantity"]) for row in rows] == EXPECTED
        assert rows[2]["expires_on"] == "2027-01-01"
        assert clerk_client("sales.view_customer").get(address(document, "pick-list")).status_code == 403


def test_in_the_back_office(order, clerk):
    desk = Desk()
    assert "pick_list" in desk.buttons(order)
    shipment = create_shipment(order, by=clerk)
    assert "pick_list" in desk.buttons(shipment)
    for page in (f"order/{order.pk}", f"shipment/{shipment.pk}"):
        text = desk.client.get(f"/admin/sales/{page}/pick-list/").content.decode()
        assert text.index("A-1") < text.index("Z-9")
        assert Desk("sales.view_customer").client.get(f"/admin/sales/{page}/pick-list/").status_code == 403
    assert desk.client.get(f"/admin/sales/shipment/{shipment.pk + 1}/pick-list/").status_code == 404
