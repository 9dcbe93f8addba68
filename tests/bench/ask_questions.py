"""How long the questions about stock take, in a database that load_movements has filled: milliseconds and queries.

    DATABASE_URL=... python -m tests.bench.ask_questions [--plans]

Each is asked five times; the median counts. With --plans the statements that took longest are explained.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import django
from django.db import connection
from django.test.utils import CaptureQueriesContext

ASKED = 5
SLOW_MS = 20


def questions() -> dict[str, Callable[[], object]]:
    """What is asked, through the doors that people and programs use."""
    from django.conf import settings
    from django.test import Client
    from rest_framework.test import APIClient

    from accounts.models import User
    from stock.models import Inventory, Lot, StockMovement, Warehouse
    from stock.queries.as_of import total_at
    from stock.queries.low_stock import low_stock

    settings.ALLOWED_HOSTS = ["*"]
    settings.SECURE_SSL_REDIRECT = False
    user = User.objects.get(username="bench")
    api, admin = APIClient(), Client()
    api.force_authenticate(user)
    admin.force_login(user)
    balance = Inventory.objects.order_by("pk")[Inventory.objects.count() // 2]
    lot, warehouse = Lot.objects.order_by("pk")[5], Warehouse.objects.order_by("pk")[0]
    newest = StockMovement.objects.latest("pk").pk
    instants = {share: StockMovement.objects.get(pk=int(newest * share / 100)).created_at for share in (5, 50, 70, 99)}
    stamps = {share: f"{instant:%Y-%m-%dT%H:%M:%SZ}" for share, instant in instants.items()}

    def get(client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code, response.content[:300])

    asked = {
        "API card": lambda: get(api, f"/api/v1/inventory/{balance.pk}/card/"),
        "API why": lambda: get(api, f"/api/v1/inventory/{balance.pk}/why/"),
        "API lot trace": lambda: get(api, f"/api/v1/lots/{lot.pk}/trace/?direction=forwards"),
        "page card": lambda: get(admin, f"/admin/stock/inventory/{balance.pk}/card/"),
        "page why": lambda: get(admin, f"/admin/stock/inventory/{balance.pk}/why/"),
        "page lot trace": lambda: get(admin, f"/admin/stock/lot/{lot.pk}/trace/"),
        "page product": lambda: get(admin, f"/admin/stock/inventory/of-product/{balance.product_id}/"),
        "API low (first page)": lambda: get(api, "/api/v1/inventory/low/"),
        "low stock, all rows": low_stock,
    }
    for share, stamp in stamps.items():
        path = f"/api/v1/inventory/?as_of={stamp}&warehouse={warehouse.pk}"
        asked[f"API as_of at {share} %"] = lambda path=path: get(api, path)
        at = instants[share]
        asked[f"total of a warehouse at {share} %"] = lambda at=at: total_at(at, warehouse=warehouse.pk)
        day = f"/admin/stock/inventory/on-a-day/?day={at:%Y-%m-%d}&warehouse={warehouse.pk}"
        asked[f"page on a day at {share} %"] = lambda day=day: get(admin, day)
    return asked


def measure(name: str, ask: Callable[[], object], plans: bool) -> None:
    """Ask one question several times, and tell."""
    ask()
    taken = []
    for _ in range(ASKED):
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - start) * 1000)
    print(f"{name:<34} {statistics.median(taken):8.1f} ms {len(queries):3} queries", flush=True)
    for query in queries.captured_queries if plans else ():
        if float(query["time"]) * 1000 >= SLOW_MS and query["sql"].startswith("SELECT"):
            explain(query["sql"])


def explain(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) {sql}")
        print("   ", sql[:160])
        for (line,) in cursor.fetchall():
            print("      ", line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plans", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    django.setup()
    for name, ask in questions().items():
        measure(name, ask, options.plans)
