"""Somebody who trades at random through the services, and keeps a book of their own of what moved."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from catalog.models import Product
from inventory_project.base.errors import RuleViolation
from sales.services import (
    OrderLine,
    ReturnLine,
    approve_sales_return,
    cancel_order,
    place_order,
    receive_sales_return,
    request_sales_return,
    ship_order,
)
from stock.models import StockItem, Warehouse
from stock.services import (
    AdjustmentLine,
    CountLine,
    PurchaseOrderLine,
    TransferLine,
    adjust_stock,
    cancel_stock_count,
    create_purchase_order,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_stock_count,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_movement,
    send_purchase_order,
    start_stock_count,
)

from .shop import Shop

type Lines = list[tuple[Product, int]]

# Refusals that others cause: it is no fault to meet them. Anything else is.
USUAL = {"insufficient_stock", "stock_reserved", "counted_elsewhere"}


class Dealer:
    """One of many who deal at the same time."""

    def __init__(self, shop: Shop, seed: object) -> None:
        self.shop = shop
        self.chance = Random(str(seed))
        self.moved: Counter[tuple[int, int]] = Counter()
        self.transactions = 0
        self.longest = 0.0  # seconds that a transaction has taken, waiting included
        self.refused: Counter[str] = Counter()

    def deal(self, *acts: Callable[["Dealer"], None]) -> None:
        """Do one of these, or anything."""
        try:
            self.chance.choice(acts or ACTS)(self)
        except RuleViolation as refusal:
            if refusal.code not in USUAL:
                raise
            self.refused[refusal.code] += 1

    def sell(self) -> None:
        """Enter and confirm an order, then ship it or call it off."""
        place, lines = self._place(), self._lines()
        order = self._do(
            place_order,
            customer=self.shop.customer,
            lines=[OrderLine(product, units) for product, units in lines],
            warehouse=place,
            confirm=True,
        )
        if self.chance.random() < 0.3:
            self._do(cancel_order, order)
            return
        self._do(ship_order, order)
        self._note(lines, place, -1)

    def take_back(self) -> None:
        """Sell something, and take it back."""
        place, lines = self._place(), self._lines()[:1]
        order = self._do(
            place_order,
            customer=self.shop.customer,
            lines=[OrderLine(product, units) for product, units in lines],
            warehouse=place,
            confirm=True,
        )
        self._do(ship_order, order)
        back = [ReturnLine(order.items.get(), lines[0][1])]
        document = self._do(request_sales_return, order, back, "Too many")
        self._do(approve_sales_return, document)
        self._do(receive_sales_return, document)

    def correct(self) -> None:
        """Adjust several products in one go, up or down."""
        place, lines = self._place(), self._lines()
        sign = self.chance.choice((1, -1))
        self._do(adjust_stock, [AdjustmentLine(product, place, sign * units, "Recounted") for product, units in lines])
        self._note(lines, place, sign)

    def undo(self) -> None:
        """Adjust, and take that back."""
        place, ((product, units), *_rest) = self._place(), self._lines()
        line = AdjustmentLine(product, place, units, "Mistaken")
        (movement,) = self._do(adjust_stock, [line])
        self._note([(product, units)], place, 1)
        self._do(reverse_movement, movement, reason="Mistaken")
        self._note([(product, units)], place, -1)

    def carry(self) -> None:
        """Bring goods from one warehouse to another."""
        start, end = self.chance.sample(self.shop.warehouses, 2)
        lines = self._lines()
        transfer = self._do(
            create_stock_transfer,
            from_warehouse=start,
            to_warehouse=end,
            lines=[TransferLine(product, units) for product, units in lines],
        )
        self._do(dispatch_stock_transfer, transfer)
        self._note(lines, start, -1)
        self._do(receive_stock_transfer, transfer)
        self._note(lines, end, 1)

    def buy(self) -> None:
        """Order from the supplier, and take it in."""
        place, lines = self._place(), self._lines()
        order = self._do(
            create_purchase_order,
            supplier=self.shop.supplier,
            warehouse=place,
            lines=[PurchaseOrderLine(product, units) for product, units in lines],
        )
        self._do(send_purchase_order, order)
        self._do(receive_purchase_order, order)
        self._note(lines, place, 1)

    def count(self) -> None:
        """Count a product, and find a little more or less than is there."""
        place, product = self._place(), self.chance.choice(self.shop.products)
        count = self._do(create_stock_count, warehouse=place, category=product.category)
        try:
            self._do(start_stock_count, count)
            found = []
            for item in count.items.select_related("stock_item"):
                there = StockItem.objects.get(pk=item.stock_item_id).quantity
                found.append(CountLine(max(there + self.chance.randint(-2, 2), 0), item))
            if not found:
                self._do(cancel_stock_count, count)
                return
            self._do(enter_stock_count, count, found)
            self._do(post_stock_count, count)
        except RuleViolation:
            self._do(cancel_stock_count, count)
            raise
        for item in count.items.all():
            self.moved[item.product_id, place.pk] += item.difference

    def _do[R](self, service: Callable[..., R], *given: object, **named: object) -> R:
        begun = time.monotonic()
        done = service(*given, **named, by=self.shop.clerk)
        self.longest = max(self.longest, time.monotonic() - begun)
        self.transactions += 1
        return done

    def _place(self) -> Warehouse:
        return self.chance.choice(self.shop.warehouses)

    def _lines(self) -> Lines:
        """Half of the time the first two products, this way round or that, otherwise some at random."""
        products: Sequence[Product] = self.shop.products
        if len(products) > 1 and self.chance.random() < 0.5:
            chosen = self.chance.sample(products[:2], 2)
        else:
            chosen = self.chance.sample(products, self.chance.randint(1, min(5, len(products))))
        return [(product, self.chance.randint(1, 3)) for product in chosen]

    def _note(self, lines: Lines, place: Warehouse, sign: int) -> None:
        for product, units in lines:
            self.moved[product.pk, place.pk] += sign * units


CROSSING = (Dealer.sell, Dealer.correct, Dealer.carry, Dealer.buy)
ACTS = (*CROSSING, Dealer.take_back, Dealer.undo, Dealer.count)
