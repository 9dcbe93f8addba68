"""A business as a program drives it: every step a request, every figure as the API tells it."""

from collections.abc import Iterable
from decimal import Decimal

from django.apps import apps
from rest_framework.test import APIClient

from catalog.models import Product
from sales.models import Customer
from stock.models import Warehouse
from tests.api_client import root_client
from tests.factories.catalog import ProductFactory, TaxRateFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory, put_in_stock

BUSINESS = ("catalog", "stock", "sales", "billing")
TABLES = [model for label in BUSINESS for model in apps.get_app_config(label).get_models()]

type Json = dict


def everything() -> dict[str, list[tuple]]:
    """Every row of the business."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in TABLES}


class Office:
    """Somebody at a desk who may do everything, in a business with one warehouse and 19 % tax."""

    def __init__(self) -> None:
        default_tax_rate("19")
        self.client: APIClient = root_client()
        self.warehouse: Warehouse = WarehouseFactory()
        self.customer: Customer = CustomerFactory(code="BLUE", name="Blue Anchor Ltd")

    # What there is.

    def product(self, price: str = "10", *, tax: str | None = None, stock: int = 100, **more: object) -> Product:
        """A product at this price, taxed at the usual rate unless said otherwise, with stock."""
        rate = None if tax is None else TaxRateFactory(rate=Decimal(tax), category="S" if Decimal(tax) else "Z")
        product = ProductFactory(price=Decimal(price), tax_rate=rate, **more)
        if stock:
            put_in_stock(product, self.warehouse, stock)
        return product

    def on_hand(self, product: Product) -> tuple[int, int]:
        """What is there of it, and what of that is promised."""
        [row] = self.read(f"inventory/?product={product.pk}&warehouse={self.warehouse.pk}")["results"]
        return row["quantity"], row["reserved"]

    # How it is asked for.

    def read(self, path: str) -> Json:
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.json()
        return answer.json()

    def do(self, path: str, body: Json | None = None, status: int = 200) -> Json:
        """A step that works."""
        answer = self.client.post(f"/api/v1/{path}/", body or {})
        assert answer.status_code == status, answer.json()
        return answer.json()

    def add(self, path: str, body: Json) -> Json:
        return self.do(path, body, 201)

    def change(self, path: str, body: Json) -> Json:
        answer = self.client.patch(f"/api/v1/{path}/", body)
        assert answer.status_code == 200, answer.json()
        return answer.json()

    def refuses(self, code: str, path: str, body: Json | None = None, *words: str) -> Json:
        """A step that is refused with this code and these words, and that changes nothing at all."""
        before = everything()
        answer = self.client.post(f"/api/v1/{path}/", body or {})
        assert answer.status_code in (400, 409), answer.json()
        told = answer.json()
        assert code in [told["code"], *(error["code"] for error in told.get("errors", []))], told
        for word in words:
            assert word in told["detail"], told
        assert everything() == before
        return told

    # What is often done.

    def order(self, *lines: tuple | Json, confirm: bool = True, **header: object) -> Json:
        """An order of lines given as (product, quantity), with more as a mapping."""
        items = [line if isinstance(line, dict) else {"product": line[0].pk, "quantity": line[1]} for line in lines]
        body = {"customer": self.customer.pk, "warehouse": self.warehouse.pk, "items": items, "confirm": confirm}
        return self.add("orders", body | header)

    def ship(self, order: Json, *units: int) -> Json:
        """All that is reserved, or so many units of each line."""
        lines = zip(order["items"], units, strict=bool(units))
        items = [{"order_item": item["id"], "quantity": number} for item, number in lines if number]
        return self.do(f"orders/{order['id']}/ship", {"items": items} if items else {})

    def bill(self, order: Json, **asked: object) -> Json:
        """The issued invoice of what has been shipped."""
        draft = self.add(f"orders/{order['id']}/invoice", asked)
        return self.do(f"invoices/{draft['id']}/issue")

    def charge(self, *lines: Json, **header: object) -> Json:
        """An issued invoice without an order."""
        draft = self.add("invoices", {"customer": self.customer.pk, "items": list(lines)} | header)
        return self.do(f"invoices/{draft['id']}/issue")

    def owed(self, amount: str, **header: object) -> Json:
        """An issued invoice that comes to exactly this, without tax."""
        return self.charge({"description": "Advice", "unit_price": amount, "tax_category": "Z"}, **header)

    def pay(self, invoice: Json, amount: str | None = None, **more: object) -> Json:
        body = {"invoice": invoice["id"], "payment_method": "bank_transfer"} | more
        return self.add("payments", body | ({"amount": amount} if amount else {}))

    def credit(self, invoice: Json, *lines: tuple[Json, int], **more: object) -> Json:
        """The issued credit note of these lines, or of all that is left."""
        items = [{"invoice_item": item["id"], "quantity": number} for item, number in lines]
        body = {"reason": "Damaged"} | more | ({"items": items} if items else {})
        draft = self.add(f"invoices/{invoice['id']}/credit", body)
        return self.do(f"credit-notes/{draft['id']}/issue")

    def refund(self, note: Json, amount: str | None = None, **more: object) -> Json:
        body = {"refund_method": "bank_transfer"} | more | ({"amount": amount} if amount else {})
        return self.do(f"credit-notes/{note['id']}/refund", body)

    def take_back(self, order: Json, *units: int) -> Json:
        """A return of so many units of each line, received as announced."""
        lines = zip(order["items"], units, strict=True)
        items = [{"order_item": item["id"], "quantity": number} for item, number in lines if number]
        back = self.add(f"orders/{order['id']}/return", {"items": items, "reason": "Too many"})
        self.do(f"sales-returns/{back['id']}/approve")
        return self.do(f"sales-returns/{back['id']}/receive")

    def now(self, row: Json, kind: str) -> Json:
        """The document as it is now."""
        return self.read(f"{kind}/{row['id']}/")


def figures(document: Json) -> tuple[str, str, str]:
    """Net, tax and total."""
    return document["subtotal_amount"], document["tax_amount"], document["total_amount"]


def account(invoice: Json) -> tuple[str, str, str, str, str]:
    """Status, paid, credited, refunded, and what is still to be paid."""
    return tuple(invoice[name] for name in ("status", "amount_paid", "amount_credited", "amount_refunded", "balance"))


def total(rows: Iterable[Json], name: str) -> Decimal:
    """The sum of a column."""
    return sum((Decimal(row[name]) for row in rows), Decimal(0))
