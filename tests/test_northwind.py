"""The Northwind trading data, 1996 to 1998, through the whole chain: the figures of the data come out again."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum

from accounts.models import User
from billing.models import Invoice, Payment
from catalog.models import Category, Product, Supplier
from inventory_project.base.money import cents
from sales.models import Customer, Order, OrderItem, Reservation
from stock.models import Inventory, StockMovement

ROOT = Path(__file__).resolve().parent.parent


def total(queryset, column: str) -> Decimal:
    return cents(Decimal(queryset.aggregate(total=Sum(column))["total"]))


@pytest.mark.django_db
def test_a_real_year_and_a_half_of_trade(northwind, capsys):
    User.objects.create_superuser("admin", "admin@example.com", "admin")
    mapping = ROOT / "docs/mappings/northwind.toml"

    call_command("import_data", "all", str(northwind), mapping=mapping, stdout=io.StringIO())

    orders = {status: Order.objects.filter(status=status).count() for status in ("confirmed", "shipped")}
    figures = {
        "categories": Category.objects.count(),
        "suppliers": Supplier.objects.count(),
        "customers": Customer.objects.count(),
        "products": Product.objects.count(),
        "orders": Order.objects.count(),
        "order lines": OrderItem.objects.count(),
        "orders shipped, invoiced, paid": orders["shipped"],
        "orders left open": orders["confirmed"],
        "net sales": total(OrderItem.objects, "subtotal"),
        "freight": total(Order.objects, "shipping_amount"),
    }
    with capsys.disabled():
        print("\nNorthwind:", ", ".join(f"{name} {figure:,}" for name, figure in figures.items()))

    assert figures == {
        "categories": 8,
        "suppliers": 29,
        "customers": 91,
        "products": 77,
        "orders": 830,
        "order lines": 2155,
        "orders shipped, invoiced, paid": 809,
        "orders left open": 21,
        "net sales": Decimal("1265793.29"),
        "freight": Decimal("64942.69"),
    }
    assert_invoices_are_paid()
    assert_stock_is_what_the_ledger_says()
    call_command("check_integrity", stdout=io.StringIO())


def assert_invoices_are_paid() -> None:
    assert Invoice.objects.filter(status="paid").count() == Invoice.objects.count() == 809
    assert total(Payment.objects, "amount") == total(Invoice.objects, "total_amount")


def assert_stock_is_what_the_ledger_says() -> None:
    moved = dict(StockMovement.objects.values_list("product").annotate(total=Sum("quantity")).order_by())
    on_hand = dict(Inventory.objects.values_list("product", "quantity"))
    reserved = dict(Inventory.objects.values_list("product", "reserved"))
    held = dict(Reservation.objects.values_list("inventory__product").annotate(total=Sum("quantity")).order_by())
    assert len(on_hand) == 77
    assert moved == on_hand
    assert {product: units for product, units in reserved.items() if units} == held
    assert not Reservation.objects.exclude(order_item__order__status="confirmed").exists()
