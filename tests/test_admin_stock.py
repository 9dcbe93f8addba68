"""Balances and the ledger in the back office: what services write is added, undone and read, never typed over."""

import pytest

from sales.models import Reservation
from stock.models import Bin, Inventory, StockItem, StockMovement, Warehouse
from tests.back_office import Desk, errors_of, said, url
from tests.factories.catalog import ProductFactory
from tests.factories.sales import ReservationFactory, confirmed_order
from tests.factories.stock import BinFactory, WarehouseFactory, balance, default_bin, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def movement():
    return put_in_stock(ProductFactory(), WarehouseFactory(), 10)


def test_adding_to_the_inventory_enters_opening_stock(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    data = {"apply": "1", "product": product.pk, "warehouse": warehouse.pk, "quantity": "12", "unit_cost": "2.5"}
    response = desk.client.post(url(Inventory, "add"), data)
    assert response.status_code == 302, errors_of(response)
    assert balance(product, warehouse).quantity == 12
    assert "stock movement" in said(response)


def test_opening_stock_is_refused_once_goods_have_moved(desk, movement):
    order = confirmed_order(movement.product, 1, warehouse=movement.warehouse, stock=0)
    desk.press(order, "ship", **{f"quantity__{order.items.get().pk}": "1"})
    data = {"product": movement.product_id, "warehouse": movement.warehouse_id, "quantity": "1", "unit_cost": "1"}
    response = desk.client.post(url(Inventory, "add"), data | {"apply": "1"})
    assert "goods have moved there already" in errors_of(response)


def test_a_balance_is_adjusted_with_a_reason(desk, movement):
    row = Inventory.objects.get()
    response = desk.press(row, "adjust", quantity="-3", reason="")
    assert "This field is required." in errors_of(response)
    desk.press(row, "adjust", quantity="-3", reason="Broken")
    assert Inventory.objects.get().quantity == 7
    assert StockMovement.objects.filter(reason="Broken", quantity=-3, created_by=desk.user).exists()


def test_editing_a_balance_leaves_its_figures_alone(desk, movement):
    row = Inventory.objects.get()
    page = desk.open(Inventory, "change", row.pk)
    entries = desk.entries(page)
    desk.press(row, "adjust", quantity="-3", reason="Broken")
    response = desk.client.post(
        url(Inventory, "change", row.pk), entries | {"version": "", "reorder_level": "5", "quantity": "999"}
    )
    assert response.status_code == 302, errors_of(response)
    row = Inventory.objects.get()
    assert (row.quantity, row.reorder_level) == (7, 5)


def test_deleting_a_balance_or_a_place_leads_to_adjusting_it(desk, movement):
    for row in (Inventory.objects.get(), StockItem.objects.get()):
        page = desk.open(type(row), "delete", row.pk)
        assert page.status_code == 200
        assert "Adjust" in page.content.decode()
        answers = {"apply": "1", "quantity": "-1", "reason": "Gone"}
        assert desk.client.post(url(type(row), "delete", row.pk), answers).status_code == 302
    assert Inventory.objects.get().quantity == 8


def test_no_balance_is_deleted_in_bulk(desk, movement):
    for model in (Inventory, StockItem, StockMovement):
        desk.press_all(model.objects.all(), "delete_selected", post="yes")
        assert model.objects.exists()


def test_deleting_a_movement_reverses_it(desk, movement):
    answers = {"apply": "1", "reason": "Typed twice"}
    response = desk.client.post(url(StockMovement, "delete", movement.pk), answers)
    assert response.status_code == 302, errors_of(response)
    assert Inventory.objects.get().quantity == 0
    assert StockMovement.objects.get(reverses=movement).reason == "Typed twice"
    assert StockMovement.objects.filter(pk=movement.pk).exists()


def test_a_movement_of_a_document_is_undone_there(desk):
    order = confirmed_order()
    desk.press(order, "ship", **{f"quantity__{order.items.get().pk}": "1"})
    movement = StockMovement.objects.get(kind="shipment")
    assert "reverse" not in desk.buttons(movement)
    response = desk.open(StockMovement, "delete", movement.pk)
    assert response.status_code == 302
    assert "undone at the document" in said(response)


def test_the_ledger_is_read_only(desk, movement):
    assert 'name="_save"' not in desk.open(StockMovement, "change", movement.pk).content.decode()
    assert desk.client.post(url(StockMovement, "change", movement.pk), {"reason": "x"}).status_code == 403


def test_costs_are_shown_only_to_those_who_may_see_them(movement):
    permissions = ["stock.view_inventory", "stock.view_stockmovement"]
    value = "60.00"
    for desk, seen in ((Desk(*permissions), False), (Desk(*permissions, "stock.see_cost_inventory"), True)):
        for row in (Inventory.objects.get(), movement):
            for page in (desk.open(type(row), "changelist"), desk.open(type(row), "change", row.pk)):
                assert (value in page.content.decode()) is seen
        guess = desk.open(Inventory, "changelist", stock_value__gt="50")
        assert guess.status_code == 400 or guess.headers["Location"].endswith("?e=1"), guess.status_code


def test_a_reservation_is_released_by_deleting_it(desk):
    reservation = ReservationFactory()
    order = reservation.order_item.order
    page = desk.open(Reservation, "delete", reservation.pk)
    assert order.order_number in page.content.decode()
    response = desk.client.post(url(Reservation, "delete", reservation.pk), {"apply": "1"})
    assert response.status_code == 302
    assert not Reservation.objects.exists()
    assert Inventory.objects.get().reserved == 0


def test_adding_a_reservation_reserves_for_an_order(desk):
    reservation = ReservationFactory()
    order = reservation.order_item.order
    desk.press(order, "release")
    response = desk.client.post(url(Reservation, "add"), {"apply": "1", "order": order.pk})
    assert response.status_code == 302
    assert Reservation.objects.get().quantity == 2


def test_a_new_warehouse_gets_its_default_bin(desk):
    response = desk.add(Warehouse, prefix="bins", code="B1", name="Berlin", is_active="on")
    assert response.status_code == 302, errors_of(response)
    assert Warehouse.objects.get().bins.get().is_default


def test_the_default_bin_moves_but_never_goes(desk):
    warehouse = WarehouseFactory()
    first, second = default_bin(warehouse), BinFactory(warehouse=warehouse)
    assert "always has a default bin" in errors_of(desk.edit(first, is_default=""))
    desk.edit(second, is_default="on")
    assert [place.pk for place in Bin.objects.filter(is_default=True)] == [second.pk]
    response = desk.client.post(url(Bin, "delete", second.pk), {"post": "yes"})
    assert "is the default of its warehouse" in said(response)
    assert Bin.objects.filter(pk=second.pk).exists()


def test_a_bin_with_goods_is_not_deleted(desk, movement):
    page = desk.open(Bin, "delete", default_bin(movement.warehouse).pk).content.decode()
    assert "can’t be deleted, because it is in use" in page
    assert "stock movements" in page
