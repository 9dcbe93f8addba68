"""One row of each table that the tests of constraints and triggers try things on, written past the services."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem, Payment
from catalog.models import Product
from sales.models import Customer, Order, OrderItem, Reservation
from stock.models import Bin, Inventory, StockItem, StockMovement, Warehouse
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory

TEN, TAX, TOTAL = Decimal("10.00"), Decimal("1.90"), Decimal("11.90")


@dataclass
class Sample:
    user: User
    product: Product
    warehouse: Warehouse
    bin: Bin
    inventory: Inventory
    movement: StockMovement
    order: Order
    order_item: OrderItem
    invoice: Invoice
    invoice_item: InvoiceItem
    payment: Payment
    credit_note: CreditNote
    credit_note_item: CreditNoteItem


def make_sample() -> Sample:
    """Five pieces in stock, one of them ordered, reserved, on a draft of an invoice and of a credit note."""
    user, product = UserFactory(), ProductFactory()
    warehouse = Warehouse.objects.create(code="MAIN", name="Main")
    place = Bin.objects.create(warehouse=warehouse, code="A", is_default=True)
    inventory = Inventory.objects.create(
        product=product, warehouse=warehouse, quantity=5, reserved=1, stock_value=Decimal(30)
    )
    StockItem.objects.create(inventory=inventory, bin=place, quantity=5)
    movement = StockMovement.objects.create(
        product=product,
        warehouse=warehouse,
        bin=place,
        kind="opening",
        quantity=5,
        unit_cost=Decimal(6),
        value=Decimal(30),
        quantity_after=5,
    )
    customer = Customer.objects.create(code="C1", name="Customer")
    money = {"subtotal_amount": TEN, "tax_amount": TAX, "total_amount": TOTAL}
    order = Order.objects.create(order_number="SO-000001", customer=customer, user=user, status="confirmed", **money)
    line = {"quantity": 1, "unit_price": TEN, "tax_percent": Decimal(19), "subtotal": TEN, "tax_amount": TAX}
    order_item = OrderItem.objects.create(order=order, product=product, price_origin="manual", **line)
    Reservation.objects.create(order_item=order_item, inventory=inventory, quantity=1)
    invoice = Invoice.objects.create(invoice_number="DRAFT-1", customer=customer, order=order, user=user, **money)
    invoice_item = InvoiceItem.objects.create(invoice=invoice, product=product, order_item=order_item, **line)
    payment = Payment.objects.create(payment_number="PAY-000001", invoice=invoice, amount=Decimal(1))
    note = CreditNote.objects.create(credit_note_number="DRAFT-1", invoice=invoice, reason="broken", **money)
    note_item = CreditNoteItem.objects.create(credit_note=note, invoice_item=invoice_item, **line)
    return Sample(
        user,
        product,
        warehouse,
        place,
        inventory,
        movement,
        order,
        order_item,
        invoice,
        invoice_item,
        payment,
        note,
        note_item,
    )


def issue(document: Invoice | CreditNote) -> None:
    """Give the document its legal number, as issuing does in one statement."""
    now = timezone.now()
    dates = {"issued_date": now, "due_date": now} if isinstance(document, Invoice) else {"issued_at": now}
    documents = type(document).objects.filter(pk=document.pk)
    documents.update(status="issued", series_year=2026, series_number=1, **dates)
