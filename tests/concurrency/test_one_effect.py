"""The same act, or two that exclude each other, at once: one effect. The others are told why, or get the same back."""

from collections.abc import Callable, Sequence

import pytest
from django.db.models import Model

from inventory_project.base.errors import RuleViolation
from sales.models import Order, OrderStatus
from sales.services import (
    LineChange,
    OrderLine,
    cancel_order,
    cancel_sales_return,
    change_order,
    close_order,
    confirm_order,
    place_order,
    receive_sales_return,
    release_order,
    reserve_order,
    ship_order,
    ship_shipment,
)
from stock.models import GoodsReceipt, PurchaseOrder, StockMovement, StockTransfer
from stock.services import (
    ReceiptLine,
    cancel_goods_receipt,
    cancel_purchase_order,
    cancel_stock_count,
    cancel_stock_transfer,
    close_stock_transfer,
    create_stock_count,
    dispatch_stock_transfer,
    post_goods_receipt,
    post_stock_count,
    receive_purchase_order,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
    start_stock_count,
)
from tests.proof.crowd import Crowd, problems
from tests.proof.figures import note
from tests.proof.scene import UNITS, Scene
from tests.proof.shop import balance
from tests.proof.sizes import SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 8

type Act = Callable[..., object]


def all_of(transfer: StockTransfer, *, by) -> StockTransfer:
    """Receive what is on its way, line by line: unlike "whatever is left" this can't be repeated."""
    return receive_stock_transfer(transfer, {item.pk: 4 for item in transfer.items.all()}, by=by)


def all_ordered(order: PurchaseOrder, *, by) -> GoodsReceipt:
    """Receive named lines of an order."""
    return receive_purchase_order(order, [ReceiptLine(item.product, 4) for item in order.items.all()], by=by)


def the_rest(transfer: StockTransfer, *, by) -> StockTransfer:
    return close_stock_transfer(transfer, "Lost", by=by)


def some_of(receipt: GoodsReceipt, *, by) -> GoodsReceipt:
    return reverse_goods_receipt(receipt, {item.pk: 3 for item in receipt.items.all()}, by=by)


def undo(movement: StockMovement, *, by) -> StockMovement:
    return reverse_movement(movement, reason="Mistaken", by=by)


def one_more(order: Order, *, by) -> Order:
    return change_order(order, [LineChange(5, order.items.get())], by=by)


def told(clients: Crowd, acts: Sequence[Act], document: Model, scene: Scene) -> list[RuleViolation]:
    """Let everybody act on a copy of their own, by turns in one way or the other; gives what was refused."""

    def work(client: int) -> object:
        return acts[client % len(acts)](type(document).objects.get(pk=document.pk), by=scene.by)

    refusals = problems(clients.all_do(work))
    assert all(isinstance(problem, RuleViolation) and str(problem) for problem in refusals), refusals
    return refusals


# What is acted on, the act of all eight, how many of them are refused and why, what is on hand here afterwards.
REPEATED = [
    (Scene.pending, confirm_order, 0, set(), 10),
    (Scene.confirmed, reserve_order, 0, set(), 10),
    (Scene.confirmed, release_order, 0, set(), 10),
    (Scene.confirmed, one_more, 0, set(), 10),
    (Scene.confirmed, ship_order, 0, set(), 6),
    (Scene.confirmed, cancel_order, 0, set(), 10),
    (Scene.shipment, ship_shipment, 0, set(), 6),
    (Scene.approved_return, receive_sales_return, 0, set(), 9),
    (Scene.transfer, dispatch_stock_transfer, 0, set(), 6),
    (Scene.on_its_way, receive_stock_transfer, 0, set(), 6),
    (Scene.on_its_way, all_of, 7, {"invalid_state"}, 6),
    (Scene.on_its_way, the_rest, 0, set(), 6),
    (Scene.ordered, receive_purchase_order, 0, set(), 14),
    (Scene.ordered, all_ordered, 7, {"invalid_state"}, 14),
    (Scene.receipt, post_goods_receipt, 0, set(), 14),
    (Scene.posted_receipt, reverse_goods_receipt, 0, set(), 10),
    (Scene.posted_receipt, some_of, 7, {"invalid"}, 11),
    (Scene.counted, post_stock_count, 0, set(), 7),
    (Scene.adjusted, undo, 0, set(), 10),
]


def test_eight_times_at_once_has_one_effect(shop, crowd, subtests):
    clients = crowd(CLIENTS)
    for prepare, act, refused, codes, left in REPEATED:
        with subtests.test(act=act.__name__, on=prepare.__name__):
            for _round in range(SIZE.repeats):
                scene = Scene(shop)
                document = prepare(scene)
                before = StockMovement.objects.count()
                refusals = told(clients, [act], document, scene)
                assert (len(refusals), {problem.code for problem in refusals}) == (refused, codes)
                assert balance(scene.product, scene.here).quantity == left
                assert StockMovement.objects.count() - before <= 2  # a short close brings in and adjusts away
    note(
        f"Acts that {CLIENTS} do to the same document at once (services)",
        f"{len(REPEATED)} acts, rounds of each: {SIZE.repeats}",
        "one effect each; the others told why, or given the same document",
    )


# What is acted on, one act and another, and what is on hand here if the first or the second came first.
OPPOSED = [
    (Scene.pending, confirm_order, cancel_order, {10}),
    (Scene.confirmed, cancel_order, ship_order, {10, 6}),
    (Scene.confirmed, close_order, ship_order, {6}),
    (Scene.confirmed, release_order, ship_order, {10, 6}),
    (Scene.confirmed, one_more, ship_order, {5, 6}),
    (Scene.shipment, ship_shipment, lambda row, *, by: cancel_order(row.order, by=by), {10, 6}),
    (Scene.approved_return, receive_sales_return, cancel_sales_return, {9, 6}),
    (Scene.transfer, dispatch_stock_transfer, cancel_stock_transfer, {10, 6}),
    (Scene.on_its_way, receive_stock_transfer, the_rest, {6}),
    (Scene.ordered, receive_purchase_order, cancel_purchase_order, {10, 14}),
    (Scene.receipt, post_goods_receipt, cancel_goods_receipt, {10, 14}),
    (Scene.posted_receipt, reverse_goods_receipt, some_of, {10, 11}),
    (Scene.counted, post_stock_count, cancel_stock_count, {10, 7}),
]


def test_acts_that_exclude_each_other(shop, crowd, subtests):
    clients = crowd(CLIENTS)
    for prepare, one, other, left in OPPOSED:
        with subtests.test(one=one.__name__, other=other.__name__, on=prepare.__name__):
            for _round in range(SIZE.repeats):
                scene = Scene(shop)
                refusals = told(clients, [one, other], prepare(scene), scene)
                assert len(refusals) < CLIENTS
                assert balance(scene.product, scene.here).quantity in left
    note(
        f"Acts that exclude each other, {CLIENTS} clients at once (services)",
        f"{len(OPPOSED)} pairs, rounds of each: {SIZE.repeats}",
        "one or the other; the rest told why",
    )


def test_one_of_two_counts_takes_the_places(shop, crowd):
    scene = Scene(shop)
    counts = [create_stock_count(warehouse=scene.here, by=scene.by) for _ in range(2)]
    refusals = problems(crowd(2).all_do(lambda client: start_stock_count(counts[client], by=scene.by)))
    assert [problem.code for problem in refusals] == ["counted_elsewhere"]


def test_a_stale_copy_decides_nothing(shop, crowd):
    """Everybody holds the order as it was when it was pending; it is shipped once."""
    scene = Scene(shop)
    order = scene.pending()
    copies = [Order.objects.get(pk=order.pk) for _ in range(CLIENTS)]

    def all_the_way(client: int) -> None:
        confirm_order(copies[client], by=scene.by)
        ship_order(copies[client], by=scene.by)

    refusals = problems(crowd(CLIENTS).all_do(all_the_way))
    # Who comes to confirm after another has shipped is told that it is too late.
    assert {problem.code for problem in refusals} <= {"invalid_state"}
    assert Order.objects.get(pk=order.pk).status == OrderStatus.SHIPPED
    assert balance(scene.product, scene.here).quantity == UNITS - 4


def test_two_orders_of_the_last_goods_of_two_warehouses(shop, crowd):
    """Orders that may be served from anywhere never take more than there is."""
    scene = Scene(shop)
    shop.fill([scene.product], 3, [scene.there])
    outcomes = crowd(CLIENTS).all_do(
        lambda client: place_order(
            customer=shop.customer, lines=[OrderLine(scene.product, 3)], confirm=True, by=scene.by
        )
    )
    refusals = problems(outcomes)
    assert {problem.code for problem in refusals} == {"insufficient_stock"}
    assert len(refusals) == CLIENTS - (UNITS + 3) // 3
