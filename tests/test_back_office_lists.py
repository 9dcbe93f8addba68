"""Each model's list and pages show what was decided: the tables say it, the pages are read as staff see them."""

import pytest
from django.contrib import admin
from django.db import models

from tests.back_office import Desk
from tests.back_office_lists import goods, money, parse, written
from tests.back_office_lists.page import read, searched, value_at
from tests.lives.scenes import SCENES
from tests.test_admin_contract import MODELS, by_model, factory_of

DECLARED = {**parse(money.PAGES), **parse(goods.PAGES)}
FURTHER = {**money.FURTHER, **goods.FURTHER}

# A filter that would have one choice is not shown.
SHORT_LISTS = [model for model in MODELS if getattr(admin.site._registry[model], "is_short_list", False)]

pytestmark = pytest.mark.django_db


def samples(model: type[models.Model]) -> list[models.Model]:
    """Records whose pages together show every button: documents in each status, and what the tables add."""
    for short in SHORT_LISTS:
        factory_of(short)(), factory_of(short)()
    make_one = factory_of(model)
    made = [make() for (kind, _status), make in SCENES.items() if kind is model] or [make_one(), make_one()]
    made += [make() for make in FURTHER.get(model._meta.label, ())]
    return [model._base_manager.get(pk=row.pk) for row in made]


def test_every_model_is_declared():
    assert sorted(DECLARED) == sorted(model._meta.label for model in MODELS)


@by_model
def test_the_pages_show_what_was_decided(model):
    shown = written(read(Desk(), model, samples(model)))
    assert shown == written(DECLARED[model._meta.label]), f"\n{model._meta.label}\n{shown}"


@by_model
def test_every_column_that_is_searched_finds_the_record(model):
    row, desk = samples(model)[0], Desk()
    for path in searched(model):
        if value := value_at(row, path):
            page = desk.open(model, "changelist", q=f'"{value}"')
            assert row in page.context["cl"].result_list, (path, value)
