"""Refusals: always a problem document with a code, whatever goes wrong and wherever."""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import override_settings

from billing.api.views import InvoiceViewSet
from billing.models import Invoice
from catalog.models import Category, Product
from inventory_project.base.api import serializers
from inventory_project.base.api.problems import PROBLEMS
from inventory_project.base.errors import RuleViolation
from tests.api_client import address, clerk_client, client_for, root_client
from tests.factories.accounts import SuperuserFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.catalog import CategoryFactory, ProductFactory

ROOT = Path(__file__).resolve().parent.parent
PROBLEM_JSON = "application/problem+json"

pytestmark = pytest.mark.django_db


def problem(answer, status: int, code: str) -> dict:
    """The problem document, found to be whole."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM_JSON
    data = answer.json()
    assert (data["status"], data["code"], data["type"]) == (status, code, f"/api/errors/{code}")
    assert data["title"]
    assert data["detail"]
    assert data["request_id"] == answer["X-Request-ID"]
    return data


def codes_of_services() -> Iterator[tuple[str, str]]:
    """Every code with which a rule refuses, and the file it is in."""
    for app in ("accounts", "catalog", "stock", "sales", "billing", "inventory_project"):
        for file in (ROOT / app).rglob("*.py"):
            if COMMANDS_ONLY & set(file.parts):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                    "RuleViolation",
                    "NotAllowed",
                    "InsufficientStock",
                ):
                    for keyword in node.keywords:
                        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                            yield keyword.value.value, file.name


COMMANDS_ONLY = {"archives", "history", "management"}  # what nobody asks for at the API


def test_every_code_of_a_rule_is_published():
    found = set(codes_of_services())
    assert len(found) > 40
    assert {(code, file) for code, file in found if code not in PROBLEMS} == set()


def test_every_code_has_its_page(client):
    index = client.get("/api/errors/").content.decode()
    for code in PROBLEMS:
        page = client.get(f"/api/errors/{code}")
        assert page.status_code == 200
        assert str(PROBLEMS[code].status) in page.content.decode()
        assert f"/api/errors/{code}" in index
    problem(client.get("/api/errors/no_such_code"), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nope/", "/api/v2/products/", "/api/v1/products/abc/", "/api"])
def test_unknown_addresses_are_told_in_json(path, client):
    problem(client.get(path), 404, "not_found")
    problem(client.post(path, {}, "application/json"), 404, "not_found")


def test_pages_outside_of_the_api_stay_pages(client):
    assert client.get("/nowhere/")["Content-Type"].startswith("text/html")


@override_settings(DEBUG=False)
def test_what_nobody_expected_is_a_500_in_json_and_writes_nothing(monkeypatch, caplog):
    def fail(self):
        self.__class__.objects.create(name="left over")
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Category, "clean", fail)
    client = root_client()
    client.raise_request_exception = False
    with caplog.at_level(logging.CRITICAL, logger="django.request"):
        answer = client.post("/api/v1/categories/", {"name": "Tools"})
    problem(answer, 500, "error")
    assert b"secret" not in answer.content
    assert not Category.objects.exists()


def test_a_record_that_was_deleted_while_the_request_ran_is_not_found(monkeypatch):
    invoice = InvoiceFactory()
    found = InvoiceViewSet.found

    def found_and_deleted(self):
        row = found(self)
        Invoice.objects.filter(pk=row.pk).delete()
        return row

    monkeypatch.setattr(InvoiceViewSet, "found", found_and_deleted)
    data = problem(root_client().post(address(invoice, "issue")), 404, "not_found")
    assert "deleted meanwhile" in data["detail"]


@override_settings(ALLOWED_HOSTS=["only.example"])
def test_a_wrong_host_is_told_in_json(client):
    problem(client.get("/api/v1/products/", HTTP_HOST="evil.example"), 400, "bad_request")


def test_a_refusal_of_the_rules_names_the_code_and_what_to_do():
    category = CategoryFactory(name="Tools")
    ProductFactory(category=category)
    data = problem(root_client().delete(address(category)), 409, "in_use")
    assert data["detail"] == (
        "“Tools” can't be deleted: products refer to it. Deactivate it instead (is_active: false)."
    )
    assert data["referred_to_by"] == ["catalog.Product"]


def test_validation_points_to_each_value():
    lines = [{"product": 1, "quantity": 0}, {"product": True, "quantity": "1", "colour": "red"}]
    answer = root_client().post("/api/v1/purchase-orders/", {"supplier": 99, "items": lines})
    found = {error["pointer"]: error["code"] for error in problem(answer, 400, "invalid")["errors"]}
    assert found == {
        "/supplier": "does_not_exist",
        "/warehouse": "required",
        "/items/0/product": "does_not_exist",
        "/items/0/quantity": "min_value",
        "/items/1/product": "incorrect_type",
        "/items/1/quantity": "invalid",
        "/items/1/colour": "unknown_field",
    }


def test_a_unique_value_is_refused_with_the_constraints_sentence():
    ProductFactory(sku="AB-1")
    category = CategoryFactory()
    answer = root_client().post(
        "/api/v1/products/", {"sku": " ａｂ-1", "name": "Twin", "category": category.pk, "price": "1"}
    )
    data = problem(answer, 400, "invalid")
    assert data["errors"] == [
        {"pointer": "/sku", "code": "duplicate", "message": "Another product has this SKU."},
    ]


@pytest.fixture
def unchecked(monkeypatch):
    """As if somebody else had written between the check and the write."""
    monkeypatch.setattr(serializers, "full_clean", lambda row, **options: None)


def test_the_database_has_the_last_word_on_uniqueness(unchecked):
    CategoryFactory(name="Tools")
    data = problem(root_client().post("/api/v1/categories/", {"name": "Tools"}), 409, "duplicate")
    assert data["detail"] == "A category with this name exists already."
    assert Category.objects.count() == 1


def test_the_database_has_the_last_word_on_key_columns(unchecked):
    product = ProductFactory(sku="AB-1")
    values = {"sku": "ab-1", "name": "Twin", "category": product.category_id, "price": "1"}
    data = problem(root_client().post("/api/v1/products/", values), 409, "duplicate")
    assert data["detail"] == "Another product has this SKU."


def test_the_database_has_the_last_word_on_checks(unchecked):
    answer = root_client().post(
        "/api/v1/price-lists/", {"name": "x", "valid_from": "2026-02-02", "valid_until": "2026-01-01"}
    )
    data = problem(answer, 400, "invalid")
    assert data["errors"][0]["message"] == "The last day can't be before the first."


def test_the_database_has_the_last_word_on_references(monkeypatch):
    product = ProductFactory()
    monkeypatch.setattr("inventory_project.base.api.viewsets.refuse_while_referenced", lambda row, **options: None)
    problem(root_client().delete(address(product.category)), 409, "in_use")
    assert Product.objects.filter(pk=product.pk).exists()


def test_a_reference_that_only_the_database_sees(monkeypatch):
    product = ProductFactory()

    def delete(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM category WHERE id = %s", [self.pk])

    monkeypatch.setattr("inventory_project.base.api.viewsets.refuse_while_referenced", lambda row, **options: None)
    monkeypatch.setattr(Category, "delete", delete)
    problem(root_client().delete(address(product.category)), 409, "in_use")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "unavailable"),
        (IntegrityError("something new"), 409, "conflict"),
        (RuleViolation("No.", code="a_new_rule"), 409, "a_new_rule"),
    ],
)
def test_errors_of_the_database_are_never_a_500(error, status, code, monkeypatch):
    def save(self, *args, **kwargs):
        raise error

    monkeypatch.setattr(Category, "save", save)
    answer = root_client().post("/api/v1/categories/", {"name": "Tools"})
    problem(answer, status, code)
    assert (answer.get("Retry-After") is not None) == (status == 503)


def test_a_table_that_is_missing_is_no_passing_trouble(monkeypatch):
    def save(self, *args, **kwargs):
        raise OperationalError("no such table: category")

    monkeypatch.setattr(Category, "save", save)
    with pytest.raises(OperationalError):
        root_client().post("/api/v1/categories/", {"name": "Tools"})


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_large_a_body():
    answer = root_client().post("/api/v1/categories/", {"name": "x", "description": "y" * 2000})
    problem(answer, 413, "too_large")


def test_other_content_types():
    client = root_client()
    for kind, body in (("text/plain", "x"), ("application/xml", "<a/>"), ("application/x-www-form-urlencoded", "a=1")):
        problem(client.post("/api/v1/categories/", body, content_type=kind), 415, "unsupported_media_type")
    problem(client.get("/api/v1/categories/", HTTP_ACCEPT="text/csv"), 406, "not_acceptable")


def test_json_is_taken_under_the_content_type_that_curl_gives_it():
    answer = root_client().post(
        "/api/v1/categories", '{"name": "Tools"}', content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 201


def test_a_missing_permission_is_named():
    data = problem(clerk_client("catalog.view_category").post("/api/v1/categories/", {}), 403, "permission_denied")
    assert data["permission"] == "catalog.add_category"


@pytest.mark.parametrize("key", ["", "x", "inv_" + "0" * 60, "a b", "\xff\xfe", "x\x00y"])
def test_wrong_keys(key, client):
    answer = client.get("/api/v1/products/", HTTP_AUTHORIZATION=f"Bearer {key}")
    problem(answer, 401, "authentication_failed")


def test_a_deactivated_user_is_out_at_once():
    user = SuperuserFactory()
    client = client_for(user)
    user.is_active = False
    user.save()
    problem(client.get("/api/v1/products/"), 401, "authentication_failed")
