"""The tree of categories."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Category
from tests.api_client import address, root_client
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> tuple[Category, Category, Category]:
    top = CategoryFactory(name="Tools")
    middle = CategoryFactory(name="Saws", parent=top)
    return top, middle, CategoryFactory(name="Hand saws", parent=middle)


def test_all_below_a_category_in_one_query(tree, django_assert_num_queries):
    top, middle, leaf = tree
    CategoryFactory(name="Nails")
    with django_assert_num_queries(1):
        assert set(Category.objects.descendants(top, include_self=True)) == {top, middle, leaf}


@pytest.mark.parametrize("parent", [0, 1, 2])
def test_a_category_is_never_below_itself(tree, parent):
    top = tree[0]
    top.parent = tree[parent]
    with pytest.raises(ValidationError):
        top.full_clean()
    answer = root_client().patch(address(top), {"parent": tree[parent].pk})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/parent")
    assert Category.objects.get(pk=top.pk).parent is None


def test_a_branch_moves_elsewhere(tree):
    nails = CategoryFactory(name="Nails")
    answer = root_client().patch(address(tree[1]), {"parent": nails.pk})
    assert (answer.status_code, answer.json()["parent"]) == (200, nails.pk)
    assert set(Category.objects.descendants(nails)) == {tree[1], tree[2]}


def test_a_category_in_use_stays(tree):
    ProductFactory(category=tree[2])
    client = root_client()
    assert "products" in client.delete(address(tree[2])).json()["detail"]
    assert "categories" in client.delete(address(tree[0])).json()["detail"]
    assert client.delete(address(CategoryFactory())).status_code == 204
