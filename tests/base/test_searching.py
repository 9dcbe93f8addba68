"""Words are looked for in several tables: each is asked by its own index, and what is found is the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory_project.base import searching
from inventory_project.base.searching import matching
from sales.models import Order, SalesReturn
from stock.models import StockMovement
from tests.api_client import root_client
from tests.factories.sales import CustomerFactory, OrderFactory, SalesReturnFactory, shipped_order

pytestmark = pytest.mark.django_db

FIELDS = ("order_number", "customer__name", "customer_reference")
DEEP = ("return_number", "order__order_number", "order__customer__name")


@pytest.fixture(params=[1_000, 1, 0], ids=["rare", "one", "common"])
def most(request, monkeypatch):
    """Whether the related records are few enough to be named or not must not matter."""
    monkeypatch.setattr(searching, "MOST_RELATED", request.param)


@pytest.fixture
def orders():
    smith, jones = CustomerFactory(name="Smith & Sons"), CustomerFactory(name="Jones & Sons")
    return [
        OrderFactory(customer=smith, customer_reference="lamps"),
        OrderFactory(customer=jones, customer_reference="Smith's order"),
        OrderFactory(customer=jones, customer_reference=""),
    ]


def found(*words, model=Order, fields=FIELDS):
    return list(model.objects.filter(matching(model, fields, words)).order_by("pk"))


@pytest.mark.usefixtures("most")
def test_each_word_may_be_found_in_another_table(orders):
    assert found("smith") == orders[:2]
    assert found("sons") == orders
    assert found("smith", "jones") == [orders[1]]
    assert found("SONS", "lamp") == [orders[0]]
    assert found(orders[2].order_number.lower()) == [orders[2]]
    assert found("smith", "nothing") == found("nobody") == []


@pytest.mark.usefixtures("most")
def test_what_a_related_record_refers_to_is_searched_too(orders):
    back = SalesReturnFactory()
    for word in (back.return_number, back.order.order_number, back.order.customer.name.split()[0]):
        assert back in found(word, model=SalesReturn, fields=DEEP)
    assert found("nobody", model=SalesReturn, fields=DEEP) == []


def test_every_related_table_is_asked_once(orders):
    with CaptureQueriesContext(connection) as queries:
        assert found("smith", "sons", "order") == [orders[1]]
    assert len(queries) == 2
    assert "JOIN" not in queries[-1]["sql"]  # a condition on two tables at once is answered by no index
    assert root_client().get("/api/v1/orders/?search=smith+jones").json()["results"][0]["id"] == orders[1].pk


def test_a_whole_value_is_found_as_it_is_written_or_in_capitals():
    shipped_order()
    movement = StockMovement.objects.latest("pk")
    fields = ("=reference", "product__sku")
    for word in (movement.reference, movement.reference.lower()):
        assert found(word, model=StockMovement, fields=fields) == [movement]
    assert movement in found(movement.product.sku.lower(), model=StockMovement, fields=fields)
    with CaptureQueriesContext(connection) as queries:
        found("sh-000001", model=StockMovement, fields=("=reference",))
    assert "UPPER" not in queries[0]["sql"]  # which the index of the column would not answer
