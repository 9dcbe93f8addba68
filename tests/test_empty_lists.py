"""A list with nothing in it says what it is for, or why nothing is found, and leads on."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.test_admin_contract import MODELS, boss, by_model, url

pytestmark = pytest.mark.django_db
__all__ = ["boss"]  # the fixture


def text_of(client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@by_model
def test_every_model_says_what_it_is_for(boss, model):
    options = admin.site._registry[model]
    assert options.purpose

    if not model.objects.exists():  # whoever looks has an account
        assert str(options.purpose).replace("'", "&#x27;") in text_of(boss, url(model, "changelist"))


def test_a_list_that_was_never_used_leads_to_the_first_row_and_to_the_import(boss):
    shown = text_of(boss, reverse("admin:catalog_product_changelist"))

    assert "No products yet." in shown
    assert f'class="button primary" href="{reverse("admin:catalog_product_add")}"' in shown
    assert shown.count(f'href="{reverse("admin:import_products")}"') == 2  # above the list, and in it


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"view": "late"}, "No late orders."),
        ({"view": "closed"}, "Nothing is under “Closed” now."),
        ({"q": "xyz"}, "Nothing matches “xyz”."),
        ({"status__exact": "shipped"}, "Nothing matches this filter."),
        ({"status__exact": "shipped", "view": "late"}, "Nothing matches this filter."),
        ({"status__exact": "shipped", "ordered_at__since": "2020-01-01"}, "Nothing matches these 2 filters."),
        ({"status__exact": "shipped", "q": "xyz"}, "Nothing matches “xyz” and this filter."),
    ],
)
def test_why_nothing_is_found(boss, query, said):
    shown = text_of(boss, reverse("admin:sales_order_changelist", query=query))

    assert said in shown
    assert "No orders yet." not in shown


def test_every_model_is_looked_at():
    assert len(MODELS) == 39
