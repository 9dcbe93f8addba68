"""Somebody who trades at random through the API, from the order to the refund, and keeps a book of the money.

All traders share their documents, so that any of them may do anything to what another is at.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from .server import Answer, Caller
from .shop import Shop

NEWEST = 40
METHODS = ("cash", "card", "bank_transfer", "check")
PRICES = ("0.01", "0.3333", "0.0050", "1.0000", "3.3350", "19.9900", "33.3333", "0.0000")
DISCOUNTS = ("0", "0", "0", "10", "33.333", "12.5", "100")
DONE = (200, 201, 204)
# What a trader gets wrong who takes any return for any invoice, and who names a draft that another has thrown away
# or a line that another has taken off.
MISTAKES = {"other_order", "does_not_exist"}


@dataclass
class Files:
    """The documents of the shop by kind, and the money that traders were told has moved."""

    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    paid: dict[int, Decimal] = field(default_factory=dict)
    voided: dict[int, bool] = field(default_factory=dict)
    refunded: list[tuple[int, Decimal]] = field(default_factory=list)

    def received(self) -> Decimal:
        """What has been paid and not taken back."""
        return sum((amount for pk, amount in self.paid.items() if pk not in self.voided), Decimal(0))

    def given_back(self) -> Decimal:
        return sum((amount for _note, amount in self.refunded), Decimal(0))


class Trader:
    """One of many who trade at the same time."""

    def __init__(self, shop: Shop, customers: list[int], files: Files, caller: Caller, seed: object) -> None:
        self.shop = shop
        self.customers = customers
        self.files = files
        self.caller = caller
        self.chance = Random(str(seed))
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def trade(self, seconds: float) -> None:
        """Do one thing after another, until the time is up."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            act = self.chance.choices(ACTS, WEIGHTS)[0]
            act(self)

    # Orders.

    def place(self) -> None:
        """Enter an order, mostly confirmed at once."""
        body = {
            "customer": self.chance.choice(self.customers),
            "warehouse": self.chance.choice(self.shop.warehouses).pk,
            "items": [self._line() for _ in range(self.chance.randint(1, 4))],
            "allow_backorder": self._often(0.4),
            "confirm": self._often(0.7),
            "shipping_amount": self.chance.choice(("0.00", "0.00", "4.90")),
        }
        if answer := self._post("place", "orders/", body):
            self.files.ids["orders"].append(answer.json["id"])

    def change(self) -> None:
        """More or less of a line, or another line."""
        if not (order := self._read("orders")):
            return
        item = self.chance.choice(order["items"])
        lines: list[dict] = [{"item": item["id"], "quantity": self.chance.randint(0, 5)}]
        if self._often(0.3):
            lines.append(self._line())
        if self._often(0.2):
            lines[0]["unit_price"] = self.chance.choice(PRICES)
        self._act("change", "orders", order["id"], "change", {"items": lines})

    def ship(self) -> None:
        """What is reserved, or a part of a line."""
        if not (order := self._read("orders")):
            return
        body = {}
        if (open_lines := [line for line in order["items"] if line["quantity_open"]]) and self._often(0.6):
            line = self.chance.choice(open_lines)
            units = self.chance.randint(1, line["quantity_open"] + self._often(0.1))
            body = {"items": [{"order_item": line["id"], "quantity": units}]}
        self._act("ship", "orders", order["id"], "ship", body)

    def advance(self) -> None:
        """Any other step of an order."""
        step = self.chance.choices(("confirm", "reserve", "release", "close", "deliver", "cancel"), (5, 3, 1, 1, 2, 1))
        self._any("orders", step[0])

    def restock(self) -> None:
        """Goods arrive, so that trade goes on."""
        place = self.chance.choice(self.shop.warehouses).pk
        units = self.chance.randint(5, 30)
        item = {"product": self._product(), "warehouse": place, "quantity": units, "reason": "Found"}
        self._post("restock", "inventory/adjust/", {"items": [item]})

    # Returns.

    def announce(self) -> None:
        """A customer wants to send something back, now and then more than there was."""
        if not (order := self._read("orders")):
            return
        shipped = [line for line in order["items"] if line["quantity_shipped"]] or order["items"]
        line = self.chance.choice(shipped)
        condition = self.chance.choice(("resellable", "damaged"))
        units = self.chance.randint(1, line["quantity_shipped"] + 1)
        body = {"items": [{"order_item": line["id"], "quantity": units, "condition": condition}], "reason": "Too many"}
        if answer := self._act("announce a return", "orders", order["id"], "return", body):
            self.files.ids["sales-returns"].append(answer.json["id"])

    def take_back(self) -> None:
        """Approve and receive it, or do anything else to it."""
        if (pk := self._some("sales-returns")) is None:
            return
        steps = ("approve", "receive") if self._often(0.7) else (self.chance.choice(("close", "cancel", "reject")),)
        for step in steps:
            self._act(f"{step} a return", "sales-returns", pk, step)

    # Invoices and what is paid for them.

    def invoice(self) -> None:
        """What of an order has left, or all of it."""
        if (pk := self._some("orders")) is None:
            return
        body = {"shipped_only": self._often(0.6)}
        if answer := self._act("invoice an order", "orders", pk, "invoice", body):
            self.files.ids["invoices"].append(answer.json["id"])

    def invoice_freely(self) -> None:
        """Something that was not ordered."""
        lines = [{"description": "Advice", "quantity": self.chance.randint(1, 3), "unit_price": self._price()}]
        body = {"customer": self.chance.choice(self.customers), "items": lines}
        if answer := self._post("invoice without an order", "invoices/", body):
            self.files.ids["invoices"].append(answer.json["id"])

    def issue(self) -> None:
        self._any("invoices", "issue")

    def call_off(self) -> None:
        """Cancel an invoice, or throw a draft away."""
        if self._often(0.5):
            self._any("invoices", "cancel")
        elif (pk := self._some("invoices")) is not None:
            self._told("delete an invoice", self.caller.send("DELETE", f"invoices/{pk}/"))

    def pay(self) -> None:
        """All of an invoice, a part, or a cent too much."""
        if not (invoice := self._read("invoices")):
            return
        amount = self._part(Decimal(invoice["balance"]))
        body = {"invoice": invoice["id"], "amount": str(amount), "payment_method": self.chance.choice(METHODS)}
        if answer := self._post("pay", "payments/", body):
            self._note_payments([answer.json])

    def pay_oldest(self) -> None:
        """A transfer for whatever is due first."""
        body = {"amount": self._price(), "payment_method": "bank_transfer", "reference": "Transfer"}
        if Decimal(body["amount"]):
            answer = self._act("pay the oldest", "customers", self.chance.choice(self.customers), "pay", body)
            self._note_payments(answer.json["payments"] if answer else [])

    def void(self) -> None:
        """A payment bounces."""
        if (pk := self._some("payments")) is not None and self._act(
            "void a payment", "payments", pk, "void", {"reason": "Bounced"}
        ):
            self.files.voided[pk] = True

    # Credit notes and refunds.

    def credit(self) -> None:
        """All that is left, or some units of a line."""
        if not (invoice := self._read("invoices")):
            return
        body: dict = {"reason": "Damaged"}
        if invoice["items"] and self._often(0.6):
            line = self.chance.choice(invoice["items"])
            body["items"] = [{"invoice_item": line["id"], "quantity": self.chance.randint(1, line["quantity"])}]
        elif self._often(0.4) and (pk := self._some("sales-returns")) is not None:
            body["sales_return"] = pk
        if answer := self._act("credit", "invoices", invoice["id"], "credit", body):
            self.files.ids["credit-notes"].append(answer.json["id"])

    def issue_credit(self) -> None:
        self._any("credit-notes", "issue" if self._often(0.85) else "cancel")

    def refund(self) -> None:
        """All that is left of it, a part, or a cent too much."""
        if not (note := self._read("credit-notes")):
            return
        amount = self._part(Decimal(note["amount_to_refund"]))
        body = {"refund_method": self.chance.choice(METHODS), "amount": str(amount), "reference": "Refund"}
        if self._act("refund", "credit-notes", note["id"], "refund", body):
            self.files.refunded.append((note["id"], amount))

    # How it is told.

    def _act(self, what: str, kind: str, pk: int, step: str, body: object = None) -> Answer | None:
        return self._post(what, f"{kind}/{pk}/{step}/", body)

    def _any(self, kind: str, step: str) -> None:
        if (pk := self._some(kind)) is not None:
            self._act(f"{step}: {kind}", kind, pk, step)

    def _post(self, what: str, path: str, body: object = None) -> Answer | None:
        return self._told(what, self.caller.post(path, body))

    def _read(self, kind: str) -> dict | None:
        pk = self._some(kind)
        answer = None if pk is None else self._told(f"read: {kind}", self.caller.get(f"{kind}/{pk}/"))
        return answer.json if answer else None

    def _told(self, what: str, answer: Answer) -> Answer | None:
        """The answer, or None if a rule refused or the draft is gone. Anything else that goes wrong is a fault."""
        if answer.status in DONE:
            self.done[what] += 1
            return answer
        problem = answer.json
        codes = {error["code"] for error in problem.get("errors", [])} or {problem["code"]}
        assert answer.status in (404, 409) or codes <= MISTAKES, (what, answer)
        assert problem["detail"], (what, answer)
        self.refused.update(codes)
        return None

    def _note_payments(self, payments: Iterable[dict]) -> None:
        for payment in payments:
            self.files.paid[payment["id"]] = Decimal(payment["amount"])
            self.files.ids["payments"].append(payment["id"])

    def _some(self, kind: str) -> int | None:
        known = self.files.ids[kind][-NEWEST:]
        return self.chance.choice(known) if known else None

    def _part(self, whole: Decimal) -> Decimal:
        cent = Decimal("0.01")
        part = (whole * self.chance.randint(1, 99) / 100).quantize(cent)
        return max(self.chance.choice((whole, part, part, whole + cent)), cent)

    def _line(self) -> dict:
        line: dict = {"product": self._product(), "quantity": self.chance.randint(1, 5)}
        if self._often(0.4):
            line |= {"unit_price": self.chance.choice(PRICES), "discount_percent": self.chance.choice(DISCOUNTS)}
        return line

    def _product(self) -> int:
        return self.chance.choice(self.shop.products).pk

    def _price(self) -> str:
        return f"{self.chance.choice((1, 3, 10, 33.33, 0.01, 0, 19.99)):.2f}"

    def _often(self, share: float) -> bool:
        return self.chance.random() < share


CHOICES: dict[Callable[[Trader], None], int] = {
    Trader.place: 10,
    Trader.change: 4,
    Trader.ship: 10,
    Trader.advance: 5,
    Trader.restock: 6,
    Trader.announce: 3,
    Trader.take_back: 4,
    Trader.invoice: 8,
    Trader.invoice_freely: 2,
    Trader.issue: 8,
    Trader.call_off: 2,
    Trader.pay: 8,
    Trader.pay_oldest: 2,
    Trader.void: 1,
    Trader.credit: 5,
    Trader.issue_credit: 5,
    Trader.refund: 4,
}
ACTS, WEIGHTS = list(CHOICES), list(CHOICES.values())
