"""Customers' orders: in every state today, from the web shop's pending ones to those long paid."""

import datetime
from decimal import Decimal

from billing.models import PaymentMethod
from billing.services import (
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    mark_overdue_invoices,
    pay_invoice,
)
from catalog.models import Product, Tracking
from inventory_project.base.clock import today
from inventory_project.base.money import cents
from sales.models import Customer
from sales.services import (
    OrderLine,
    ReturnLine,
    approve_sales_return,
    cancel_order,
    confirm_order,
    create_shipment,
    deliver_order,
    place_order,
    receive_sales_return,
    request_sales_return,
    ship_order,
    ship_shipment,
)

from .past import DAYS, Life

CARRIERS = ["DHL Freight", "Hermes", "GLS", "Own van"]
METHODS = [PaymentMethod.BANK_TRANSFER, PaymentMethod.BANK_TRANSFER, PaymentMethod.CARD]


def plan(world) -> None:
    """Orders come in on every day, more and more of them; each night what has become overdue is marked."""
    customers = list(Customer.objects.filter(is_active=True).select_related("price_list").order_by("pk"))
    products = list(Product.objects.filter(is_active=True).select_related("tax_rate").order_by("pk"))
    for _number in range(world.size.orders):
        world.diary.begin(_order(world, customers, products), DAYS * world.random.random() ** 0.8)
    world.diary.begin(_nights(), 1.0)


def _nights() -> Life:
    while True:
        mark_overdue_invoices()
        yield 1.0


def _order(world, customers: list[Customer], products: list[Product]) -> Life:
    """From the web shop to the customer's door."""
    chance = world.random
    seller, packer = world.staff["Sales"], world.staff["Warehouse operator"]
    order = _place(world, customers, products)
    yield world.some_days(0, 2)
    if chance.random() < 0.04:
        cancel_order(order, reason="Customer changed their mind", by=seller)
        return
    confirm_order(order, by=seller)
    yield world.some_days(0, 4)
    carrier, tracking_number = chance.choice(CARRIERS), f"TN{chance.randint(10**8, 10**9)}"
    if chance.random() < 0.3:
        shipment = create_shipment(order, carrier=carrier, tracking_number=tracking_number, by=packer)
        yield world.some_days(0, 2)
        ship_shipment(shipment, by=packer)
    else:
        ship_order(order, carrier=carrier, tracking_number=tracking_number, by=packer)
    world.diary.begin(_invoice(world, order), world.some_days(0, 1))
    yield world.some_days(1, 3)
    deliver_order(order, by=packer)
    if chance.random() < 0.15:
        yield world.some_days(2, 6)
        yield from _return(world, order)


def _place(world, customers: list[Customer], products: list[Product]):
    chance = world.random
    chosen = chance.sample(products, chance.randint(1, 5))
    lines = [
        OrderLine(
            product=product,
            quantity=1 if product.tracking == Tracking.SERIAL else chance.choice([1, 2, 3, 5, 10, 24]),
            discount_percent=Decimal(chance.choice([0, 0, 0, 5])),
        )
        for product in chosen
    ]
    return place_order(
        customer=chance.choice(customers),
        lines=lines,
        requested_on=today() + datetime.timedelta(days=chance.randint(2, 10)),
        shipping_amount=Decimal(chance.choice(["0.00", "6.90", "12.50"])),
        customer_reference=f"B-{chance.randint(1000, 9999)}",
        allow_backorder=chance.random() < 0.3,
        by=world.staff["Sales"],
    )


def _invoice(world, order) -> Life:
    """Most pay about when they should, some in two parts, some have to be reminded, some do not pay at all."""
    chance, by = world.random, world.staff["Accountant"]
    invoice = invoice_order(order, by=by)
    yield world.some_days(0, 3)
    issue_invoice(invoice, by=by)
    if chance.random() < 0.1:
        return
    yield world.some_days(3, 24)
    method = chance.choice(METHODS)
    invoice.refresh_from_db()
    if chance.random() < 0.15 and invoice.balance > 2:
        pay_invoice(invoice, amount=cents(invoice.balance / 2), payment_method=method, reference="Part", by=by)
        yield world.some_days(5, 15)
        invoice.refresh_from_db()
    if invoice.balance:
        pay_invoice(invoice, payment_method=method, reference=f"Transfer {order.number}", by=by)


def _return(world, order) -> Life:
    packer, accountant = world.staff["Warehouse operator"], world.staff["Accountant"]
    item = order.items.filter(quantity_shipped__gt=0).order_by("pk").first()
    lines = [ReturnLine(order_item=item, quantity=1)]
    claim = request_sales_return(order, lines, reason="Wrong size", by=world.staff["Sales"])
    yield world.some_days(0, 2)
    approve_sales_return(claim, by=packer)
    yield world.some_days(1, 5)
    receive_sales_return(claim, by=packer)
    yield world.some_days(0, 2)
    invoice = order.invoices.exclude(status__in=["draft", "cancelled"]).first()
    if invoice:
        note = create_credit_note(invoice, sales_return=claim, reason="Returned goods", by=accountant)
        issue_credit_note(note, by=accountant)
