"""Whatever is done to stock in whatever order, the books stay right. Hypothesis chooses, and shrinks what it finds.

Every operation is also done on a model of a few lines, which says what must be on hand and reserved afterwards, and
whether a refusal was right. PROOF_SEED repeats a run.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from catalog.models import Product
from inventory_project.base.errors import RuleViolation
from inventory_project.integrity import check_all
from sales.models import Order, Reservation
from sales.services import (
    ReturnLine,
    allocate_backorders,
    approve_sales_return,
    cancel_order,
    receive_sales_return,
    release_order,
    request_sales_return,
    reserve_order,
    ship_order,
)
from stock.models import GoodsReceipt, Inventory, StockItem, StockMovement, StockTransfer
from stock.services import (
    AdjustmentLine,
    CountLine,
    ReceiptLine,
    TransferLine,
    adjust_stock,
    cancel_stock_count,
    close_stock_transfer,
    create_goods_receipt,
    create_stock_count,
    create_stock_transfer,
    dispatch_stock_transfer,
    enter_stock_count,
    post_goods_receipt,
    post_stock_count,
    receive_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
    start_stock_count,
)
from tests.factories.catalog import ProductFactory
from tests.proof.figures import note
from tests.proof.shop import open_shop
from tests.proof.sizes import SEED, SIZE

BATCH = 10
DONE: Counter[str] = Counter()

products, places = st.integers(0, 2), st.integers(0, 1)
units = st.integers(1, 9)
costs = st.decimals(0, 99, places=4)


class Books(RuleBasedStateMachine):
    """Two plain products and one with lots, in two warehouses."""

    receipts, orders, shipped = Bundle("receipts"), Bundle("orders"), Bundle("shipped")
    transfers, movements = Bundle("transfers"), Bundle("movements")

    def __init__(self) -> None:
        super().__init__()
        self.on_hand: Counter[tuple[int, int]] = Counter()
        self.held: dict[int, int] = {}  # by order
        self.steps = 0
        self.all = transaction.atomic()
        self.all.__enter__()

    @initialize()
    def open(self) -> None:
        self.shop = open_shop(warehouses=2)
        self.by = self.shop.clerk
        self.shop.products = [ProductFactory(), ProductFactory(), ProductFactory(tracking="lot")]

    def teardown(self) -> None:
        try:
            if hasattr(self, "shop"):
                self.check_books()
        finally:
            transaction.set_rollback(True)
            self.all.__exit__(None, None, None)

    # What is done.

    @rule(target=receipts, product=products, place=places, number=units, cost=costs, lot=st.sampled_from("AB"))
    def receive(self, product: int, place: int, number: int, cost: Decimal, lot: str) -> GoodsReceipt:
        of, at = self.shop.products[product], self.shop.warehouses[place]
        line = ReceiptLine(of, number, lot_number=lot if product == 2 else "", unit_cost=cost)
        receipt = create_goods_receipt(supplier=self.shop.supplier, warehouse=at, lines=[line], by=self.by)
        post_goods_receipt(receipt, by=self.by)
        self.move(of, place, number)
        return receipt

    @rule(receipt=receipts, share=units)
    def send_back(self, receipt: GoodsReceipt, share: int) -> None:
        item = receipt.items.get()
        number = min(share, item.quantity_kept)
        if not number:
            return
        place = self.place_of(receipt.warehouse_id)
        if self.tried(lambda: reverse_goods_receipt(receipt, {item.pk: number}, by=self.by)):
            self.move(item.product, place, -number)
        else:  # the units may lie in a lot of which too few are left
            assert item.lot_id or self.free(item.product, place) < number

    @rule(target=movements, product=st.integers(0, 1), place=places, number=units, down=st.booleans())
    def adjust(self, product: int, place: int, number: int, down: bool):
        of, at = self.shop.products[product], self.shop.warehouses[place]
        number = -number if down else number
        made = self.tried(lambda: adjust_stock([AdjustmentLine(of, at, number, "Recounted")], by=self.by))
        assert bool(made) == (self.free(of, place) + number >= 0 or not down)
        if not made:
            return multiple()
        self.move(of, place, number)
        return made[0]

    @rule(movement=movements)
    def undo(self, movement: StockMovement) -> None:
        place = self.place_of(movement.warehouse_id)
        again = StockMovement.objects.filter(reverses=movement).exists()
        done = self.tried(lambda: reverse_movement(movement, reason="Mistaken", by=self.by))
        if done and not again:
            self.move(movement.product, place, -movement.quantity)
        assert done or self.free(movement.product, place) < movement.quantity

    @rule(target=orders, product=products, place=places, number=units, partly=st.booleans())
    def order(self, product: int, place: int, number: int, partly: bool):
        of, at = self.shop.products[product], self.shop.warehouses[place]
        free = self.free(of, place)
        made = self.tried(lambda: self.placed(of, number, at, partly))
        assert bool(made) == (partly or free >= number)
        if not made:
            return multiple()
        self.held[made.pk] = min(free, number)
        return made

    @rule(order=orders)
    def reserve(self, order: Order) -> None:
        item = order.items.get()
        lacking = item.quantity_open - self.held.get(order.pk, 0)
        free = self.free(item.product, self.place_of(order.warehouse_id))
        if self.tried(lambda: reserve_order(order, by=self.by)):
            self.held[order.pk] += min(lacking, free)

    @rule(order=orders)
    def release(self, order: Order) -> None:
        if self.tried(lambda: release_order(order, by=self.by)):
            self.held[order.pk] = 0

    @rule(order=orders)
    def cancel(self, order: Order) -> None:
        if self.tried(lambda: cancel_order(order, by=self.by)):
            self.held.pop(order.pk, None)

    @rule(target=shipped, order=orders)
    def ship(self, order: Order):
        before = order.items.get()
        done = self.tried(lambda: ship_order(order, by=self.by))
        gone = order.items.get().quantity_shipped - before.quantity_shipped
        assert gone == (self.held.get(order.pk, 0) if done else 0)
        if not gone:
            return multiple()
        self.move(before.product, self.place_of(order.warehouse_id), -gone)
        self.held[order.pk] = 0
        return order

    @rule(order=shipped, number=units)
    def take_back(self, order: Order, number: int) -> None:
        item = order.items.get()
        number = min(number, item.quantity_returnable)
        if not number:
            return
        lot = None
        if item.product.tracking == "lot":
            movement = StockMovement.objects.filter(source_id__in=item.shipment_items.values("pk"), kind="shipment")
            lot = movement.filter(product=item.product).first().lot
            number = 1
        line = ReturnLine(item, number, lot=lot)
        document = self.tried(lambda: request_sales_return(order, [line], "Too many", by=self.by))
        if document:
            approve_sales_return(document, by=self.by)
            if self.tried(lambda: receive_sales_return(document, by=self.by)):
                self.move(item.product, self.place_of(document.warehouse_id), number)

    @rule(target=transfers, product=products, start=places, number=units)
    def send(self, product: int, start: int, number: int):
        of, ends = self.shop.products[product], self.shop.warehouses[:: 1 - 2 * start]
        transfer = create_stock_transfer(
            from_warehouse=ends[0], to_warehouse=ends[1], lines=[TransferLine(of, number)], by=self.by
        )
        done = self.tried(lambda: dispatch_stock_transfer(transfer, by=self.by))
        assert bool(done) == (self.free(of, start) >= number)
        if not done:
            return multiple()
        self.move(of, start, -number)
        return transfer

    @rule(transfer=transfers, number=units)
    def arrive(self, transfer: StockTransfer, number: int) -> None:
        items = [item for item in transfer.items.all() if item.quantity_open]
        if transfer.status != "in_transit" or not items:
            return
        number = min(number, items[0].quantity_open)
        receive_stock_transfer(transfer, {items[0].pk: number}, by=self.by)
        self.move(items[0].product, self.place_of(transfer.to_warehouse_id), number)

    @rule(transfer=consumes(transfers))
    def lose(self, transfer: StockTransfer) -> None:
        close_stock_transfer(transfer, "Lost on the way", by=self.by)

    @rule(product=products, place=places, off=st.integers(-3, 3))
    def count(self, product: int, place: int, off: int) -> None:
        of, at = self.shop.products[product], self.shop.warehouses[place]
        count = create_stock_count(warehouse=at, category=of.category, by=self.by)
        start_stock_count(count, by=self.by)
        found = [
            CountLine(max(StockItem.objects.get(pk=item.stock_item_id).quantity + off, 0), item)
            for item in count.items.all()
        ]
        if found:
            enter_stock_count(count, found, by=self.by)
        if found and self.tried(lambda: post_stock_count(count, by=self.by)):
            self.move(of, place, sum(item.difference for item in count.items.all()))
        else:
            cancel_stock_count(count, by=self.by)

    @rule(place=places)
    def allocate(self, place: int) -> None:
        """What is free goes to the orders that wait, the oldest first; the model believes the rows that come of it."""
        at = Inventory.objects.filter(warehouse=self.shop.warehouses[place])
        given = allocate_backorders(list(at.values_list("pk", flat=True)), by=None)
        before = sum(self.held.values())
        for pk in self.held:
            rows = Reservation.objects.filter(order_item__order=pk)
            self.held[pk] = sum(rows.values_list("quantity", flat=True))
        assert sum(self.held.values()) == before + given

    # What must be true afterwards.

    @invariant()
    def the_model_agrees(self) -> None:
        if not hasattr(self, "shop"):
            return
        held: Counter[tuple[int, int]] = Counter()
        for order in Order.objects.filter(pk__in=self.held).prefetch_related("items"):
            held[order.items.all()[0].product_id, order.warehouse_id] += self.held[order.pk]
        for row in Inventory.objects.all():
            place = row.product_id, row.warehouse_id
            assert (row.quantity, row.reserved) == (self.on_hand[place], held[place]), row
        self.steps += 1
        DONE["steps"] += 1
        if self.steps % BATCH == 0:
            self.check_books()

    def check_books(self) -> None:
        DONE["checks"] += 1
        broken = [each for each in check_all() if each.is_violation]
        assert [(each.invariant.name, each.finding.faults, each.error) for each in broken] == []

    # How it is told.

    def tried[R](self, act: Callable[[], R]) -> R | None:
        """What the act gives, or None if it was refused."""
        try:
            return act()
        except RuleViolation as refusal:
            assert str(refusal)
            DONE["refused"] += 1
            return None

    def placed(self, product: Product, number: int, at, partly: bool) -> Order:
        shop = self.shop
        shop.warehouses, before = [at], shop.warehouses
        try:
            return shop.order(product, number, allow_backorder=partly, confirm=True)
        finally:
            shop.warehouses = before

    def move(self, product: Product, place: int, number: int) -> None:
        self.on_hand[product.pk, self.shop.warehouses[place].pk] += number

    def place_of(self, pk: int) -> int:
        return next(n for n, row in enumerate(self.shop.warehouses) if row.pk == pk)

    def free(self, product: Product, place: int) -> int:
        at = self.shop.warehouses[place].pk
        orders: Sequence[Order] = Order.objects.filter(pk__in=self.held, warehouse=at, items__product=product)
        return self.on_hand[product.pk, at] - sum(self.held[order.pk] for order in orders)


@pytest.mark.django_db
def test_random_operations_keep_the_books(settings_of_run):
    run_state_machine_as_test(seed(SEED)(Books), settings=settings_of_run)
    note(
        "Random operations on stock, checked against a model after each, by all invariants after every tenth",
        f"{SIZE.examples} runs of up to {SIZE.steps} steps, {DONE['steps']:,} operations, seed {SEED}",
        f"{DONE['refused']:,} rightly refused; {DONE['checks']:,} checks of all invariants, none broken",
    )


@pytest.fixture
def settings_of_run() -> settings:
    return settings(
        max_examples=SIZE.examples,
        stateful_step_count=SIZE.steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
