"""The pages of the back office that answer questions about stock, and the page that reorders."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Product
from inventory_project.base.clock import today
from stock.models import Inventory, Lot, PurchaseOrder
from stock.services import AdjustmentLine, adjust_stock
from tests.back_office import Desk, errors_of, said, url
from tests.factories.catalog import ProductFactory, SupplierProductFactory
from tests.factories.sales import confirmed_order, shipped_order
from tests.factories.stock import LotFactory, WarehouseFactory, balance, put_in_stock
from tests.stock.test_lot_trace import travelled
from tests.stock.test_low_stock import keep
from tests.stock.test_reorder import offered

LEDGER, STOCK, COST = "stock.view_stockmovement", "stock.view_inventory", "stock.see_cost_inventory"


@pytest.fixture
def row() -> Inventory:
    """Ten put in at 6.10, two shipped, three reserved."""
    product, warehouse = ProductFactory(sku="SAW"), WarehouseFactory(name="Harbour")
    put_in_stock(product, warehouse, 10, "6.1000")
    shipped_order(product, 2, warehouse=warehouse, stock=0)
    confirmed_order(product, 3, warehouse=warehouse, stock=0)
    return balance(product, warehouse)


def pages(row: Inventory) -> dict[str, str]:
    return {
        "card": url(Inventory, "card", row.pk),
        "why": url(Inventory, "why", row.pk),
        "day": url(Inventory, "on_a_day"),
        "product": url(Inventory, "of_product", row.product_id),
    }


def text(desk: Desk, address: str, status: int = 200) -> str:
    response = desk.client.get(address)
    assert response.status_code == status
    return response.content.decode()


def cells(response) -> list[list[str]]:
    """The tables of an answer, as plain words."""
    return [[str(cell) for cell in line] for table in response.context["answer"].tables for line in table.rows]


def test_the_card(row):
    response = Desk().client.get(pages(row)["card"])
    shipped, opened = cells(response)
    assert ("Shipment" in shipped[1], "Opening stock" in opened[1]) == (True, True)
    assert "/admin/sales/shipment/" in shipped[2] and "/admin/sales/customer/" in shipped[3]
    assert (">-2<" in shipped[5], ">8<" in shipped[6], ">48.80<" in shipped[8]) == (True, True, True)
    html = response.content.decode()
    assert "Stock card of SAW" in html and "Before" in html and "6.10" in html


def test_the_card_by_days(row):
    desk, card = Desk(), pages(row)["card"]
    tomorrow = today() + timedelta(days=1)
    assert len(cells(desk.client.get(f"{card}?since={today()}&until={today()}"))) == 2
    assert "Nothing has moved in this time." in text(desk, f"{card}?since={tomorrow}")
    for nonsense in (
        "since=yesterday",
        "until=0001-01-01",
        "since=9999-12-31",
        "older=x",
        "newer=99999999999999999999",
    ):
        assert len(cells(desk.client.get(f"{card}?{nonsense}"))) == 2, nonsense


def test_the_card_in_pages(row, monkeypatch):
    monkeypatch.setattr("stock.admin.answers.PAGE", 2)
    for count in range(3):
        adjust_stock([AdjustmentLine(row.product, row.warehouse, 1, f"found {count}")], by=None)
    desk, card = Desk(), pages(row)["card"]
    whole, address = [], card
    while address:
        response = desk.client.get(address)
        whole += cells(response)
        links = dict(response.context["answer"].links)
        address = card + links["Older"] if "Older" in links else ""
    assert len(whole) == 5
    assert whole[-1][6] == '<span class="num">10</span>'
    back = desk.client.get(card + links["Newer"])
    assert cells(back) == whole[2:4]


def test_the_card_leads_to_the_other_warehouses(row):
    put_in_stock(row.product, WarehouseFactory(name="Airport"))
    html = text(Desk(), pages(row)["card"])
    assert "Airport" in html and html.count('class="selected"') == 1


def test_why(row):
    response = Desk().client.get(pages(row)["why"])
    html = response.content.decode()
    for words in ("On hand", "= on hand", "Reserved", "= reserved", "Average cost", "/admin/sales/order/", "6.10"):
        assert words in html, words
    assert 'id="reserved"' in html and 'id="average"' in html


def test_empty_answers():
    row = Inventory.objects.create(product=ProductFactory(), warehouse=WarehouseFactory())
    html = text(Desk(), pages(row)["why"])
    assert "Nothing has ever moved here." in html
    assert "Nothing is reserved" in html
    assert "Nothing has moved" in text(Desk(), pages(row)["card"])
    other = url(Inventory, "of_product", ProductFactory().pk)
    assert "never been in stock" in text(Desk(), other)
    assert "nothing on that day" in text(Desk(), f"{pages(row)['day']}?day=2020-01-01")


def test_stock_on_a_day(row):
    put_in_stock(ProductFactory(sku="AXE"), row.warehouse, 4, "1.0000")
    desk, day = Desk(), pages(row)["day"]
    response = desk.client.get(day)
    assert len(cells(response)) == 2
    assert ">12<" in str(response.context["answer"].tables[0].sums) and ">52.80<" in response.content.decode()
    assert len(cells(desk.client.get(f"{day}?day={today()}&q=axe"))) == 1
    assert len(cells(desk.client.get(f"{day}?day={today()}&warehouse={row.warehouse_id}"))) == 2
    assert len(cells(desk.client.get(f"{day}?day={today()}&warehouse={WarehouseFactory().pk}"))) == 0


@pytest.mark.parametrize("query", ["day=2099-01-01", "day=soon", "day=0001-01-01", "warehouse=x", "warehouse=999"])
def test_a_day_that_makes_no_sense(row, query):
    html = text(Desk(), f"{pages(row)['day']}?{query}")
    assert "errornote" in html and "<tbody>" not in html


def test_the_stock_of_a_product(row):
    response = Desk().client.get(pages(row)["product"])
    ((name, quantity, reserved, *_rest),) = cells(response)
    assert name == "Harbour"
    assert pages(row)["card"] in quantity and ">8<" in quantity
    assert pages(row)["why"] in reserved and ">3<" in reserved


def test_the_trace_of_a_lot():
    lot, _purchase, receipt, order, _back = travelled()
    desk, trace = Desk(), url(Lot, "trace", lot.pk)
    html = text(desk, trace)
    assert str(receipt) in html and str(order) in html and "9 received − 2 shipped + -1 corrected" in html
    assert len(cells(desk.client.get(f"{trace}?direction=backwards"))) == 2 + 2
    assert len(cells(desk.client.get(f"{trace}?direction=forwards"))) == 2 + 2
    assert len(cells(desk.client.get(f"{trace}?direction=nonsense"))) == 7 + 2
    assert "None of it is in stock." in text(desk, url(Lot, "trace", LotFactory().pk))


def test_each_page_needs_its_permission(row):
    lot = LotFactory()
    addresses = [*pages(row).values(), url(Lot, "trace", lot.pk)]
    for held in ((), ("catalog.view_product",)):
        desk = Desk(*held) if held else Desk("sales.view_order")
        for address in addresses:
            text(desk, address, 403)
    text(Desk(LEDGER), pages(row)["day"], 403)
    text(Desk(STOCK), pages(row)["card"], 403)
    text(Desk(STOCK), pages(row)["product"])
    text(Desk(LEDGER), pages(row)["card"])


def test_what_is_gone_is_not_found():
    for name, model in (("card", Inventory), ("why", Inventory), ("of_product", Inventory), ("trace", Lot)):
        for pk in (999_999, 10**30):
            text(Desk(), url(model, name, pk), 404)


def test_costs_and_customers_are_only_for_those_who_may_see_them(row):
    desk = Desk(LEDGER, STOCK)
    for name, address in pages(row).items():
        html = text(desk, address)
        assert "6.10" not in html and "48.80" not in html, name
        assert "/admin/sales/" not in html, name
    assert "Average cost" not in text(desk, pages(row)["why"])
    assert "48.80" in text(Desk(LEDGER, COST), pages(row)["card"])


def test_the_numbers_lead_to_their_answers(row):
    listed = text(Desk(), url(Inventory, "changelist"))
    assert pages(row)["card"] in listed and f"{pages(row)['why']}#reserved" in listed and pages(row)["day"] in listed
    opened = text(Desk(), url(Inventory, "change", row.pk))
    assert pages(row)["card"] in opened and f"{pages(row)['why']}#average" in opened
    plain = text(Desk(STOCK), url(Inventory, "changelist")) + text(Desk(STOCK), url(Inventory, "change", row.pk))
    assert pages(row)["card"] not in plain and pages(row)["day"] not in plain
    assert pages(row)["product"] in text(Desk(), url(Product, "change", row.product_id))
    assert pages(row)["product"] in text(Desk(), url(Product, "changelist"))
    few = Desk("catalog.view_product")
    assert pages(row)["product"] not in text(few, url(Product, "change", row.product_id))
    assert pages(row)["product"] not in text(few, url(Product, "changelist"))


def test_a_lot_leads_to_its_trace():
    lot, *_rest = travelled()
    trace = url(Lot, "trace", lot.pk)
    assert trace in text(Desk(), url(Lot, "changelist")) and trace in text(Desk(), url(Lot, "change", lot.pk))
    few = Desk("stock.view_lot")
    assert trace not in text(few, url(Lot, "changelist")) + text(few, url(Lot, "change", lot.pk))


def test_many_rows_cost_the_queries_of_few(row):
    desk = Desk()
    few = {name: cost(desk, address) for name, address in pages(row).items()}
    adjust_stock([AdjustmentLine(row.product, row.warehouse, 50, "found")], by=desk.user)
    for _ in range(8):
        shipped_order(row.product, 1, warehouse=row.warehouse, stock=0)
        confirmed_order(row.product, 1, warehouse=row.warehouse, stock=0)
        put_in_stock(ProductFactory(), row.warehouse)
    put_in_stock(row.product, WarehouseFactory())
    many = {name: cost(desk, address) for name, address in pages(row).items()}
    assert many == few
    assert max(many.values()) <= 16


def cost(desk: Desk, address: str) -> int:
    desk.client.get(address)
    with CaptureQueriesContext(connection) as queries:
        text(desk, address)
    return len(queries)


def reorder_page(desk: Desk, *rows: Inventory, **answers: object):
    data = {"_selected_action": [row.pk for row in rows], "action": "reorder"}
    data |= {"apply": "1", **answers} if answers else {"index": "0"}
    return desk.client.post(url(Inventory, "changelist"), data)


def test_reordering_from_the_list_lands_on_the_drafts():
    desk, other = Desk(), keep(10, product=offered(sku="AXE"))
    row, rest = keep(10, 5, stock=4, product=offered(sku="SAW")), keep(3, product=offered())
    page = reorder_page(desk, row, other, rest)
    assert page.status_code == 200
    form = page.context["form"]
    assert [form[f"quantity-{each.pk}"].value() for each in (row, other, rest)] == [11, 1, None]
    html = page.content.decode()
    assert all(f'name="_selected_action" value="{each.pk}"' in html for each in (row, other, rest))
    preset = {name: form[name].value() for name in form.fields if name.startswith("supplier")}
    answers = {**preset, f"quantity-{row.pk}": 12, f"quantity-{other.pk}": "", f"quantity-{rest.pk}": 0}
    response = reorder_page(desk, row, other, rest, **answers)
    order = PurchaseOrder.objects.get()
    assert response["Location"] == url(PurchaseOrder, "changelist", id__in=order.pk)
    assert (order.items.get().quantity, order.created_by) == (12, desk.user)
    assert str(order) in said(response)
    listed = desk.client.get(response["Location"])
    assert listed.status_code == 200 and str(order) in listed.content.decode()


def test_reordering_from_the_balance():
    desk, row = Desk(), keep(10, product=offered())
    assert "reorder" in desk.buttons(row)
    page = desk.press(row, "reorder")
    supplier = page.context["form"][f"supplier-{row.pk}"].value()
    response = desk.press(row, "reorder", **{f"quantity-{row.pk}": 3, f"supplier-{row.pk}": supplier})
    assert response.status_code == 302
    assert PurchaseOrder.objects.get().items.get().quantity == 3


def test_another_supplier_can_be_chosen_of_those_who_offer_it():
    row = keep(10, product=offered())
    other = SupplierProductFactory(product=row.product, cost=Decimal(9), pack_size=6)
    page = reorder_page(Desk(), row)
    labels = [str(label) for _value, label in page.context["form"].fields[f"supplier-{row.pk}"].choices]
    assert labels[1] == f"{other.supplier} (at least 1, packs of 6)"
    reorder_page(Desk(), row, **{f"quantity-{row.pk}": 6, f"supplier-{row.pk}": other.supplier_id})
    assert PurchaseOrder.objects.get().supplier == other.supplier


def test_what_the_reorder_page_refuses():
    lone, row = keep(10, product=ProductFactory(sku="LONE")), keep(10, product=offered())
    refused = reorder_page(Desk(), lone, row, **{f"quantity-{lone.pk}": 3, f"supplier-{lone.pk}": ""})
    assert "LONE" in errors_of(refused)
    assert refused.context["form"][f"quantity-{lone.pk}"].value() == "3", "what was entered is still there"
    for answers in ({f"quantity-{row.pk}": ""}, {f"quantity-{row.pk}": "-1"}, {f"supplier-{row.pk}": "999"}):
        assert errors_of(reorder_page(Desk(), row, **answers))
    assert not PurchaseOrder.objects.exists()


def test_reordering_needs_the_permission():
    row = keep(10, product=offered())
    desk = Desk(STOCK, LEDGER)
    assert "reorder" not in desk.buttons(row)
    reorder_page(desk, row, **{f"quantity-{row.pk}": 3})
    assert not PurchaseOrder.objects.exists()


def test_the_reorder_page_costs_the_same_for_many():
    warehouse, desk = WarehouseFactory(), Desk()

    def taken(*rows: Inventory) -> int:
        reorder_page(desk, *rows)
        with CaptureQueriesContext(connection) as queries:
            assert reorder_page(desk, *rows).status_code == 200
        return len(queries)

    rows = [keep(10, product=offered(), warehouse=warehouse) for _ in range(6)]
    assert taken(rows[0]) == taken(*rows)


def test_too_many_at_once(monkeypatch):
    monkeypatch.setattr("inventory_project.base.admin.acts.MOST_AT_ONCE", 1)
    response = reorder_page(Desk(), keep(10), keep(10))
    assert response.status_code == 302
    assert "At most 1" in said(response)
    assert reverse("admin:stock_inventory_changelist") in response["Location"]
