"""Saving a document costs as many statements for many lines as for a few; what is wrong with a line is still said."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice, InvoiceItem
from catalog.models import Category
from inventory_project.base.plain_checks import plainly_holds
from sales.models import Order, OrderItem
from stock.models import Lot, PurchaseOrder, PurchaseOrderItem, StockCountItem, StockTransfer
from tests.back_office import Desk, errors_of, said, url
from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory, SupplierFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 12


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
    with CaptureQueriesContext(connection) as captured:
        response = desk.client.post(address, entries)
    assert response.status_code == 302, response.context["errors"]
    return len(captured)


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

    assert change(many, 5) == change(few, 5)
    assert sorted(many.items.values_list("quantity", flat=True)) == [2] * MANY + [5] * MANY


def ordered(desk: Desk) -> PurchaseOrder:
    desk.client.post(url(PurchaseOrder, "add"), headers(PurchaseOrder) | sent("items", lines(2)))
    return PurchaseOrder.objects.get()


def test_what_breaks_a_check_is_said_at_its_line(desk):
    order = ordered(desk)
    response = desk.edit(order, items__1__quantity=0)
    assert response.status_code == 200
    assert "Quantity must be between 1 and 2147483647." in errors_of(response)
    assert sorted(order.items.values_list("quantity", flat=True)) == [2, 2]


def test_a_product_that_is_on_the_order_already_is_refused_in_words(desk):
    order = ordered(desk)
    entries = desk.entries(desk.open(PurchaseOrder, "change", order.pk))
    again = {"product": order.items.first().product_id, "quantity": 1, "discount_percent": 0}
    entries |= {"items-TOTAL_FORMS": 3} | {f"items-2-{name}": value for name, value in again.items()}
    response = desk.client.post(url(PurchaseOrder, "change", order.pk), entries)
    assert response.status_code == 200
    rule = next(r for r in PurchaseOrderItem._meta.constraints if r.name == "purchase_order_item_unique")
    assert str(rule.violation_error_message) in response.content.decode()
    assert order.items.count() == 2


def test_a_line_that_somebody_else_added_meanwhile_is_refused_in_words(desk):
    order = ordered(desk)
    entries = desk.entries(desk.open(PurchaseOrder, "change", order.pk))
    product = ProductFactory()
    PurchaseOrderItem.objects.create(purchase_order=order, product=product, quantity=7)
    again = {"product": product.pk, "quantity": 1, "discount_percent": 0}
    entries |= {"items-TOTAL_FORMS": 3} | {f"items-2-{name}": value for name, value in again.items()}
    response = desk.client.post(url(PurchaseOrder, "change", order.pk), entries)
    assert response.status_code == 200
    rule = next(r for r in PurchaseOrderItem._meta.constraints if r.name == "purchase_order_item_unique")
    assert str(rule.violation_error_message) in errors_of(response) + said(response)
    assert sorted(order.items.values_list("quantity", flat=True)) == [2, 2, 7]


@pytest.mark.parametrize(
    ("row", "name", "plain"),
    [
        (OrderItem(quantity=1), "order_item_quantity_range", True),
        (OrderItem(quantity=0), "order_item_quantity_range", False),
        (OrderItem(quantity="1"), "order_item_quantity_range", False),
        (OrderItem(unit_price=Decimal("NaN")), "order_item_unit_price_range", False),
        (OrderItem(unit_price=None), "order_item_unit_price_range", True),
        (InvoiceItem(product_id=1), "invoice_item_says_what_for", True),
        (InvoiceItem(description="Repair"), "invoice_item_says_what_for", True),
        (InvoiceItem(), "invoice_item_says_what_for", False),
        (Invoice(total_amount=1, subtotal_amount=1), "invoice_total_adds_up", False),
        (Category(parent_id=None), "category_parent_not_itself", True),
        (OrderItem(quantity=2, quantity_shipped=2), "order_item_shipped_within_quantity", True),
        (OrderItem(quantity=2, quantity_shipped=3), "order_item_shipped_within_quantity", False),
        (Lot(), "lot_expires_after_made", True),
        (Lot(expires_on=datetime.date(2026, 1, 1)), "lot_expires_after_made", True),
        (StockCountItem(), "stock_count_item_counted_has_stamp", True),
        (StockCountItem(counted_quantity=1), "stock_count_item_counted_has_stamp", False),
        (Order(status="pending"), "order_status_known", True),
        (Order(status="lost"), "order_status_known", False),
    ],
    ids=lambda value: str(value)[:40] if not hasattr(value, "_meta") else type(value).__name__,
)
def test_only_what_plainly_holds_is_not_asked_of_the_database(row, name, plain):
    rule = next(rule for rule in row._meta.constraints if rule.name == name)
    assert plainly_holds(rule, row) is plain
