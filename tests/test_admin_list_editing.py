"""Editing in a list: what was typed is saved, rows that others have changed meanwhile are kept, refusals stay there."""

from decimal import Decimal

import pytest
from django.utils.html import escape
from lxml import html

from catalog.models import Category, PriceListItem
from stock.models import Inventory
from tests.back_office import Desk, said, url
from tests.factories.catalog import CategoryFactory, PriceListFactory, PriceListItemFactory, ProductFactory
from tests.factories.stock import WarehouseFactory, put_in_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


class OpenList:
    """A list as it stands in somebody's browser."""

    def __init__(self, desk: Desk, model, **query) -> None:
        self.client, self.address = desk.client, url(model, "changelist", **query)
        self.read(self.client.get(self.address))

    def read(self, response) -> None:
        (form,) = html.fromstring(response.content.decode()).xpath('//form[@id="changelist-form"]')
        self.text, self.entries = response.content.decode(), dict(form.fields)
        for name in ("action", "_selected_action", "select_across"):
            self.entries.pop(name, None)
        self.entries = {name: value for name, value in self.entries.items() if value is not None}

    def name(self, row, field: str) -> str:
        """What the entry of a row is called."""
        (key,) = [name for name, value in self.entries.items() if name.endswith("-id") and value == str(row.pk)]
        return key.removesuffix("id") + field

    def type(self, row, **values: str) -> None:
        for field, value in values.items():
            self.entries[self.name(row, field)] = value

    def save(self):
        response = self.client.post(self.address, self.entries | {"_save": "Save"})
        if response.status_code == 200:
            self.read(response)
        return response


def prices() -> list[Decimal]:
    return list(PriceListItem.objects.order_by("pk").values_list("price", flat=True))


def test_prices_are_typed_into_the_list(desk):
    prices_of = PriceListFactory()
    first, second = [PriceListItemFactory(price_list=prices_of, price=Decimal("10")) for _number in range(2)]
    page = OpenList(desk, PriceListItem)
    page.type(first, price="12.5")
    response = page.save()
    assert response.status_code == 302
    assert "1 list price was changed" in said(response)
    assert prices() == [Decimal("12.5"), Decimal(10)]
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.updated_by == desk.user
    assert second.updated_by != desk.user


def test_what_somebody_else_changed_meanwhile_stays(desk):
    first, second = [PriceListItemFactory(price=Decimal("10")) for _number in range(2)]
    mine, theirs = OpenList(desk, PriceListItem), OpenList(Desk(), PriceListItem)
    theirs.type(second, price="20")
    theirs.save()
    mine.type(first, price="11")
    assert mine.save().status_code == 302
    assert prices() == [Decimal(11), Decimal(20)]


def test_the_same_price_changed_twice_is_asked_about(desk):
    item, other = [PriceListItemFactory(price=Decimal("10")) for _number in range(2)]
    colleague = Desk("catalog.*")
    mine, theirs = OpenList(desk, PriceListItem), OpenList(colleague, PriceListItem)
    theirs.type(item, price="20")
    theirs.save()
    mine.type(item, price="30")
    mine.type(other, price="15")
    assert mine.save().status_code == 200
    assert "from “10.00” to “20.00”" in mine.text
    assert escape(f"{colleague.user} changed this") in mine.text
    assert mine.entries[mine.name(item, "price")] == "30"
    assert prices() == [Decimal(20), Decimal(10)]
    assert mine.save().status_code == 302
    assert prices() == [Decimal(30), Decimal(15)]


@pytest.mark.parametrize("price", ["-1", "", "1e5", "abc", "99999999999999999999"])
def test_what_is_no_price_is_refused_at_its_row(desk, price):
    item, other = [PriceListItemFactory(price=Decimal("10")) for _number in range(2)]
    page = OpenList(desk, PriceListItem)
    page.type(item, price=price)
    page.type(other, price="11")
    assert page.save().status_code == 200
    assert "errorlist" in page.text
    assert prices() == [Decimal(10), Decimal(10)]


def test_reorder_levels_are_set_while_goods_move(desk):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 10)
    balance = product.inventory.get()
    page = OpenList(desk, Inventory)
    put_in_stock(product, warehouse, 5)
    page.type(balance, reorder_level="4", reorder_quantity="6")
    assert page.save().status_code == 302
    balance.refresh_from_db()
    assert (balance.quantity, balance.reorder_level, balance.reorder_quantity) == (15, 4, 6)


def test_categories_are_switched_in_the_tree(desk):
    above = CategoryFactory(name="Tools")
    below = CategoryFactory(name="Saws", parent=above)
    page = OpenList(desk, Category)
    del page.entries[page.name(below, "is_active")]
    assert page.save().status_code == 302
    assert list(Category.objects.order_by("name").values_list("name", "is_active")) == [
        ("Saws", False),
        ("Tools", True),
    ]


def test_a_row_that_leaves_the_tab_is_saved_all_the_same(desk):
    category = CategoryFactory()
    page = OpenList(desk, Category, view="active")
    Category.objects.update(is_active=False)
    page.type(category, is_active="on")
    assert page.save().status_code == 302


def test_who_may_only_look_sees_no_entries():
    PriceListItemFactory(price=Decimal("10"))
    desk = Desk("catalog.view_pricelistitem")
    page = desk.open(PriceListItem, "changelist").content.decode()
    assert 'name="form-0-price"' not in page
    item = PriceListItem.objects.get()
    sent = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": item.pk, "form-0-price": "1", "_save": "Save"}
    assert desk.client.post(url(PriceListItem, "changelist"), sent).status_code == 403
    assert prices() == [Decimal(10)]


def test_enter_in_a_list_saves_it_and_runs_no_action(desk):
    PriceListItemFactory()
    page = html.fromstring(desk.open(PriceListItem, "changelist").content.decode())
    first = page.xpath('//form[@id="changelist-form"]//*[@type="submit"]')[0]
    assert (first.get("name"), first.get("disabled")) == ("_save", None)
