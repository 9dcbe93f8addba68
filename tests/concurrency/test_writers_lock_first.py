"""Every writer of stock: an ordered lock on the balances stands before its first write, in the SQL that it sends."""

import inspect
import re
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import sales.services
import stock.services
from inventory_project.base.services import lock_all
from sales.models import Order, Reservation
from sales.services import (
    LineChange,
    allocate_backorders,
    cancel_order,
    change_order,
    close_order,
    confirm_order,
    receive_sales_return,
    release_expired_reservations,
    release_order,
    release_reservation,
    reserve_order,
    ship_order,
    ship_shipment,
)
from stock.models import Inventory, StockMovement, StockTransfer
from stock.services import (
    AdjustmentLine,
    OpeningLine,
    adjust_stock,
    close_stock_transfer,
    dispatch_stock_transfer,
    enter_opening_stock,
    lock_balances,
    post_goods_receipt,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
)
from tests.proof.scene import Scene
from tests.proof.shop import COST, balance

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

GUARDED = {"inventory", "stock_item", "stock_movement", "reservation"}
WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
WHO = re.compile(r"/\* history .*? \*/ ")  # who acts is told to the database in a comment
LOCK = re.compile(r' FOR NO KEY UPDATE OF "inventory"$')
ORDERED = 'ORDER BY "inventory"."id" ASC'
EMPTY_BALANCE = re.compile(r'INSERT INTO "inventory" .* ON CONFLICT DO NOTHING')  # nothing is in it yet


def backorder(scene: Scene) -> Order:
    return scene.shop.order(scene.shop.product(), 2, allow_backorder=True, confirm=True)


def arrived(scene: Scene) -> list[int]:
    """Where the goods of a back-order have come since."""
    order = backorder(scene)
    product = order.items.get().product
    adjust_stock([AdjustmentLine(product, scene.here, 5, "Found")], by=scene.by)
    return [balance(product, scene.here).pk]


def released(scene: Scene) -> Order:
    return release_order(scene.confirmed(), by=scene.by)


def part_shipped(scene: Scene) -> Order:
    order = scene.confirmed()
    ship_order(order, [sales.services.ShipmentLine(order.items.get(), 1)], by=scene.by)
    return order


def reservation(scene: Scene) -> Reservation:
    return scene.confirmed().items.get().reservations.get()


def expired(scene: Scene) -> datetime:
    reservation(scene)
    Reservation.objects.update(expires_at=timezone.now())
    return timezone.now()


def less_than_is_reserved(scene: Scene) -> list[AdjustmentLine]:
    scene.confirmed()
    return [AdjustmentLine(scene.product, scene.here, -9, "Broken")]


def several(scene: Scene) -> list[AdjustmentLine]:
    return [
        AdjustmentLine(scene.shop.product(units), place, 3, "Found")
        for units in (0, 4, 4)
        for place in (scene.there, scene.here)
    ]


def adjust(lines: list[AdjustmentLine], *, by) -> object:
    return adjust_stock(lines, release=True, by=by)


def open_empty(scene: Scene, *, by) -> object:
    return enter_opening_stock([OpeningLine(scene.shop.product(), scene.here, 2, COST)], by=by)


def order_and_confirm(scene: Scene, *, by) -> object:
    return scene.shop.order(scene.product, 2, confirm=True)


def order_more(order: Order, *, by) -> object:
    return change_order(order, [LineChange(6, order.items.get())], by=by)


def close_short(transfer: StockTransfer, *, by) -> object:
    return close_stock_transfer(transfer, "Lost", by=by)


def undo(movement: StockMovement, *, by) -> object:
    return reverse_movement(movement, reason="Mistaken", by=by)


# Name of the service, what is prepared, what then writes.
WRITERS = [
    ("adjust_stock", several, adjust),
    ("adjust_stock", less_than_is_reserved, adjust),
    ("allocate_backorders", arrived, allocate_backorders),
    ("cancel_order", Scene.confirmed, cancel_order),
    ("change_order", Scene.confirmed, order_more),
    ("close_order", part_shipped, close_order),
    ("close_stock_transfer", Scene.on_its_way, close_short),
    ("confirm_order", Scene.pending, confirm_order),
    ("dispatch_stock_transfer", Scene.transfer, dispatch_stock_transfer),
    ("enter_opening_stock", lambda scene: scene, open_empty),
    ("place_order", lambda scene: scene, order_and_confirm),
    ("post_goods_receipt", Scene.receipt, post_goods_receipt),
    ("post_stock_count", Scene.counted, post_stock_count),
    ("receive_purchase_order", Scene.ordered, receive_purchase_order),
    ("receive_sales_return", Scene.approved_return, receive_sales_return),
    ("receive_stock_transfer", Scene.on_its_way, receive_stock_transfer),
    ("release_expired_reservations", expired, release_expired_reservations),
    ("release_order", Scene.confirmed, release_order),
    ("release_reservation", reservation, release_reservation),
    ("reserve_order", released, reserve_order),
    ("reverse_goods_receipt", Scene.posted_receipt, reverse_goods_receipt),
    ("reverse_movement", Scene.adjusted, undo),
    ("ship_order", Scene.confirmed, ship_order),
    ("ship_shipment", Scene.shipment, ship_shipment),
]
# What they write with. A service whose module knows any of these may write stock.
PARTS = {"post", "change_reserved", "Reservations", "hold", "release", "post_goods_receipt"}
# These are next to writers, but write no stock themselves.
NEIGHBOURS = {
    "set_aside_for_recount",
    "approve_sales_return",
    "cancel_purchase_order",
    "cancel_stock_count",
    "cancel_stock_transfer",
    "close_purchase_order",
    "create_goods_receipt",
    "create_purchase_order",
    "count_inventory",
    "create_stock_count",
    "create_stock_transfer",
    "cancel_goods_receipt",
    "make_room",
    "recalculate_goods_receipt",
    "recalculate_order",
    "recalculate_purchase_order",
    "send_purchase_order",
    "start_stock_count",
    "deliver_order",
}


def statements(call) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [WHO.sub("", query["sql"]) for query in captured]


def writes(sent: list[str]) -> list[int]:
    """Where something of stock is written."""
    found = [(n, WRITE.match(sql)) for n, sql in enumerate(sent) if not EMPTY_BALANCE.match(sql)]
    return [n for n, match in found if match and match[1] in GUARDED]


@pytest.mark.parametrize(("name", "prepare", "act"), WRITERS)
def test_it_locks_before_it_writes(name, prepare, act, shop):
    scene = Scene(shop)
    prepared = prepare(scene)
    sent = statements(lambda: act(prepared, by=scene.by))
    written = writes(sent)
    locks = [n for n, sql in enumerate(sent) if LOCK.search(sql)]
    assert written, "nothing was written: this proves nothing"
    assert locks, "no balance was locked"
    assert locks[0] < written[0]
    assert [sent[n] for n in locks if ORDERED not in sent[n]] == []


def may_write(function) -> bool:
    """Whether its module knows what stock is written with, or another writer."""
    known = vars(inspect.getmodule(inspect.unwrap(function)))
    return not PARTS.isdisjoint(known)


@pytest.mark.parametrize("services", [stock.services, sales.services])
def test_every_writer_is_in_the_table(services):
    """A service that is new there is added above: to the writers, or to their neighbours."""
    functions = {name for name in services.__all__ if inspect.isfunction(getattr(services, name))}
    writing = {name for name in functions if may_write(getattr(services, name))}
    assert writing - {name for name, _prepare, _act in WRITERS} - PARTS - NEIGHBOURS == set()


def test_counting_writes_no_stock(shop):
    assert writes(statements(Scene(shop).counted)) == []


def test_locks_are_taken_by_id_whatever_the_caller_names_first(shop):
    scene = Scene(shop)
    products = [scene.shop.product(2) for _ in range(5)]
    places = [(product.pk, scene.here.pk) for product in reversed(products)]
    (locking,) = [sql for sql in statements(lambda: lock_balances(places)) if LOCK.search(sql)]
    assert ORDERED in locking
    assert [row.pk for row in lock_all(Inventory.objects.order_by("-pk"))] == sorted(
        Inventory.objects.values_list("pk", flat=True)
    )
