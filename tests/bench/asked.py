"""What measure asks: the pages, questions and lists of a company that load_company has made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from inventory_project.base.clock import today

FEW, MANY = 5, 3


@dataclass(frozen=True)
class Question:
    """Something that is asked, how often, and what is done before each time."""

    area: str
    name: str
    ask: Callable[[], object]
    times: int = FEW
    before: Callable[[], object] = lambda: None


class Asker:
    """A signed-in superuser of the back office and of the API."""

    def __init__(self) -> None:
        from accounts.models import User

        settings.ALLOWED_HOSTS = ["*"]
        settings.SECURE_SSL_REDIRECT = False
        self.user = User.objects.get(username="bench")
        self.page, self.api = Client(), APIClient()
        self.page.force_login(self.user)
        self.api.force_authenticate(self.user)

    def get(self, path: str) -> int:
        """Ask for an address, read the whole answer, and say how long it is."""
        client = self.api if path.startswith("/api/") else self.page
        response = client.get(path, follow=True)
        if response.status_code != 200:
            raise SystemExit(f"{path}: {response.status_code} {response.content[:300]}")
        return sum(map(len, response)) if response.streaming else len(response.content)

    def post(self, path: str, body: dict | None = None) -> dict:
        """Do something by the API, and return what it answers."""
        response = self.api.post(f"/api/v1/{path}/", body or {}, format="json")
        if response.status_code not in (200, 201):
            raise SystemExit(f"{path}: {response.status_code} {response.content[:300]}")
        return response.json()

    def question(self, area: str, name: str, path: str, **more) -> Question:
        return Question(area, name, lambda: self.get(path), **more)


def questions(asker: Asker) -> Iterator[Question]:
    """Everything that is measured by name."""
    yield asker.question("start", "start page, not remembered", "/admin/", before=cache.clear)
    yield asker.question("start", "start page, remembered", "/admin/")
    yield from _lists(asker)
    yield from _records(asker)
    yield from _reports(asker)
    yield from _api(asker)
    yield from acts(asker)
    for name in ("catalog/product", "sales/order"):
        yield asker.question("export", f"export of {name}", f"/admin/{name}/export/", times=MANY)


def _lists(asker: Asker) -> Iterator[Question]:
    asked = {
        "catalog/product": ("", "?q=hinge", "?q=B-0777", "?category__id__exact=7", "?p=200"),
        "stock/inventory": ("", "?q=hinge+blue", "?warehouse__id__exact=2", "?view=low", "?p=200"),
        "stock/stockitem": ("", "?q=B-0777", "?p=200"),
        "stock/stockmovement": ("", "?q=B-0777", "?kind__exact=adjustment", "?product__id__exact=7", "?p=200"),
        "sales/order": ("", "?q=SO-0077", "?q=customer+77", "?view=to_ship", "?customer__id__exact=1", "?p=200"),
        "sales/shipment": ("", "?q=SH-0077"),
        "billing/invoice": ("", "?q=INV-2025-0077", "?view=overdue", "?customer__id__exact=1", "?p=200"),
        "billing/payment": ("", "?q=PAY-0077"),
        "inventory_project/changehistory": ("", "?q=SO-007777"),
    }
    for model, queries in asked.items():
        for query in queries:
            yield asker.question("list", f"{model}{query}", f"/admin/{model}/{query}")


def _records(asker: Asker) -> Iterator[Question]:
    from billing.models import Invoice
    from sales.models import Order
    from stock.models import Inventory, Lot

    order = Order.objects.filter(status="confirmed").latest("pk").pk
    sent = Order.objects.filter(status="delivered").latest("pk").pk
    invoice = Invoice.objects.filter(status="paid").latest("pk").pk
    usual, best = (Inventory.objects.get(product_id=n, warehouse__code="W1").pk for n in (77, 7))
    lot = Lot.objects.order_by("pk")[5].pk
    asked = {
        "product": "catalog/product/77/change",
        "product's history": "catalog/product/77/history",
        "stock of a product": "stock/inventory/of-product/77",
        "order to ship": f"sales/order/{order}/change",
        "order delivered": f"sales/order/{sent}/change",
        "order's history": f"sales/order/{sent}/history",
        "new order": "sales/order/add",
        "invoice": f"billing/invoice/{invoice}/change",
        "first customer (7,000 orders)": "sales/customer/1/change",
        "balance": f"stock/inventory/{usual}/change",
        "stock card": f"stock/inventory/{usual}/card",
        "stock card of a best seller": f"stock/inventory/{best}/card",
        "why": f"stock/inventory/{usual}/why",
        "why, best seller": f"stock/inventory/{best}/why",
        "lot trace": f"stock/lot/{lot}/trace",
        "stock on a day": f"stock/inventory/on-a-day/?day={today() - timedelta(days=400)}&warehouse=1",
        "reorder": "stock/inventory/reorder",
        "line of a new order": "sales/order/expected/?product=77&warehouse=1",
        "system": "system",
    }
    for name, path in asked.items():
        yield asker.question("page", name, f"/admin/{path}" if "?" in path else f"/admin/{path}/")
    for term in ("B-007777", "hinge", "SO-007777", "INV-2025-000077", "customer 777", "4006381333931"):
        yield asker.question("search", f"search for {term}", f"/admin/search/?q={term}")
    field = "app_label=sales&model_name=orderitem&field_name=product"
    yield asker.question("search", "product in an order form", f"/admin/autocomplete/?term=hinge+re&{field}")


def _reports(asker: Asker) -> Iterator[Question]:
    from inventory_project.reports.catalogue import REPORTS

    for days in (30, 365):
        span = f"since={today() - timedelta(days=days - 1)}&until={today()}"
        for name, report in REPORTS.items():
            wanted = set(report.form.base_fields)
            if days != 365 and "since" not in wanted:
                continue
            query = "&".join([span] * ("since" in wanted) + ["customer=1"] * (name == "customer-statement"))
            label = f"{name}, {days} days" if "since" in wanted else name
            yield asker.question("report", label, f"/admin/reports/{name}/?{query}", times=MANY)
    for name in ("margin-by-order", "margin-by-product", "margin-by-customer"):
        path = f"/admin/reports/{name}/csv/?{span}"
        yield asker.question("report", f"{name} as CSV, 365 days", path, times=MANY)


def _api(asker: Asker) -> Iterator[Question]:
    since = f"{today() - timedelta(days=1)}T00:00:00Z"
    for path in (
        "products/",
        "products/?limit=200",
        "products/?count=true&search=hinge",
        "products/?category=7&ordering=-price",
        "products/77/",
        "inventory/?warehouse=2&limit=200",
        "inventory/low/",
        "stock-movements/?limit=200",
        "stock-movements/?product=7&kind=shipment",
        "stock-movements/?reference=SH-007777",
        "orders/?limit=200",
        "orders/?status=confirmed&count=true",
        "orders/?customer=1&ordering=-ordered_at",
        f"orders/?updated_since={since}",
        "orders/777/",
        "order-items/?order=777",
        "invoices/?status=overdue&count=true",
        "payments/?limit=200",
        "reports/margin-by-product/",
        f"inventory/?as_of={today() - timedelta(days=400)}T00:00:00Z&warehouse=1",
    ):
        yield asker.question("api", f"GET {path}", f"/api/v1/{path}")


def acts(asker: Asker) -> Iterator[Question]:
    """What writes: a receipt of ten lines, an order of five lines that is confirmed, shipped, invoiced. Each time
    a new document is made before; only the act itself counts."""
    from catalog.models import Product

    products = list(Product.objects.filter(tracking="none").order_by("pk").values_list("pk", flat=True)[100:110])
    at = {"warehouse": 1}
    received = [{"product": pk, "quantity": 20, "unit_cost": "2.00"} for pk in products]
    wanted = [{"product": pk, "quantity": 1} for pk in products[:5]]
    acted: list[str] = []

    def make(path: str, body: dict, *steps: str) -> None:
        document = asker.post(path, body)
        acted[:] = [f"{path}/{document['id']}"]
        for step in steps:
            asker.post(f"{acted[0]}/{step}")

    for name, path, body, steps, act in (
        ("post a receipt of 10 lines", "goods-receipts", at | {"supplier": 1, "items": received}, (), "post"),
        ("confirm an order of 5 lines", "orders", at | {"customer": 7, "items": wanted}, (), "confirm"),
        ("ship an order of 5 lines", "orders", at | {"customer": 7, "items": wanted}, ("confirm",), "ship"),
        ("invoice it", "orders", at | {"customer": 7, "items": wanted}, ("confirm", "ship"), "invoice"),
    ):
        before = partial(make, path, body, *steps)
        yield Question("act", name, lambda act=act: asker.post(f"{acted[0]}/{act}") and 0, before=before)


def every_list(asker: Asker) -> Iterator[Question]:
    """Every list of the back office: as it opens, searched, by each tab, by each column up and down, its last page."""
    for model, model_admin in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        request = _request(asker, url)
        queries = ["", "?p=200"]
        if model_admin.search_fields:
            queries += ["?q=77", "?q=blue"]
        queries += [f"?view={tab.key}" for tab in getattr(model_admin, "all_tabs", lambda _request: ())(request)]
        columns, sorted_by = model_admin.get_list_display(request), model_admin.get_sortable_by(request)
        offered = [number for number, column in enumerate(columns, 1) if column in sorted_by]
        queries += [f"?o={sign}{number}" for number in offered for sign in ("", "-")]
        for query in queries:
            yield asker.question("every list", f"{model._meta.label_lower}{query}", url + query, times=1)


def _request(asker: Asker, url: str):
    from django.test import RequestFactory
    from django.urls import resolve

    request = RequestFactory().get(url)
    request.user, request.resolver_match = asker.user, resolve(url)
    return request
