"""Saving a document reads and writes as often for many lines as for a few.

Not counted are the statements that ask the database whether a value keeps a CHECK: they read no rows.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales.models import Order
from stock.models import PurchaseOrder, StockTransfer
from tests.back_office import Desk, url
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 12
CHECKS = ("SAVEPOINT", "RELEASE SAVEPOINT", 'SELECT 1 AS "_check"')


@pytest.fixture
def desk():
    return Desk(user=SuperuserFactory())


def headers(model) -> dict[str, object]:
    if model is Order:
        return {"customer": CustomerFactory().pk, "shipping_amount": "0", "ordered_at": "2026-01-05T10:00"}
    here = WarehouseFactory()
    if model is PurchaseOrder:
        return {"supplier": SupplierFactory().pk, "warehouse": here.pk}
    return {"from_warehouse": here.pk, "to_warehouse": WarehouseFactory().pk}


def lines(count: int) -> list[dict[str, object]]:
    return [
        {"product": product.pk, "quantity": 2, "discount_percent": 0} for product in ProductFactory.create_batch(count)
    ]


def sent(formset: str, rows: list[dict[str, object]], initial: int = 0) -> dict[str, object]:
    form = {"items-TOTAL_FORMS": len(rows), "items-INITIAL_FORMS": initial}
    return form | {f"items-{at}-{name}": value for at, row in enumerate(rows) for name, value in row.items()}


def cost(desk: Desk, address: str, entries: dict[str, object]) -> int:
    desk.client.get(address)  # what is read once for all pages is read by now
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = desk.client.post(address, entries)
    assert response.status_code == 302, response.context["errors"]
    return sum(not sql["sql"].startswith(CHECKS) for sql in captured)


def written(model, desk: Desk, count: int) -> tuple[int, object]:
    once = {"once": f"key-of-{model.__name__}-{count}-lines"}
    default_tax_rate()
    spent = cost(desk, url(model, "add"), headers(model) | sent("items", lines(count)) | once)
    document = model.objects.order_by("-pk").first()
    assert document.items.count() == count
    return spent, document


@pytest.mark.parametrize("model", [Order, PurchaseOrder, StockTransfer], ids=lambda model: model.__name__)
def test_a_document_of_many_lines_costs_what_one_of_a_few_costs(desk, model):
    written(model, desk, 1)
    spent_on_few, few = written(model, desk, FEW)
    spent_on_many, many = written(model, desk, MANY)
    assert spent_on_many == spent_on_few

    def change(document, quantity: int) -> int:
        entries = desk.entries(desk.open(model, "change", document.pk))
        old = document.items.count()
        entries |= {name: quantity for name in entries if name.endswith("-quantity")}
        fresh = dict(enumerate(lines(old), start=old))
        entries["items-TOTAL_FORMS"] = 2 * old
        entries |= {f"items-{at}-{name}": value for at, row in fresh.items() for name, value in row.items()}
        return cost(desk, url(model, "change", document.pk), entries)

    # Whether a product is on the purchase order already is asked for each line that is new or changed.
    asked = 2 * (MANY - FEW) if model is PurchaseOrder else 0
    assert change(many, 5) == change(few, 5) + asked
    assert sorted(many.items.values_list("quantity", flat=True)) == [2] * MANY + [5] * MANY
