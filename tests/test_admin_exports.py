"""Lists as CSV: the rows of the list, streamed, safe in a spreadsheet, for those who may."""

import csv
import io
import time

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import known_permissions
from billing.models import Invoice, Payment
from catalog.models import PriceListItem, Product, SupplierProduct
from inventory_project.base.spreadsheets import BYTE_ORDER_MARK, safe
from sales.models import Customer, Order, OrderItem
from stock.models import (
    GoodsReceiptItem,
    Inventory,
    PurchaseOrder,
    PurchaseOrderItem,
    StockItem,
    StockMovement,
)
from tests.back_office import Desk, url
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, confirmed_order
from tests.test_admin_contract import factory_of

pytestmark = pytest.mark.django_db

EXPORTED = [
    Product,
    SupplierProduct,
    PriceListItem,
    Inventory,
    StockItem,
    StockMovement,
    PurchaseOrder,
    PurchaseOrderItem,
    GoodsReceiptItem,
    Customer,
    Order,
    OrderItem,
    Invoice,
    Payment,
]


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def test_these_lists_are_exported():
    assert {model for model in apps.get_models() if getattr(model, "IS_EXPORTED", False)} == set(EXPORTED)
    assert {f"{m._meta.app_label}.export_{m._meta.model_name}" for m in EXPORTED} <= known_permissions()


@pytest.mark.parametrize("model", EXPORTED, ids=lambda model: model.__name__)
def test_every_row_comes_in_five_queries(model):
    desk = Desk("*")
    factory_of(model)()
    factory_of(model)()
    with CaptureQueriesContext(connection) as queries:
        response = desk.open(model, "export")
        rows = rows_of(response)
    assert response.streaming
    assert len(queries) <= 5, "\n".join(query["sql"] for query in queries)
    assert {row["id"] for row in rows} == {str(pk) for pk in model.objects.values_list("pk", flat=True)}
    assert url(model, "export") in desk.open(model, "changelist").content.decode()


def test_it_holds_what_the_list_shows():
    desk = Desk("*")
    blue, red = ProductFactory(name="Blue lamp"), ProductFactory(name="Red lamp", is_active=False)
    assert [row["sku"] for row in rows_of(desk.open(Product, "export", q="blue"))] == [blue.sku]
    assert [row["sku"] for row in rows_of(desk.open(Product, "export", view="inactive"))] == [red.sku]
    order = confirmed_order()
    row = rows_of(desk.open(Order, "export"))[0]
    assert row["customer"] == order.customer.code
    assert row["total_amount"] == f"{order.total_amount:.2f}"
    assert row["status"] == "confirmed"


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t1", " =1", "\x0b=1", "\ufeff=1", "\u200b=1", "\u00a0=1", "\uff1d1", "\uff20x"]
TEXTS = {name: f"'{name}" for name in FORMULAS} | {
    "a;=1": "a;'=1",  # parted there by whoever writes decimals with a comma
    "\t=1": "'\t'=1",
    "a\t=1": "a\t'=1",
    "a; @x; =y": "a; '@x; '=y",
    ";=1": ";'=1",
    "a; b = c": "a; b = c",
    "3 - 1": "3 - 1",
    "a@example.com": "a@example.com",
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_cell_is_a_formula(name):
    Customer.objects.filter(pk=CustomerFactory().pk).update(name=name)
    assert rows_of(Desk("*").open(Customer, "export"))[0]["name"] == TEXTS[name]


def test_looking_for_formulas_takes_no_time():
    began = time.process_time()
    for text in ("\n" * 10_000, ";" * 10_000, "; " * 5_000, " " * 10_000, ";\u200b" * 5_000):
        safe(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("model", EXPORTED, ids=lambda model: model.__name__)
def test_seeing_is_not_taking_along(model):
    names = (f"{model._meta.app_label}.view_{model._meta.model_name}", "catalog.view_category")
    desk = Desk(*names)
    factory_of(model)()
    assert url(model, "export") not in desk.open(model, "changelist").content.decode()
    assert desk.open(model, "export").status_code == 403
    assert Desk(f"{model._meta.app_label}.export_{model._meta.model_name}").open(model, "export").status_code == 403


def test_costs_stay_with_those_who_may_see_them():
    confirmed_order()
    names = ("stock.view_inventory", "stock.export_inventory")
    assert "stock_value" not in rows_of(Desk(*names).open(Inventory, "export"))[0]
    assert "stock_value" in rows_of(Desk(*names, "stock.see_cost_inventory").open(Inventory, "export"))[0]


def test_a_filter_that_makes_no_sense_leads_back_to_the_list():
    response = Desk("*").open(Order, "export", view="nonsense")
    assert response.status_code == 302
    assert response["Location"].startswith(url(Order, "changelist"))
