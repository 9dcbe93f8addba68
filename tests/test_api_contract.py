"""What holds for every kind of record at the API. A new model is covered by registering it and adding a factory."""

import json

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request

from inventory_project.base.api.fields import IdField
from inventory_project.base.api.filters import filterset_of
from inventory_project.base.api.renderers import ENCODER
from inventory_project.base.fields import KeyField
from inventory_project.base.models import Document, Ledger, Line, Reference, State
from tests.api_client import MODELS, VIEWSETS, address, clerk_client, client_for, ids, root_client
from tests.factories import factory_of
from tests.factories.accounts import SuperuserFactory, UserFactory

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("prefix", sorted(MODELS))
WRITABLE = sorted(prefix for prefix, model in MODELS.items() if issubclass(model, Reference | Line | Document))
UNTOUCHABLE = sorted(prefix for prefix, model in MODELS.items() if issubclass(model, State | Ledger))

APPS = ("accounts", "catalog", "stock", "sales", "billing")
ADDRESSES = (
    "users roles user-roles categories tax-rates products product-barcodes suppliers supplier-products price-lists "
    "price-list-items warehouses bins lots inventory stock-items stock-movements purchase-orders purchase-order-items "
    "goods-receipts goods-receipt-items stock-transfers stock-transfer-items stock-counts stock-count-items customers "
    "customer-addresses orders order-items reservations shipments shipment-items sales-returns sales-return-items "
    "invoices invoice-items payments credit-notes credit-note-items"
)

# Columns that are not shown, and why.
HIDDEN = {
    "users": {"password"},  # set, never read
    "invoices": {"document"},  # the file is handed out by an address of its own, to who may see it
    "credit-notes": {"document"},
    "payments": {"bank_entry"},  # for the program's own use: by it a line of a bank statement is known again
    "invoice-items": {"usual_tax"},  # for the program's own use; “tax_is_usual” says what follows from it
}


def make(prefix: str, count: int = 1) -> list[models.Model]:
    return [factory_of(MODELS[prefix])() for _ in range(count)]


def everything(prefix: str) -> models.QuerySet:
    return MODELS[prefix]._default_manager.all()


def as_json(data: object) -> object:
    return json.loads(ENCODER.encode(data))


def by_serializer(prefix: str, row: models.Model) -> dict:
    """What the model's serializer makes of the record."""
    request = Request(RequestFactory().get("/"))
    fresh = MODELS[prefix]._default_manager.get(pk=row.pk)
    return as_json(VIEWSETS[prefix].serializer_class(fresh, context={"request": request}).data)


def nested_fields(prefix: str) -> set[str]:
    return {name for name, f in VIEWSETS[prefix].serializer_class().fields.items() if hasattr(f, "child")} & {"items"}


def test_all_39_models_have_an_address():
    every = {model for app in APPS for model in apps.get_app_config(app).get_models()}
    assert set(MODELS.values()) == every
    assert " ".join(MODELS) == ADDRESSES


@EVERY
def test_every_column_is_shown_or_hidden_on_purpose(prefix):
    shown = set(VIEWSETS[prefix].serializer_class().fields) - HIDDEN.get(prefix, set())
    columns = {f.name for f in MODELS[prefix]._meta.concrete_fields if not isinstance(f, KeyField)}
    assert columns - shown == HIDDEN.get(prefix, set())


@EVERY
def test_the_fast_way_and_the_serializer_agree(prefix):
    row, *_ = make(prefix, 2)
    client = root_client()
    expected = by_serializer(prefix, row)
    assert client.get(address(row)).json() == expected
    listed = client.get(f"/api/v1/{prefix}/?limit=200").json()["results"]
    short = {name: value for name, value in expected.items() if name not in nested_fields(prefix)}
    assert [found for found in listed if found["id"] == row.pk] == [short]


@EVERY
def test_a_list_costs_the_same_for_one_row_and_for_many(prefix):
    client = root_client()
    make(prefix)
    with CaptureQueriesContext(connection) as one:
        assert client.get(f"/api/v1/{prefix}/?limit=1").status_code == 200
    make(prefix, 4)
    with CaptureQueriesContext(connection) as many:
        assert client.get(f"/api/v1/{prefix}/").status_code == 200
    assert len(one) == len(many) == 2  # the token with its user, the page


@EVERY
def test_roles_cost_one_query_more(prefix):
    options = MODELS[prefix]._meta
    client = clerk_client(f"{options.app_label}.view_{options.model_name}", "stock.see_cost_inventory")
    make(prefix)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1/{prefix}/").status_code == 200
    assert len(queries) == 3


@EVERY
def test_a_record_costs_at_most_one_query_for_each_kind_of_line(prefix):
    row, *_ = make(prefix)
    client = root_client()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(row)).status_code == 200
    assert len(queries) == 2 + len(nested_fields(prefix))


@EVERY
def test_nobody_gets_in_without_a_key(prefix, client):
    answer = client.get(f"/api/v1/{prefix}/")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"] == "Bearer"


@EVERY
def test_the_missing_permission_is_named(prefix):
    options = MODELS[prefix]._meta
    answer = client_for(UserFactory()).get(f"/api/v1/{prefix}/")
    assert answer.status_code == 403
    assert answer.json()["permission"] == f"{options.app_label}.view_{options.model_name}"


@pytest.mark.parametrize("prefix", WRITABLE)
def test_each_way_of_writing_needs_its_permission(prefix):
    options = MODELS[prefix]._meta
    client = clerk_client("*.view_*")
    row, *_ = make(prefix)
    for method, target, step in (
        ("post", f"/api/v1/{prefix}/", "add"),
        ("patch", address(row), "change"),
        ("put", address(row), "change"),
        ("delete", address(row), "delete"),
    ):
        answer = getattr(client, method)(target, {})
        assert (answer.status_code, answer.json()["permission"]) == (
            403,
            f"{options.app_label}.{step}_{options.model_name}",
        )


@pytest.mark.parametrize("prefix", UNTOUCHABLE)
def test_balances_and_ledger_are_not_written_directly(prefix):
    row, *_ = make(prefix)
    client = root_client()
    for method, target in (("post", f"/api/v1/{prefix}/"), ("put", address(row)), ("delete", address(row))):
        answer = getattr(client, method)(target, {})
        assert answer.status_code == 405
        assert answer.json()["code"] == "method_not_allowed"
        assert method.upper() not in answer["Allow"]
    assert MODELS[prefix]._base_manager.filter(pk=row.pk).exists()


@EVERY
def test_every_reference_can_be_expanded(prefix):
    make(prefix, 2)
    client = root_client()
    for name in VIEWSETS[prefix].serializer_class.Meta.expandable if _expandable(prefix) else ():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/{prefix}/?expand={name}")
        assert answer.status_code == 200
        assert all(row[name] is None or isinstance(row[name], dict) for row in answer.json()["results"])
        assert len(queries) <= 3


def _expandable(prefix: str) -> bool:
    return hasattr(VIEWSETS[prefix].serializer_class.Meta, "expandable")


@EVERY
def test_what_is_expanded_needs_the_permission_to_be_seen(prefix):
    if not _expandable(prefix):
        pytest.skip("refers to nothing")
    options = MODELS[prefix]._meta
    client = clerk_client(f"{options.app_label}.view_{options.model_name}")
    for name in VIEWSETS[prefix].serializer_class.Meta.expandable:
        other = MODELS[prefix]._meta.get_field(name).related_model._meta
        if other == options:
            continue
        answer = client.get(f"/api/v1/{prefix}/?expand={name}")
        assert answer.status_code == 403
        assert answer.json()["permission"] == f"{other.app_label}.view_{other.model_name}"


@EVERY
def test_unknown_parameters_and_values_are_refused(prefix):
    client = root_client()
    for query, parameter in (
        ("bogus=1", "bogus"),
        ("fields=bogus", "fields"),
        ("expand=bogus", "expand"),
        ("ordering=bogus", "ordering"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=bogus", "cursor"),
        ("count=maybe", "count"),
        ("id=1_000", "id"),
        ("id=", "id"),
        ("id=1&id=2", "id"),
    ):
        answer = client.get(f"/api/v1/{prefix}/?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["code"] == "invalid_parameter"
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@EVERY
def test_every_filter_finds_a_record_by_its_own_value(prefix):
    row = MODELS[prefix]._default_manager.get(pk=make(prefix, 2)[0].pk)
    client = root_client()
    for name, filter_ in filterset_of(VIEWSETS[prefix]).base_filters.items():
        if filter_.method:
            continue
        value = getattr(row, row._meta.get_field(filter_.field_name).attname)
        if filter_.lookup_expr == "isnull":
            text = "true" if value is None else "false"
        elif value is None or value == "":
            continue
        elif isinstance(value, bool):
            text = str(value).lower()
        else:
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        answer = client.get(f"/api/v1/{prefix}/", {name: text, "limit": 200})
        assert answer.status_code == 200, (name, answer.json())
        assert row.pk in ids(answer.json()["results"]), name


@EVERY
def test_every_order_pages_through_all_rows_once_forwards_and_backwards(prefix):
    make(prefix, 5)
    client = root_client()
    every = set(everything(prefix).values_list("pk", flat=True))
    own = VIEWSETS[prefix].ordering_fields
    for ordering in [None, *own, *(f"-{name}" for name in own), "created_at", "-id"]:
        query = f"&ordering={ordering}" if ordering else ""
        forwards, pages, address_ = [], 0, f"/api/v1/{prefix}/?limit=2{query}"
        while address_:
            page = client.get(address_).json()
            forwards += ids(page["results"])
            last, address_, pages = page, page["next"], pages + 1
        assert sorted(forwards) == sorted(every)
        backwards = ids(last["results"])
        while last["previous"]:
            last = client.get(last["previous"]).json()
            backwards = ids(last["results"]) + backwards
        assert backwards == forwards, ordering


@EVERY
def test_only_the_wanted_fields(prefix):
    row, *_ = make(prefix)
    client = root_client()
    assert client.get(f"{address(row)}?fields=id").json() == {"id": row.pk}
    listed = client.get(f"/api/v1/{prefix}/?fields=created_at,id").json()["results"]
    assert all(list(found) == ["created_at", "id"] for found in listed)


@EVERY
def test_an_unchanged_record_is_not_sent_again(prefix):
    row, *_ = make(prefix)
    client = root_client()
    tag = client.get(address(row))["ETag"]
    again = client.get(address(row), HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


@EVERY
def test_addresses_work_without_the_slash_too(prefix):
    row, *_ = make(prefix)
    client = root_client()
    assert client.get(f"/api/v1/{prefix}").json() == client.get(f"/api/v1/{prefix}/").json()
    assert client.get(address(row).rstrip("/")).json()["id"] == row.pk


@EVERY
def test_what_is_not_there_is_a_404_in_words(prefix):
    answer = root_client().get(f"/api/v1/{prefix}/999999999999999999/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert str(MODELS[prefix]._meta.verbose_name) in answer.json()["detail"]


@EVERY
def test_read_only_and_unknown_fields_are_refused_by_name(prefix):
    if "patch" not in _methods(prefix):
        pytest.skip("is never changed")
    row, *_ = make(prefix)
    row = MODELS[prefix]._default_manager.get(pk=row.pk)
    if isinstance(row, Document) and not row.is_editable:
        pytest.skip("is not edited at all")
    client = root_client()
    fields = VIEWSETS[prefix].serializer_class(row).fields
    refused = [name for name, f in fields.items() if f.read_only]
    answer = client.patch(address(row), {**dict.fromkeys(refused, -1), "bogus": 1})
    assert answer.status_code == 400
    found = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert found == {**{f"/{name}": "read_only" for name in refused}, "/bogus": "unknown_field"}


@EVERY
def test_what_is_fixed_is_taken_as_it_is_and_refused_otherwise(prefix):
    """A program may send back what it has read. The description of a change doesn't name what is fixed."""
    meta = VIEWSETS[prefix].serializer_class.Meta
    columns = {column.name for column in meta.model._meta.concrete_fields}
    fixed = sorted(set(getattr(meta, "create_only", ())) & columns)
    row, *_ = make(prefix)
    row = MODELS[prefix]._default_manager.get(pk=row.pk)
    if "patch" not in _methods(prefix) or not fixed or (isinstance(row, Document) and not row.is_editable):
        pytest.skip("has nothing that is fixed, or is not edited at all")
    client = root_client()
    shown = client.get(address(row)).json()
    assert client.patch(address(row), {name: shown[name] for name in fixed}).status_code == 200
    for name in fixed:
        for value in (-1, str(shown[name]) + "0", [shown[name]], {}, None if shown[name] is not None else 7):
            answer = client.patch(address(row), {name: value})
            assert answer.status_code == 400, (name, value)
            assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(f"/{name}", "read_only")]
    kept = client.get(address(row)).json()
    assert {name: kept[name] for name in fixed} == {name: shown[name] for name in fixed}


def _methods(prefix: str) -> set[str]:
    return {"patch"} if hasattr(VIEWSETS[prefix], "partial_update") else set()


@EVERY
def test_a_change_needs_the_present_version(prefix):
    if "patch" not in _methods(prefix):
        pytest.skip("is never changed")
    row, *_ = make(prefix)
    client = root_client()
    stale = '"1-1"'
    answer = client.patch(address(row), {}, HTTP_IF_MATCH=stale)
    assert answer.status_code == 412
    assert answer.json()["code"] == "stale"
    present = client.get(address(row))["ETag"]
    assert answer["ETag"].strip('"') == present.strip('"').split(".")[0]


def test_every_reference_by_id_is_strict():
    kinds = {f.__class__ for v in VIEWSETS.values() for f in v.serializer_class().fields.values() if f.source}
    assert IdField in kinds
    assert not [kind for kind in kinds if kind.__name__ in ("IntegerField", "DecimalField", "CharField", "DateField")]


def test_nobody_else_is_named_as_the_writer():
    user = SuperuserFactory()
    answer = client_for(user).post("/api/v1/categories/", {"name": "Tools"})
    assert (answer.json()["created_by"], answer.json()["updated_by"]) == (user.pk, user.pk)
