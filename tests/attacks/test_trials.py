"""Trials (`?dry_run=true`) tell what would come of an act, but nothing that whoever tries may not see."""

import pytest

from accounts.models import Role
from stock.models import Inventory, StockMovement
from stock.services import CountLine, enter_stock_count, start_stock_count
from tests.api_client import address, clerk_client, client_for
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.stock import StockCountFactory, WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db

DRY = {"QUERY_STRING": "dry_run=true"}


@pytest.mark.parametrize("is_blind", [True, False])
def test_a_blind_count_is_not_tried_out(is_blind):
    """Else a counter tries until nothing would move, and has counted what the system expects."""
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 4242)
    count = start_stock_count(StockCountFactory(warehouse=warehouse, is_blind=is_blind), by=None)
    enter_stock_count(count, [CountLine(1, item=count.items.get())], by=None)
    counter = client_for(UserFactory(roles=[Role.objects.get(name="Warehouse operator")]))
    answer = counter.post(address(count, "post"), {"reason": "counted"}, **DRY)
    assert answer.status_code == 200, answer.json()
    assert ("4241" in answer.text) is not is_blind
    chief = clerk_client("stock.*")
    assert "4241" in chief.post(address(count, "post"), {"reason": "counted"}, **DRY).text
    assert StockMovement.objects.count() == 1


def test_a_trial_tells_no_costs_to_those_who_see_none():
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 13, "7.1357")
    body = {"items": [{"product": product.pk, "warehouse": warehouse.pk, "quantity": -2, "reason": "broken"}]}
    for permissions, told in (
        (["stock.adjust_inventory", "stock.view_stockmovement"], ("-2",)),
        (["stock.*"], ("-2", "7.1357")),
    ):
        answer = clerk_client(*permissions).post("/api/v1/inventory/adjust/", body, **DRY)
        assert answer.status_code == 200, answer.json()
        assert [word for word in ("-2", "7.1357") if word in answer.text] == list(told), permissions
    assert Inventory.objects.get().quantity == 13
