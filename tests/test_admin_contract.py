"""What every page of the back office keeps to, checked over the registry: a new model is covered by its factory."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import CreditNoteItem, Payment
from inventory_project.base.admin import DocumentAdmin, LedgerAdmin, LineAdmin, StateAdmin
from inventory_project.base.models import Document, Ledger, Line, State
from sales.models import SalesReturnItem, ShipmentItem
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.billing import InvoiceItemFactory
from tests.factories.sales import OrderItemFactory

APPS = ("accounts", "catalog", "stock", "sales", "billing")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
PARENTS = [model for model in MODELS if admin.site._registry[model].inlines]
LIST_BUDGET = 8
FORM_BUDGET = 15

by_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def factory_of(model: type[models.Model]) -> Callable[..., models.Model]:
    module = importlib.import_module(f"tests.factories.{model._meta.app_label}")
    return getattr(module, f"{model.__name__}Factory")


def url(model: type[models.Model], page: str, *args: object, **query: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=args, query=query or None)


@contextmanager
def counted_queries() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as queries:
        yield queries


@pytest.fixture(autouse=True)
def no_remembered_numbers():
    cache.clear()


@pytest.fixture
def boss(client) -> Client:
    client.force_login(SuperuserFactory())
    return client


def client_with(*permissions: str) -> Client:
    client = Client()
    client.force_login(StaffFactory(permissions=permissions) if permissions else StaffFactory())
    return client


def cost(client: Client, address: str) -> list[str]:
    """The queries of a page, after one visit that fills Django's own caches."""
    client.get(address)
    with counted_queries() as queries:
        response = client.get(address)
    assert response.status_code == 200
    return [query["sql"] for query in queries]


def test_all_models_have_their_page():
    assert len(MODELS) == 39
    assert set(MODELS) <= set(admin.site._registry)


def test_bookkeeping_has_no_page():
    names = {model._meta.label for model in admin.site._registry} - {model._meta.label for model in MODELS}
    assert names == {f"inventory_project.{name}" for name in ("ApiToken", "ChangeHistory", "OperationRun")}


@by_model
@pytest.mark.django_db
def test_the_list_opens_and_searches(boss, model):
    row = factory_of(model)()
    response = boss.get(url(model, "changelist"))
    assert response.status_code == 200
    assert url(model, "change", row.pk) in response.content.decode()
    assert boss.get(url(model, "changelist", q="a b")).status_code == 200
    assert boss.get(url(model, "changelist", q="x" * 5000)).status_code == 200


@by_model
@pytest.mark.django_db
def test_every_tab_and_filter_opens(boss, model, rf):
    factory_of(model)()
    page = boss.get(url(model, "changelist"))
    changelist = page.context["cl"]
    links = [
        choice["query_string"]
        for spec in changelist.filter_specs
        for choice in spec.choices(changelist)
        if "query_string" in choice
    ]
    for link in links:
        assert boss.get(url(model, "changelist") + link).status_code == 200, link


@by_model
@pytest.mark.django_db
def test_sorting_by_every_column_opens(boss, model):
    factory_of(model)()
    width = len(boss.get(url(model, "changelist")).context["cl"].list_display)
    for sign in ("", "-"):
        order = ".".join(f"{sign}{column}" for column in range(width))
        assert boss.get(url(model, "changelist", o=order)).status_code == 200


@by_model
@pytest.mark.django_db
def test_a_filter_that_makes_no_sense_shows_all_and_says_so(boss, model):
    for query in ({"nonsense": "1"}, {"created_at__gte": "yesterday"}, {"id__exact": "x"}, {"view": "nonsense"}):
        response = boss.get(url(model, "changelist", **query), follow=True)
        assert response.status_code == 200
        assert response.redirect_chain
        assert "That filter was not understood" in response.content.decode()


@by_model
@pytest.mark.django_db
def test_the_add_page_opens(boss, model):
    response = boss.get(url(model, "add"))
    assert response.status_code == 200
    assert 'id="content-main"' in response.content.decode()


@by_model
@pytest.mark.django_db
def test_an_empty_form_is_sent_back(boss, model):
    formsets = boss.get(url(model, "add")).context.get("inline_admin_formsets") or []
    data = {"apply": "1"}
    for formset in formsets:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    before = model._base_manager.count()
    assert boss.post(url(model, "add"), data).status_code == 200
    assert model._base_manager.count() == before


@by_model
@pytest.mark.django_db
def test_the_record_opens_says_who_wrote_it_and_has_a_history(boss, model):
    row = factory_of(model)()
    page = boss.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert "Created by" in page.content.decode()
    assert boss.get(url(model, "history", row.pk)).status_code == 200


@by_model
@pytest.mark.django_db
def test_the_delete_page_opens_or_leads_to_the_act(boss, model):
    row = factory_of(model)()
    response = boss.get(url(model, "delete", row.pk))
    locked = isinstance(row, Document) and not row.is_editable
    assert response.status_code == (403 if locked else 200)
    assert model._base_manager.filter(pk=row.pk).exists()


@by_model
@pytest.mark.django_db
def test_a_record_that_is_gone_leads_back(boss, model):
    response = boss.get(url(model, "change", 999_999_999))
    assert response.status_code == 302
    assert boss.get(url(model, "change", "9" * 30)).status_code == 302
    assert boss.get(url(model, "change", "nonsense")).status_code == 302


@by_model
@pytest.mark.django_db
def test_strangers_are_sent_to_the_login(model):
    for page in ("changelist", "add"):
        response = Client().get(url(model, page))
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("admin:login"))


@by_model
@pytest.mark.django_db
def test_without_the_permission_every_page_is_closed(model):
    row = factory_of(model)()
    client = client_with()
    for address in (
        url(model, "changelist"),
        url(model, "add"),
        url(model, "change", row.pk),
        url(model, "delete", row.pk),
    ):
        response = client.get(address)
        assert response.status_code == 403
        assert "That is not open to you" in response.content.decode()


@by_model
@pytest.mark.django_db
def test_who_may_only_look_can_only_look(model):
    row = factory_of(model)()
    client = client_with(f"{model._meta.app_label}.view_{model._meta.model_name}")
    assert client.get(url(model, "changelist")).status_code == 200
    page = client.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert 'name="CHANGE_FORM-action"' not in page.content.decode()
    assert client.post(url(model, "change", row.pk), {}).status_code == 403


@by_model
@pytest.mark.django_db
def test_who_may_only_look_can_run_no_act(model):
    row = factory_of(model)()
    client = client_with(f"{model._meta.app_label}.view_{model._meta.model_name}")
    for action in admin.site._registry[model]._get_base_actions(ActionLocation.CHANGE_FORM):
        if action.name == "labels":  # whoever sees a thing may print its label
            continue
        data = {"_selected_action": row.pk, "CHANGE_FORM-action": action.name, "apply": "1"}
        assert client.post(url(model, "change", row.pk), data).status_code in (302, 403)
    fresh = model._base_manager.get(pk=row.pk)
    assert getattr(fresh, "status", None) == getattr(row, "status", None)


@by_model
def test_every_action_names_a_permission(model):
    model_admin = admin.site._registry[model]
    for location in ActionLocation:
        for action in model_admin._get_base_actions(location):
            named = getattr(action.func, "allowed_permissions", None)
            assert named, action.name
            assert all(hasattr(model_admin, f"has_{name}_permission") for name in named)


@by_model
def test_every_act_of_a_document_is_an_action(model):
    if not issubclass(model, Document):
        pytest.skip("no document")
    assert set(model.ACTS) <= set(admin.site._registry[model].actions)


@by_model
def test_big_tables_are_searched_and_never_listed(model, rf):
    request = rf.get("/")
    request.user = SuperuserFactory.build()
    model_admin = admin.site._registry[model]
    assert model_admin.search_fields
    relations = [field for field in model._meta.fields if field.is_relation and field.editable]
    searched = set(model_admin.get_autocomplete_fields(request))
    short = {"Warehouse", "TaxRate", "Role"}
    assert {f.name for f in relations if f.related_model.__name__ not in short} <= searched


@by_model
@pytest.mark.django_db
def test_ten_rows_cost_what_one_costs(boss, model):
    make = factory_of(model)
    make()
    one = cost(boss, url(model, "changelist"))
    for _row in range(9):
        make()
    ten = cost(boss, url(model, "changelist"))
    assert len(ten) == len(one), "\n".join(ten)
    assert len(ten) <= LIST_BUDGET, "\n".join(ten)


LINES = {
    (parent, relation)
    for parent in PARENTS
    for inline in admin.site._registry[parent].inlines
    for relation in parent._meta.related_objects
    if relation.related_model is inline.model and (inline.fk_name or relation.field.name) == relation.field.name
}


@pytest.mark.parametrize(
    ("parent", "relation"),
    sorted(LINES, key=lambda pair: (pair[0].__name__, pair[1].name)),
    ids=lambda value: getattr(value, "__name__", None) or value.name,
)
@pytest.mark.django_db
def test_a_form_costs_the_same_for_many_lines(boss, parent, relation):
    make = factory_of(relation.related_model)
    if relation.related_model is Payment:
        make = partial(make, amount=1)  # there can be several
    row = getattr(make(), relation.field.name)
    few = cost(boss, url(parent, "change", row.pk))
    for _line in range(4):
        more_lines(make, relation, row)
    many = cost(boss, url(parent, "change", row.pk))
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= FORM_BUDGET, "\n".join(many)


def more_lines(make, relation, row) -> None:
    """Another line of the same parent: what only refers to lines of another document refers to any here."""
    model = relation.related_model
    if model is CreditNoteItem:
        model.objects.create(credit_note=row, invoice_item=InvoiceItemFactory(), quantity=1)
    elif model in (ShipmentItem, SalesReturnItem):
        model.objects.create(**{relation.field.name: row}, order_item=OrderItemFactory(), quantity=1)
    else:
        make(**{relation.field.name: row})


@by_model
def test_archetypes_use_their_base(model):
    bases = {Document: DocumentAdmin, Line: LineAdmin, State: StateAdmin, Ledger: LedgerAdmin}
    for archetype, base in bases.items():
        assert isinstance(admin.site._registry[model], base) == issubclass(model, archetype)
