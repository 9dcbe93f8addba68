"""Somebody at the API who never gives up: each request is repeated with its key until it is answered."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPException, IncompleteRead
from itertools import count
from random import Random

from .server import Answer, Caller
from .shop import Shop

DONE = (200, 201)
PATIENCE = 120
METHODS = ("cash", "card", "bank_transfer", "check")


@dataclass
class Book:
    """What the clients were told is done."""

    orders: dict[int, tuple] = field(default_factory=dict)  # number, status, total
    shipped: Counter[int] = field(default_factory=Counter)  # by order: how often
    invoices: dict[int, tuple] = field(default_factory=dict)  # number, total, what has been paid
    payments: dict[int, tuple] = field(default_factory=dict)  # number, invoice, amount
    purchases: dict[int, tuple] = field(default_factory=dict)  # number, status, total
    moved: Counter[int] = field(default_factory=Counter)  # by product
    answers: list[tuple[str, object, str, str]] = field(default_factory=list)  # path, body, key, text
    acknowledged: list[float] = field(default_factory=list)  # when


class Persistent:
    """One client. Stops between two trades, so that no document is left half-way."""

    def __init__(self, shop: Shop, book: Book, caller: Caller, name: str, seed: object) -> None:
        self.shop = shop
        self.book = book
        self.caller = caller
        self.chance = Random(str(seed))
        self.keys: Iterator[str] = (f"{name}-{number}" for number in count(1))
        self.met: Counter[str] = Counter()
        self.stopped = False

    def work(self) -> None:
        while not self.stopped:
            self.chance.choices((self.sell, self.buy), (3, 1))[0]()

    def sell(self) -> None:
        """From the order to the money."""
        body = {
            "customer": self.shop.customer.pk,
            "warehouse": self.shop.warehouses[0].pk,
            "items": (lines := self._lines()),
        }
        order = self._do("orders/", body)
        pk, facts = order["id"], (order["order_number"], Decimal(order["total_amount"]))
        self.book.orders[pk] = ("pending", *facts)
        self._do(f"orders/{pk}/confirm/")
        self.book.orders[pk] = ("confirmed", *facts)
        if self.chance.random() < 0.2:
            self._do(f"orders/{pk}/cancel/")
            self.book.orders[pk] = ("cancelled", *facts)
            return
        self._do(f"orders/{pk}/ship/")
        self.book.orders[pk] = ("shipped", *facts)
        self.book.shipped[pk] += 1
        self._note(lines, -1)
        self._bill(pk)

    def _bill(self, order: int) -> None:
        draft = self._do(f"orders/{order}/invoice/")
        pk = draft["id"]
        invoice = self._do(f"invoices/{pk}/issue/")
        total = Decimal(invoice["total_amount"])
        self.book.invoices[pk] = (invoice["invoice_number"], total, Decimal(0))
        amount = total if self.chance.random() < 0.7 else (total / 2).quantize(Decimal("0.01"))
        body = {"invoice": pk, "amount": str(amount), "payment_method": self.chance.choice(METHODS)}
        payment = self._do("payments/", body)
        self.book.payments[payment["id"]] = (payment["payment_number"], pk, Decimal(payment["amount"]))
        self.book.invoices[pk] = (invoice["invoice_number"], total, amount)

    def buy(self) -> None:
        """From the supplier to the shelf."""
        lines = [{**line, "unit_cost": "6.5"} for line in self._lines()]
        body = {"supplier": self.shop.supplier.pk, "warehouse": self.shop.warehouses[0].pk, "items": lines}
        order = self._do("purchase-orders/", body)
        pk, facts = order["id"], (order["purchase_order_number"], Decimal(order["subtotal_amount"]))
        self._do(f"purchase-orders/{pk}/send/")
        self.book.purchases[pk] = ("ordered", *facts)
        self._do(f"purchase-orders/{pk}/receive/")
        self.book.purchases[pk] = ("received", *facts)
        self._note(lines, 1)

    def _do(self, path: str, body: object = None) -> dict:
        """Ask until it is answered."""
        key, end = next(self.keys), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self._ask(path, body, key)
            if answer is not None and answer.status in DONE:
                told = answer.json
                self.book.acknowledged.append(time.monotonic())
                self.book.answers.append((path, body, key, answer.text))
                return told
            time.sleep(self.chance.uniform(0.05, 0.3))
        raise AssertionError(f"{path} was not answered in {PATIENCE} s: {dict(self.met)}")

    def _ask(self, path: str, body: object, key: str) -> Answer | None:
        """The answer, or None if there was none. What is refused is refused for now, and says so."""
        try:
            answer = self.caller.post(path, body, Idempotency_Key=key)
        except IncompleteRead:
            self.met["cut off"] += 1  # and it is seen to be
            return None
        except (OSError, HTTPException):
            self.met["no connection"] += 1
            return None
        self.met[str(answer.status)] += 1
        if answer.status in DONE:
            assert int(answer.headers["Content-Length"]) == len(answer.text.encode()), answer
        else:
            expected = (503, "unavailable") if answer.status == 503 else (409, "in_progress")
            assert answer.headers["Content-Type"].startswith("application/problem+json"), answer
            assert (answer.status, answer.json["code"]) == expected, answer
            assert int(answer.headers["Retry-After"]) > 0, answer
        return answer

    def _lines(self) -> list[dict]:
        chosen = self.chance.sample(self.shop.products, self.chance.randint(1, 3))
        return [{"product": product.pk, "quantity": self.chance.randint(1, 3)} for product in chosen]

    def _note(self, lines: list[dict], sign: int) -> None:
        for line in lines:
            self.book.moved[line["product"]] += sign * line["quantity"]
