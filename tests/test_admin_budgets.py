"""What each page of the back office may cost, checked over the registry: no page costs more with more data."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.urls import reverse

from inventory_project.base.admin import RelatedFilter
from inventory_project.base.admin.listing import COUNT_LIMIT
from stock.models import StockMovement
from tests.factories.accounts import SuperuserFactory
from tests.test_admin_contract import FORM_BUDGET, LIST_BUDGET, MODELS, boss, by_model, cost, factory_of, url

AUTOCOMPLETE_BUDGET = 4
SHORT = {"Warehouse", "TaxRate", "Role", "PriceList"}  # dozens of rows at most: offered all at once

__all__ = ["boss"]  # the fixture


def related_filters(model) -> list[str]:
    filters = admin.site._registry[model].list_filter
    return [item[0] for item in filters if isinstance(item, tuple) and item[1] is RelatedFilter]


def target_of(model, path: str):
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model
    return model


def tables_searched(model) -> int:
    """The related tables that a search of the list asks: one question each, that an index answers."""
    steps = [path.lstrip("=^").split("__")[:-1] for path in admin.site._registry[model].search_fields]
    return len({tuple(step[: depth + 1]) for step in steps for depth in range(len(step))})


@by_model
@pytest.mark.django_db
def test_a_search_costs_what_the_list_costs(boss, model):
    factory_of(model)()
    budget = LIST_BUDGET + max(tables_searched(model) - 2, 0)
    queries = cost(boss, url(model, "changelist", q="abc def"))
    assert len(queries) <= budget, "\n".join(queries)


@by_model
@pytest.mark.django_db
def test_an_active_filter_costs_one_more_query(boss, model):
    factory_of(model)()
    paths = related_filters(model)
    plain = len(cost(boss, url(model, "changelist")))
    for path in paths:
        target = factory_of(target_of(model, path))()
        queries = cost(boss, url(model, "changelist", **{f"{path}__id__exact": target.pk}))
        assert len(queries) <= min(plain, LIST_BUDGET) + 1, "\n".join(queries)


@by_model
@pytest.mark.django_db
def test_rows_are_counted_up_to_a_limit(boss, model):
    factory_of(model)()
    counts = [sql for sql in cost(boss, url(model, "changelist")) if sql.startswith("SELECT COUNT(")]
    assert counts
    assert all(f"LIMIT {COUNT_LIMIT + 1}" in sql for sql in counts), counts


@by_model
@pytest.mark.django_db
def test_a_record_costs_little(boss, model):
    row = factory_of(model)()
    queries = cost(boss, url(model, "change", row.pk))
    assert len(queries) <= FORM_BUDGET, "\n".join(queries)


@by_model
@pytest.mark.django_db
def test_suggestions_cost_little(boss, model, rf):
    request = rf.get("/")
    request.user = SuperuserFactory()
    options = model._meta
    for name in admin.site._registry[model].get_autocomplete_fields(request):
        query = {"term": "a", "app_label": options.app_label, "model_name": options.model_name, "field_name": name}
        queries = cost(boss, reverse("admin:autocomplete", query=query))
        budget = AUTOCOMPLETE_BUDGET + tables_searched(target_of(model, name))
        assert len(queries) <= budget, (name, "\n".join(queries))


@by_model
@pytest.mark.django_db
def test_no_list_of_everything_to_choose_from(boss, model):
    """Neither in a form nor among the filters: such a relation is searched."""
    for page in ("add", "changelist"):
        text = boss.get(url(model, page)).content.decode()
        for choices in re.findall(r"<select (?![^>]*admin-autocomplete)[^>]*>(.*?)</select>", text, re.DOTALL):
            assert choices.count("<option") <= 200
    for spec in boss.get(url(model, "changelist")).context["cl"].filter_specs:
        if isinstance(spec, RelatedFieldListFilter):
            assert spec.field.related_model.__name__ in SHORT, spec.title


@by_model
@pytest.mark.django_db
def test_every_add_page_has_one_effect(boss, model):
    """The page carries a key, so that a double click or the back button makes no second record."""
    text = boss.get(url(model, "add")).content.decode()
    main = text[text.index('<div id="content-main">') :]
    sends = 'method="post"' in main
    assert ('name="once"' in main) == sends


def test_every_model_is_measured():
    assert len(MODELS) == 39


@pytest.mark.django_db
def test_no_address_has_a_ledger_sorted_by_what_no_index_knows(boss):
    factory_of(StockMovement)()
    offered = admin.site._registry[StockMovement].sortable_by
    assert offered
    for number, _column in enumerate(admin.site._registry[StockMovement].list_display, 1):
        for sign in ("", "-"):
            queries = cost(boss, url(StockMovement, "changelist", o=f"{sign}{number}"))
            [rows] = [sql for sql in queries if sql.startswith("SELECT") and '"stock_movement"."reason"' in sql]
            order = rows.partition("ORDER BY")[2]
            assert order.split()[0] in ('"stock_movement"."id"', '"stock_movement"."created_at"'), order
