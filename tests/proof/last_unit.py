"""Three ways in which many clients want the last unit."""

from collections import Counter
from collections.abc import Iterator

from catalog.models import Product
from sales.models import Order, OrderStatus
from sales.services import cancel_order
from stock.models import Inventory, StockMovement
from stock.services import AdjustmentLine, adjust_stock

from .crowd import Crowd, problems
from .doors import Api, Services
from .shop import Shop

type Door = Services | Api


class Way:
    """One product of which there is one unit, and what every client does to get it."""

    name: str

    def __init__(self, shop: Shop, door: Door, clients: int) -> None:
        self.shop = shop
        self.door = door
        self.clients = clients
        self.product: Product = shop.product(self.units)
        self.prepare()

    units = 1

    def prepare(self) -> None:
        """What the clients need before they start."""

    def attempt(self, client: int) -> str:
        """What one client does: "done", or the code of the refusal."""
        raise NotImplementedError

    def start_again(self) -> None:
        """One unit is free again, and every client has yet to get it."""
        raise NotImplementedError

    def balance(self) -> Inventory:
        return Inventory.objects.get(product=self.product)

    def ledger(self) -> int:
        """What the movements add up to."""
        return sum(StockMovement.objects.filter(product=self.product).values_list("quantity", flat=True))


class Ordering(Way):
    """Everybody enters and confirms an order."""

    name = "enter and confirm an order"

    def attempt(self, client: int) -> str:
        return self.door.order(self.product)

    def start_again(self) -> None:
        for order in Order.objects.filter(items__product=self.product, status=OrderStatus.CONFIRMED):
            cancel_order(order, by=self.shop.clerk)


class Confirming(Way):
    """Everybody confirms an order that is there."""

    name = "confirm an order"

    def prepare(self) -> None:
        self.orders = [self.shop.order(self.product) for _ in range(self.clients)]

    def attempt(self, client: int) -> str:
        return self.door.confirm(self.orders[client])

    def start_again(self) -> None:
        for client, order in enumerate(self.orders):
            order.refresh_from_db(fields=["status"])
            if order.status == OrderStatus.CONFIRMED:
                cancel_order(order, by=self.shop.clerk)
                self.orders[client] = self.shop.order(self.product)


class Shipping(Way):
    """Everybody ships a back-order of which nothing is reserved; then the one unit arrives."""

    name = "ship a back-order"
    units = 0

    def prepare(self) -> None:
        self.orders = [self._backorder() for _ in range(self.clients)]
        self._arrive()

    def _backorder(self) -> Order:
        order = self.shop.order(self.product, allow_backorder=True, confirm=True)
        order.line_id = order.items.get().pk
        return order

    def _arrive(self) -> None:
        line = AdjustmentLine(self.product, self.shop.warehouses[0], 1, "Found")
        adjust_stock([line], by=self.shop.clerk)

    def attempt(self, client: int) -> str:
        return self.door.ship(self.orders[client])

    def start_again(self) -> None:
        gone = Order.objects.filter(pk__in=[order.pk for order in self.orders], status=OrderStatus.SHIPPED)
        for pk in gone.values_list("pk", flat=True):
            client = next(n for n, order in enumerate(self.orders) if order.pk == pk)
            self.orders[client] = self._backorder()
        self._arrive()


WAYS = (Ordering, Confirming, Shipping)


def play(way: Way, crowd: Crowd, rounds: int) -> Iterator[Counter[str]]:
    """Round by round: how many clients got the unit, and how many were refused with which code."""
    for number in range(rounds):
        if number:
            way.start_again()
        outcomes = crowd.all_do(way.attempt)
        assert problems(outcomes) == []
        yield Counter(outcomes)
