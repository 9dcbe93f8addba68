"""Orders of the last two months in every state, from the web shop's pending ones to those long paid."""

import datetime
from decimal import Decimal

from django.utils import timezone

from billing.models import PaymentMethod
from billing.services import (
    create_credit_note,
    invoice_order,
    issue_credit_note,
    issue_invoice,
    pay_invoice,
)
from catalog.models import Product, Tracking
from inventory_project.base.errors import RuleViolation
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
)

CARRIERS = ["DHL Freight", "Hermes", "GLS", "Own van"]
DAYS = 60


def build(world) -> None:
    """Place the orders and take each as far as its age suggests."""
    customers = list(Customer.objects.filter(is_active=True).select_related("price_list").order_by("pk"))
    products = list(Product.objects.filter(is_active=True).select_related("tax_rate").order_by("pk"))
    now = timezone.now()
    for number in range(world.size.orders):
        age = DAYS * (1 - number / world.size.orders)
        ordered_at = now - datetime.timedelta(days=age, minutes=world.random.randint(0, 600))
        order = _place(world, customers, products, ordered_at)
        try:
            _take_on(world, order, age)
        except RuleViolation:
            continue  # on hold, over the limit or out of stock: the order stays where it is, as in real life
        if number and number % 1_000 == 0:
            world.say(f"  {number} orders")
    world.say(f"Trade: {world.size.orders} orders with shipments, invoices, payments, returns")


def _place(world, customers: list[Customer], products: list[Product], ordered_at: datetime.datetime):
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
        ordered_at=ordered_at,
        requested_on=(ordered_at + datetime.timedelta(days=chance.randint(2, 10))).date(),
        shipping_amount=Decimal(chance.choice(["0.00", "6.90", "12.50"])),
        customer_reference=f"B-{chance.randint(1000, 9999)}",
        allow_backorder=chance.random() < 0.3,
        by=world.staff["Sales"],
    )


def _take_on(world, order, age: float) -> None:
    chance = world.random
    seller, packer = world.staff["Sales"], world.staff["Warehouse operator"]
    if chance.random() < 0.04:
        cancel_order(order, reason="Customer changed their mind", by=seller)
        return
    if age < 3 and chance.random() < 0.5:
        return
    confirm_order(order, by=seller)
    if age < 8 and chance.random() < 0.5:
        if chance.random() < 0.3:
            create_shipment(order, by=packer)
        return
    ship_order(order, carrier=chance.choice(CARRIERS), tracking_number=f"TN{chance.randint(10**8, 10**9)}", by=packer)
    _invoice(world, order, age)
    order.refresh_from_db()
    if age > 12 and order.status == "shipped":
        deliver_order(order, by=packer)
        if chance.random() < 0.08:
            _take_back(world, order)


def _invoice(world, order, age: float) -> None:
    chance, by = world.random, world.staff["Accountant"]
    invoice = invoice_order(order, by=by)
    if age < 5 and chance.random() < 0.4:
        return
    issue_invoice(invoice, by=by)
    method = chance.choice([PaymentMethod.BANK_TRANSFER, PaymentMethod.CARD])
    if age > 25 and chance.random() < 0.85 and invoice.balance:
        pay_invoice(invoice, payment_method=method, reference=f"Transfer {order.number}", by=by)
    elif chance.random() < 0.2 and invoice.balance > 2:
        pay_invoice(invoice, amount=cents(invoice.balance / 2), payment_method=method, reference="Part", by=by)


def _take_back(world, order) -> None:
    packer, accountant = world.staff["Warehouse operator"], world.staff["Accountant"]
    item = order.items.filter(quantity_shipped__gt=0).order_by("pk").first()
    claim = request_sales_return(
        order, [ReturnLine(order_item=item, quantity=1)], reason="Wrong size", by=world.staff["Sales"]
    )
    if world.random.random() < 0.3:
        return
    approve_sales_return(claim, by=packer)
    receive_sales_return(claim, by=packer)
    invoice = order.invoices.exclude(status__in=["draft", "cancelled"]).first()
    if invoice:
        note = create_credit_note(invoice, sales_return=claim, reason="Returned goods", by=accountant)
        issue_credit_note(note, by=accountant)
