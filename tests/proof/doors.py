"""The two doors through which clients come: the services, and the running API."""

from collections.abc import Callable
from dataclasses import dataclass

from catalog.models import Product
from inventory_project.base.errors import RuleViolation
from sales.models import Order
from sales.services import ShipmentLine, confirm_order, ship_order

from .server import Answer, Caller
from .shop import Shop

DONE = "done"


@dataclass(frozen=True)
class Services:
    """Calls services in the client's own thread. Each act says "done" or the code of the refusal."""

    shop: Shop
    name = "services"

    def order(self, product: Product) -> str:
        return _told(lambda: self.shop.order(product, confirm=True))

    def confirm(self, order: Order) -> str:
        return _told(lambda: confirm_order(Order.objects.get(pk=order.pk), by=self.shop.clerk))

    def ship(self, order: Order) -> str:
        line = ShipmentLine(order.items.get(), 1)
        return _told(lambda: ship_order(Order.objects.get(pk=order.pk), [line], by=self.shop.clerk))


def _told(act: Callable[[], object]) -> str:
    try:
        act()
    except RuleViolation as refusal:
        assert str(refusal), refusal.code
        return refusal.code
    return DONE


@dataclass(frozen=True)
class Api:
    """Sends requests to a running server."""

    shop: Shop
    caller: Caller
    name = "API"

    def order(self, product: Product) -> str:
        body = {
            "customer": self.shop.customer.pk,
            "warehouse": self.shop.warehouses[0].pk,
            "items": [{"product": product.pk, "quantity": 1}],
            "confirm": True,
        }
        return _said(self.caller.post("orders/", body), 201)

    def confirm(self, order: Order) -> str:
        return _said(self.caller.post(f"orders/{order.pk}/confirm/"), 200)

    def ship(self, order: Order) -> str:
        body = {"items": [{"order_item": order.line_id, "quantity": 1}]}
        return _said(self.caller.post(f"orders/{order.pk}/ship/", body), 200)


def _said(answer: Answer, good: int) -> str:
    if answer.status == good:
        return DONE
    assert answer.status == 409, answer
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer
    problem = answer.json
    assert problem["detail"], answer
    return problem["code"]
