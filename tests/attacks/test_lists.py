"""Lists can't be asked about what they don't show: not by look-ups, not by positions, not by typed-in addresses."""

import base64
import json

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path

from accounts.models import Role, User
from billing.models import Invoice
from catalog.models import Product
from inventory_project.models import ApiToken, ChangeHistory
from stock.models import Inventory, StockCount
from stock.services import start_stock_count
from tests.api_client import clerk_client, root_client
from tests.back_office import Desk, url
from tests.factories import MODULES
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierProductFactory
from tests.factories.stock import StockCountFactory, WarehouseFactory, balance, put_in_stock

pytestmark = pytest.mark.django_db

COST = "7.1357"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def is_refused(answer) -> bool:
    return answer.status_code == 400 or answer.headers.get("Location", "").endswith("?e=1")


# --- look-ups ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["changes__cost__1__gt=7", "changes__icontains=7.1357", "changes__has_key=cost", "changes__0=1", "changes=1"],
)
def test_the_history_is_no_way_round_hidden_columns(query):
    """Who sees changes without costs can't find out a cost by asking which changes hold more than so much."""
    put_in_stock(ProductFactory(cost=COST), WarehouseFactory())
    auditor = Desk(user=StaffFactory(roles=[Role.objects.get(name="Auditor")]))
    assert is_refused(auditor.client.get(f"{url(ChangeHistory, 'changelist')}?{query}"))


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "password__startswith=p"), (User, "username_key__gt=a"), (User, "last_login__year=2026"),
        (User, "auth_token_set=1"), (User, "auth_token_set__digest__startswith=a"), (User, "totpdevice=1"),
        (User, "totpdevice__key__startswith=a"), (User, "staticdevice__token_set__token=a"),
        (ApiToken, "digest__startswith=a"), (ApiToken, "token_key=a"), (ApiToken, "user__password__startswith=p"),
        (Role, "permissions__contains=%22a%22"), (Role, "permissions__0__startswith=a"),
        (Product, "cost__gt=1"), (Product, "name__regex=(a%2B)%2B$"), (Product, "name__range=1"),
        (Product, "price=NaN"), (Product, "created_at__gte=0001-01-01T00:00:00%2B14:00"),
        (Product, "created_at__week_day=x"), (Product, "inventory__stock_value__gt=1"),
        (Inventory, "stock_value__gt=1"), (Inventory, "movements__unit_cost__gt=1"),
        (Inventory, "product__id__exact=x"), (Inventory, "created_by__password__startswith=p"),
        (Invoice, "customer__tax_id__startswith=D"), (Invoice, "customer__id__regex=."), (Invoice, "nothing__x=1"),
    ],
)  # fmt: skip
def test_a_list_compares_no_other_columns(desk, model, query):
    assert is_refused(desk.client.get(f"{url(model, 'changelist')}?{query}"))


def test_declared_filters_and_ways_to_a_list_work(rf):
    """The other side: what filters write into the address, and pages that lead to a list, is understood everywhere."""
    request = rf.get("/")
    request.user = SuperuserFactory()
    refused = []
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label not in MODULES:
            continue
        wanted = {"id__in", *(f"{field.name}__id__exact" for field in model._meta.fields if field.is_relation)}
        for spec in model_admin.get_list_filter(request):
            path, kind = spec if isinstance(spec, tuple) else (spec, None)
            if isinstance(path, str):
                made = (
                    kind(get_fields_from_path(model, path)[-1], request, {}, model, model_admin, path) if kind else None
                )
                wanted |= set(made.expected_parameters()) if made else {f"{path}__exact"}
        refused += [f"{model._meta.label} {n}" for n in wanted if not model_admin.lookup_allowed(n, "1", request)]
    assert not refused


@pytest.mark.parametrize("column", ["password", "username_key", "signed_out_at", "cost", "price"])
def test_a_popup_gives_out_ids_only(desk, column):
    for query in (f"_popup=1&_to_field={column}", f"_to_field={column}"):
        for model in (User, Product):
            answer = desk.client.get(f"{url(model, 'changelist')}?{query}")
            assert answer.status_code == 400


# --- positions --------------------------------------------------------------------------------------------------------


def cursor(order: str, *values: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([False, order, values]).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("created_at", "0001-01-01T00:00:00+14:00"), ("created_at", "9999-12-31T23:59:59-14:00"),
        ("created_at", "2026-11-22"), ("price", "1e999999"), ("price", "NaN"), ("price", "-Infinity"),
        ("id", "9" * 30), ("id", "9" * 5000), ("name", "\x00"), ("name", "x" * 5000),
    ],
)  # fmt: skip
def test_a_made_up_position_is_a_position_or_refused(order, value):
    ProductFactory()
    values = (value,) if order == "id" else (value, "1")
    signature = order if order == "id" else f"{order},id"
    client = root_client()
    client.raise_request_exception = False
    answer = client.get("/api/v1/products/", {"ordering": order, "cursor": cursor(signature, *values)})
    assert answer.status_code in (200, 400), answer.content


def test_a_position_in_a_hidden_order_is_refused():
    put_in_stock(ProductFactory(), WarehouseFactory(), unit_cost=COST)
    client = clerk_client("stock.view_inventory", "stock.view_stockmovement")
    for path, name in (("inventory", "stock_value"), ("stock-movements", "value")):
        for query in ({"ordering": name}, {f"{name}_min": "7"}, {name: COST}, {f"{name}__in": COST}):
            answer = client.get(f"/api/v1/{path}/", query)
            assert (answer.status_code, answer.json()["permission"]) == (403, "stock.see_cost_inventory")
        forged = client.get(f"/api/v1/{path}/", {"cursor": cursor(f"{name},id", COST, "0")})
        assert forged.status_code == 400


# --- what else a list tells -------------------------------------------------------------------------------------------


def test_what_has_to_be_ordered_names_no_offer_to_those_who_see_none():
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 1)
    row = balance(product, warehouse)
    row.reorder_level = 5
    row.save()
    offer = SupplierProductFactory(product=product, cost="3.3331", is_preferred=True)
    for permissions, supplier in (
        (["stock.view_inventory"], None),
        (["stock.view_inventory", "catalog.view_supplierproduct"], offer.supplier_id),
    ):
        client = clerk_client(*permissions)
        (found,) = client.get("/api/v1/inventory/low/").json()["results"]
        assert (found["supplier"] and found["supplier"]["id"]) == supplier
        asked = client.get("/api/v1/inventory/low/", {"supplier": offer.supplier_id})
        assert asked.status_code == (200 if supplier else 403)


@pytest.mark.parametrize("show", ["different", "uncounted", "nothing", "\x00"])
def test_a_blind_count_is_shown_without_what_is_expected(show):
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 4242)
    count = StockCountFactory(warehouse=warehouse, is_blind=True)
    start_stock_count(count, by=None)
    counter = Desk(user=StaffFactory(roles=[Role.objects.get(name="Warehouse operator")]))
    page = counter.open(StockCount, "change", count.pk, act="enter", show=show)
    assert page.status_code == 200
    assert "4242" not in page.text.replace(",", "")
