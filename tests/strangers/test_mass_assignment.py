"""What the server sets is refused by name wherever it is sent, and changes nothing: in new records and their lines,
in changes, in acts, in lists of many; forms of the back office leave it aside."""

from collections.abc import Iterable, Mapping
from itertools import batched

import pytest
from django.contrib import admin
from django.db import models
from rest_framework import serializers

from inventory_project.base.api.serializers import MOST_UNKNOWN, Nothing
from inventory_project.base.models import Document
from tests.access.surface import named
from tests.api_client import MODELS, VIEWSETS, address, root_client
from tests.back_office import Desk
from tests.factories import MODULES, factory_of
from tests.strangers.test_strangers import rows
from tests.test_api_acts import posts
from tests.trials.cases import WORKING

pytestmark = pytest.mark.django_db

FORMS = {
    named(path.replace("^", "")).removeprefix("api/v1/"): options.get("input_class") or Nothing
    for path, _viewset, options in posts()
}
FORMS |= {prefix: VIEWSETS[prefix].serializer_class for prefix in WORKING if prefix in VIEWSETS}
CHANGED = sorted(prefix for prefix, viewset in VIEWSETS.items() if hasattr(viewset, "partial_update"))
HERE = [model for model in admin.site._registry if model._meta.app_label in MODULES]
STAMPS = ("updated_at", "updated_by_id")


def lines_of(form: serializers.Serializer) -> serializers.Serializer | None:
    """What the lines of a request look like, if it has any."""
    lines = form.fields.get("items")
    return getattr(lines, "child", None) if isinstance(lines, serializers.ListSerializer) else None


def owned(shown: Mapping[str, serializers.Field], taken: Mapping[str, serializers.Field]) -> set[str]:
    """What is shown of a record and can't be sent here."""
    return set(shown) - {name for name, field in taken.items() if not field.read_only}


def refused(answer, names: Iterable[str], at: str = "") -> bool:
    found = {error["pointer"]: error["code"] for error in answer.json().get("errors", ())}
    return answer.status_code == 400 and all(
        found.get(f"{at}/{name}") in ("read_only", "unknown_field") for name in names
    )


@pytest.mark.parametrize("name", WORKING)
def test_what_is_not_to_be_sent_is_refused(name):
    path, body = WORKING[name]()
    form = FORMS[name]()
    names = owned(VIEWSETS[name.split("/")[0]].serializer_class().fields, form.fields) - set(body)
    client, before = root_client(), rows()
    for some in batched(sorted(names), MOST_UNKNOWN, strict=False):  # so many are named at most
        assert refused(client.post(path, {**body, **dict.fromkeys(some, 1)}), some)
    assert rows() == before
    assert {"id", "created_at", "created_by"} <= names


@pytest.mark.parametrize("name", [name for name in WORKING if lines_of(FORMS[name]())])
def test_nor_in_a_line(name):
    path, body = WORKING[name]()
    line = lines_of(FORMS[name]())
    parent = VIEWSETS[name.split("/")[0]].serializer_class()
    shown = lines_of(parent) or parent
    names = owned({**shown.fields, **line.fields}, line.fields)
    first, *others = body.get("items") or [{}]
    body = {**body, "items": [{**first, **dict.fromkeys(names - set(first), 1)}, *others]}
    body.pop("atomic", None)
    client, before = root_client(), rows()
    assert refused(client.post(path, body), names - set(first), "/items/0")
    assert rows() == before


def test_nor_among_many():
    for name in ("products/bulk", "price-lists/{pk}/items/bulk"):
        path, body = WORKING[name]()
        names = {"id", "created_at", "updated_by"}
        items = [{**item, **dict.fromkeys(names, 1)} for item in body["items"]]
        client, before = root_client(), rows()
        assert refused(client.post(path, {"items": items}), names, "/items/0")
        results = client.post(path, {"items": items, "atomic": False}).json()["results"]
        assert {result["result"] for result in results} == {"refused"}
        assert rows() == before


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("prefix", CHANGED)
def test_nor_in_a_change(prefix, method):
    if method == "put" and not hasattr(VIEWSETS[prefix], "update"):
        pytest.skip("is never written anew")
    row = MODELS[prefix]._default_manager.get(pk=factory_of(MODELS[prefix])().pk)
    names = {name for name, field in VIEWSETS[prefix].serializer_class(row).fields.items() if field.read_only}
    client, before = root_client(), rows()
    answer = getattr(client, method)(address(row), dict.fromkeys(names, -1))
    if isinstance(row, Document) and not row.is_editable:
        assert answer.status_code == 409
    else:
        assert refused(answer, names)
    assert rows() == before


@pytest.mark.parametrize("model", HERE, ids=[model._meta.label for model in HERE])
def test_a_form_leaves_aside_what_it_does_not_ask_for(model):
    row = model._default_manager.get(pk=factory_of(model)().pk)
    desk = Desk()
    page = desk.open(model, "change", row.pk)
    asked = set(page.context["adminform"].form.fields)
    closed = [field for field in model._meta.concrete_fields if field.name not in asked and not field.primary_key]
    before = values(row, closed)
    desk.edit(row, **{field.name: "7" for field in closed})
    assert values(model._default_manager.get(pk=row.pk), closed) == before
    assert {"created_at"} <= {field.name for field in closed}


def values(row: models.Model, fields: list[models.Field]) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in fields if field.attname not in STAMPS}
