"""What the tests of billing share: orders as sales leaves them, and proof that a refusal wrote nothing."""

import datetime
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection

from accounts.models import User
from billing.models import CreditNote, CreditNoteItem, Invoice, InvoiceItem, Payment
from billing.services import InvoiceLine, create_invoice, invoice_order, issue_invoice
from catalog.models import TaxRate
from inventory_project.base.errors import RuleViolation
from inventory_project.base.money import TaxedLine, line_net, totals
from inventory_project.integrity import amounts, invoices
from inventory_project.integrity.registry import Invariant
from inventory_project.integrity.run import check_all
from sales.models import Customer, Order, OrderItem, SalesReturn
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ProductFactory

MODELS = (Invoice, InvoiceItem, Payment, CreditNote, CreditNoteItem, Order, OrderItem, SalesReturn)
NUMBERS = count(1)
CLIENTS = 8
MONEY = ["invoiced_matches_invoices"] + [
    rule.name for area in (amounts, invoices) for rule in vars(area).values() if isinstance(rule, Invariant)
]


@pytest.fixture(autouse=True)
def books_are_right(db) -> Iterator[None]:
    """After every test the invariants of money and of legal numbers hold."""
    yield
    assert [
        (each.invariant.name, each.finding.faults, each.error) for each in check_all(only=MONEY) if not each.holds
    ] == []


@pytest.fixture
def accountant(db) -> User:
    return UserFactory()


@pytest.fixture
def customer(db) -> Customer:
    return Customer.objects.create(code="C-1", name="Blue Anchor Ltd")


@pytest.fixture
def standard_rate(db) -> TaxRate:
    return TaxRate.objects.create(name="Standard", rate=Decimal("19"), is_default=True)


@pytest.fixture
def ordered(customer: Customer, accountant: User) -> Callable[..., Order]:
    """An order with lines given as (quantity, price) or (quantity, price, tax percent, discount percent).

    All of it is shipped unless `shipped` says how many units of each line are.
    """

    def make(*lines: tuple, shipped: list[int] | None = None, shipping: str = "0", status: str = "confirmed") -> Order:
        order = Order(
            order_number=f"TEST-{next(NUMBERS)}",
            customer=customer,
            user=accountant,
            status=status,
            shipping_amount=Decimal(shipping),
            shipping_tax_percent=Decimal(19),
        )
        items = [_item(order, *line) for line in lines]
        for item, units in zip(items, shipped or [item.quantity for item in items], strict=True):
            item.quantity_shipped = units
        taxed = [TaxedLine(item.subtotal, item.tax_percent) for item in items]
        sums = totals([*taxed, TaxedLine(order.shipping_amount, order.shipping_tax_percent)])
        for item, tax in zip(items, sums.taxes, strict=False):
            item.tax_amount = tax
        order.subtotal_amount = sum((item.subtotal for item in items), Decimal(0))
        order.tax_amount, order.total_amount = sums.tax, sums.total
        order.save()
        OrderItem.objects.bulk_create(items)
        return order

    return make


def _item(order: Order, quantity: int, price: str, tax: str = "19", discount: str = "0") -> OrderItem:
    product = ProductFactory()
    net = line_net(quantity, Decimal(price), Decimal(discount))
    return OrderItem(
        order=order,
        product=product,
        description=product.name,
        quantity=quantity,
        unit_price=Decimal(price),
        discount_percent=Decimal(discount),
        tax_percent=Decimal(tax),
        subtotal=net,
    )


@pytest.fixture
def ship() -> Callable[..., None]:
    """Let further units of an order's lines leave, as shipping does."""

    def make(order: Order, *units: int) -> None:
        for item, more in zip(order.items.order_by("pk"), units, strict=True):
            item.quantity_shipped += more
            item.save()

    return make


@pytest.fixture
def issued(ordered, accountant: User) -> Callable[..., Invoice]:
    """The issued invoice of a new order with these lines."""

    def make(*lines: tuple, shipping: str = "0") -> Invoice:
        invoice = invoice_order(ordered(*lines, shipping=shipping), by=accountant)
        return issue_invoice(invoice, by=accountant)

    return make


@pytest.fixture
def charged(customer: Customer, accountant: User) -> Callable[..., Invoice]:
    """An issued invoice without an order that comes to this total."""

    def make(total: str, buyer: Customer | None = None) -> Invoice:
        line = InvoiceLine(description="Advice", unit_price=Decimal(total), tax_category="Z")
        return issue_invoice(create_invoice(customer=buyer or customer, lines=[line], by=accountant), by=accountant)

    return make


@pytest.fixture
def at(monkeypatch) -> Callable[[str], datetime.datetime]:
    """Set the clock: `at("2026-12-31T23:30:00+00:00")`."""

    def set_clock(text: str) -> datetime.datetime:
        instant = datetime.datetime.fromisoformat(text)
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)
        return instant

    return set_clock


def rows() -> dict[str, list[dict]]:
    """Everything that billing could have touched."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def refused() -> Callable[..., object]:
    """Expect a refusal with this code, and that nothing was written; gives the refusal."""

    @contextmanager
    def expect(code: str) -> Iterator[pytest.ExceptionInfo[RuleViolation]]:
        before = rows()
        with pytest.raises(RuleViolation) as caught:
            yield caught
        assert caught.value.code == code
        assert rows() == before

    return expect


@pytest.fixture
def at_once() -> Callable[[Callable[[int], object]], list[BaseException]]:
    """Run the work of eight clients in threads of their own, all starting together; gives what went wrong."""
    start = threading.Barrier(CLIENTS)

    def run(work: Callable[[int], object], client: int) -> None:
        try:
            start.wait(30)
            work(client)
        finally:
            connection.close()

    def run_all(work: Callable[[int], object]) -> list[BaseException]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(run, work, client) for client in range(CLIENTS)]
        return [problem for future in futures if (problem := future.exception())]

    return run_all
