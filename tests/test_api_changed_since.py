"""Whoever keeps a copy asks for what has changed since; on the large tables an index answers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api_client import MODELS, root_client

pytestmark = pytest.mark.django_db

LARGE = ["products", "customers", "orders", "inventory", "stock-items", "invoices"]


@pytest.mark.parametrize("prefix", LARGE)
def test_an_index_finds_what_has_changed(prefix):
    with CaptureQueriesContext(connection) as queries:
        answer = root_client().get(
            f"/api/v1/{prefix}/", {"updated_since": "2026-11-22T00:00:00Z", "ordering": "updated_at"}
        )
    assert answer.status_code == 200
    table = MODELS[prefix]._meta.db_table
    (sql,) = [q["sql"] for q in queries if f'FROM "{table}"' in q["sql"] and "ORDER BY" in q["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # which is cheaper as long as the table is empty
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert f"{table}_updated_at" in plan
    assert "TEMP B-TREE" not in plan
