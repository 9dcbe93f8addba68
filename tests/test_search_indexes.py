"""PostgreSQL answers the searches that Django emits from an index, not by reading the whole table."""

import pytest
from django.apps import apps
from django.db import connection

from tests.schema.live import rows

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

SEARCHED = [
    ("catalog.Product", "name"),
    ("catalog.Product", "sku"),
    ("catalog.Product", "brand"),
    ("catalog.Supplier", "name"),
    ("catalog.Supplier", "code"),
    ("stock.Lot", "number"),
    ("stock.PurchaseOrder", "purchase_order_number"),
    ("stock.GoodsReceipt", "receipt_number"),
    ("stock.GoodsReceipt", "supplier_reference"),
    ("stock.StockTransfer", "transfer_number"),
    ("stock.StockCount", "count_number"),
    ("sales.Customer", "name"),
    ("sales.Customer", "code"),
    ("sales.Customer", "email"),
    ("sales.Order", "order_number"),
    ("sales.Order", "customer_reference"),
    ("sales.Shipment", "shipment_number"),
    ("sales.Shipment", "tracking_number"),
    ("sales.SalesReturn", "return_number"),
    ("billing.Invoice", "invoice_number"),
    ("billing.Payment", "payment_number"),
    ("billing.Payment", "reference"),
    ("billing.CreditNote", "credit_note_number"),
]


@pytest.mark.parametrize("lookup", ["icontains", "istartswith", "iexact"])
@pytest.mark.parametrize(("model", "field"), SEARCHED)
def test_a_search_uses_the_index(model, field, lookup):
    model = apps.get_model(model)
    plan = model.objects.filter(**{f"{field}__{lookup}": "Hammer-000"}).order_by().explain()
    assert f"{model._meta.db_table}_{field}_search" in plan


@pytest.fixture(autouse=True)
def tables_look_large():
    """On empty tables reading the whole is cheaper than any index."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")  # and so is reading the whole along the primary key


def test_every_search_index_is_tried():
    found = {name for (name,) in rows("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%_search'")}
    assert found == {f"{apps.get_model(model)._meta.db_table}_{field}_search" for model, field in SEARCHED}
