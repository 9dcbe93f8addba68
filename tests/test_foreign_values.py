"""What is not for the caller to set is refused by name; what one may not view can't be searched for or expanded."""

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from sales.models import OrderItem
from tests.api_client import MODELS, VIEWSETS, root_client
from tests.back_office import Desk
from tests.factories import factory_of
from tests.factories.billing import CreditNoteFactory, InvoiceItemFactory
from tests.factories.sales import OrderItemFactory, SalesReturnFactory, ShipmentFactory

pytestmark = pytest.mark.django_db
CREATED = sorted(prefix for prefix, viewset in VIEWSETS.items() if hasattr(viewset, "create"))


@pytest.mark.parametrize("prefix", CREATED)
def test_what_the_server_sets_is_refused_in_a_new_record(prefix):
    fields = VIEWSETS[prefix].serializer_class().fields
    owned = [name for name, field in fields.items() if field.read_only]
    assert {"id", "created_at", "created_by"} <= set(owned)
    client = root_client()
    before = MODELS[prefix]._base_manager.count()
    answer = client.post(f"/api/v1/{prefix}/", {**dict.fromkeys(owned, 1), "bogus": 1})
    assert answer.status_code == 400
    found = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert {f"/{name}": "read_only" for name in owned}.items() <= found.items()
    assert found["/bogus"] == "unknown_field"
    assert MODELS[prefix]._base_manager.count() == before


def searches() -> list[tuple[type[models.Model], str]]:
    """Every field of a form that searches for a record."""
    return [
        (model, field.name)
        for model, model_admin in admin.site._registry.items()
        for field in model._meta.fields
        if model_admin._is_searched(field)
    ]


def test_nobody_searches_for_what_they_may_not_view():
    desk = Desk("inventory_project.view_apitoken")
    open_ = []
    for model, name in searches():
        source = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
        response = desk.client.get(reverse("admin:autocomplete"), source)
        if response.status_code != 403:
            open_.append((model._meta.label, name, response.status_code))
    assert open_ == []
    assert len(searches()) > 60


def test_the_search_at_the_top_finds_only_what_may_be_viewed():
    for model, model_admin in admin.site._registry.items():
        if model_admin.in_search and model._meta.app_label != "inventory_project":
            factory_of(model)()
    page = Desk("accounts.view_userrole").client.get(reverse("admin:search"), {"q": "a"})
    assert page.context["found"] == []


def line_of_another() -> list[tuple[str, dict[str, object]]]:
    """New lines that name a part of something that their document has nothing to do with."""
    return [
        ("shipment-items", {"shipment": ShipmentFactory().pk, "order_item": OrderItemFactory().pk}),
        ("sales-return-items", {"sales_return": SalesReturnFactory().pk, "order_item": OrderItemFactory().pk}),
        ("credit-note-items", {"credit_note": CreditNoteFactory().pk, "invoice_item": InvoiceItemFactory().pk}),
    ]


def test_a_line_of_another_document_is_refused():
    client = root_client()
    for prefix, body in line_of_another():
        before = MODELS[prefix]._base_manager.count()
        answer = client.post(f"/api/v1/{prefix}/", {**body, "quantity": 1})
        assert answer.status_code in (400, 409), (prefix, answer.json())
        assert MODELS[prefix]._base_manager.count() == before


def test_a_forged_row_of_another_order_is_not_written():
    """The back office takes the hidden number of a row only if it is one of the order's own."""
    mine, theirs = OrderItemFactory(), OrderItemFactory()
    Desk().edit(mine.order, **{"items-0-id": theirs.pk, "items-0-quantity": 77})
    assert list(OrderItem.objects.order_by("pk").values_list("pk", "order", "quantity")) == [
        (mine.pk, mine.order_id, 2),
        (theirs.pk, theirs.order_id, 2),
    ]
