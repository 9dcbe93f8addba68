"""Questions answered from the ledger: the stock card, an instant of the past, why a balance is what it is."""

import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from stock.models import Inventory, MovementKind, StockMovement
from stock.queries.as_of import Amount, amounts_at, balances_at, total_at
from stock.queries.card import card_rows, movements_of
from stock.queries.why import average_cost, on_hand, reserved
from stock.services import (
    AdjustmentLine,
    TransferLine,
    adjust_stock,
    create_stock_transfer,
    dispatch_stock_transfer,
    reverse_goods_receipt,
    reverse_movement,
)
from tests.factories.catalog import ProductFactory
from tests.factories.sales import confirmed_order, shipped_order
from tests.factories.stock import PurchaseOrderItemFactory, WarehouseFactory, balance, put_in_stock
from tests.stock.buying import received


def history(steps: int, seed: int) -> list[Inventory]:
    """Two products in two warehouses, and random movements at uneven costs."""
    chance = random.Random(seed)
    warehouses, products = [WarehouseFactory(), WarehouseFactory()], ProductFactory.create_batch(2)
    for step in range(steps):
        product, here = chance.choice(products), chance.choice(warehouses)
        row = Inventory.objects.filter(product=product, warehouse=here).first()
        there = row.quantity if row else 0
        match chance.choice(["buy", "add", "take", "empty", "move"]):
            case "buy":
                cost = Decimal(chance.randint(1, 99999)) / 10000
                count = chance.randint(1, 9)
                received(
                    PurchaseOrderItemFactory(
                        product=product, purchase_order__warehouse=here, quantity=count, unit_cost=cost
                    )
                )
            case "take" if there:
                adjust_stock([AdjustmentLine(product, here, -chance.randint(1, there), "taken")], by=None)
            case "empty" if there:
                adjust_stock([AdjustmentLine(product, here, -there, "all")], by=None)
            case "move" if there:
                other = warehouses[here == warehouses[0]]
                lines = [TransferLine(product, chance.randint(1, there))]
                made = create_stock_transfer(from_warehouse=here, to_warehouse=other, lines=lines, by=None)
                dispatch_stock_transfer(made, by=None)
            case _:
                adjust_stock(
                    [AdjustmentLine(product, here, chance.randint(1, 9), f"found {step}", unit_cost=Decimal("0.3333"))],
                    by=None,
                )
    return list(Inventory.objects.order_by("pk"))


def card(row: Inventory, start: int = 0, stop: int | None = None) -> list:
    return card_rows(row, list(movements_of(row).order_by("-pk")[start:stop]))


@pytest.mark.parametrize("seed", range(3))
def test_the_card_and_every_instant_agree_with_the_ledger_added_up_by_hand(seed):
    rows = history(30, seed)
    sums: dict[tuple[int, int], Amount] = defaultdict(lambda: Amount(0, Decimal(0)))
    after: dict[int, Amount] = {}
    states = []
    for movement in StockMovement.objects.order_by("pk"):
        place = movement.product_id, movement.warehouse_id
        before = sums[place]
        after[movement.pk] = sums[place] = Amount(before.quantity + movement.quantity, before.value + movement.value)
        states.append((movement.created_at, dict(sums)))
    for row in rows:
        found = card(row)
        assert [Amount(r.movement.quantity_after, r.value_after) for r in found] == [
            after[r.movement.pk] for r in found
        ]
        assert (found[-1].quantity_before, found[-1].value_before) == (0, 0)
    places = [(row.product_id, row.warehouse_id) for row in rows]
    end = states[-1][0] + timedelta(days=1)
    for (instant, then), following in zip(states, [*(at for at, _ in states[1:]), end], strict=True):
        if instant == following:
            continue
        for moment in (instant, following - timedelta(microseconds=1)):
            assert amounts_at(moment, places) == {place: then.get(place, Amount(0, Decimal(0))) for place in places}
    first = states[0][0] - timedelta(microseconds=1)
    assert total_at(first) == Amount(0, Decimal(0))
    total = total_at(states[-1][0])
    assert total.value == sum(row.stock_value for row in rows)
    assert total.quantity == sum(row.quantity for row in rows)


def test_a_page_of_the_card_is_the_same_as_that_part_of_the_whole():
    row = max(history(30, 7), key=lambda row: movements_of(row).count())
    whole = [(line.movement.pk, line.value_after) for line in card(row)]
    pages = [(line.movement.pk, line.value_after) for start in range(0, 40, 4) for line in card(row, start, start + 4)]
    assert pages == whole and len(whole) > 4
    some = list(movements_of(row).order_by("pk")[::3])
    assert {line.movement.pk: line.value_after for line in card_rows(row, some)}.items() <= dict(whole).items()
    assert card_rows(row, []) == []


def test_the_card_names_documents_orders_and_parties():
    warehouse, product = WarehouseFactory(), ProductFactory()
    item = PurchaseOrderItemFactory(
        product=product, purchase_order__warehouse=warehouse, quantity=9, unit_cost=Decimal(2)
    )
    receipt = received(item)
    order = shipped_order(product, 2, warehouse=warehouse, stock=0)
    shipped, came = card(balance(product, warehouse))
    assert (came.origin.document.type, came.origin.document.name) == ("stock.goodsreceipt", str(receipt))
    assert (came.origin.order.id, came.origin.party.name) == (
        item.purchase_order_id,
        item.purchase_order.supplier.name,
    )
    assert shipped.origin.document.type == "sales.shipment"
    assert (shipped.origin.order.type, shipped.origin.order.id) == ("sales.order", order.pk)
    assert shipped.origin.party.id == order.customer_id
    assert (shipped.value_after, shipped.average_after) == (Decimal(14), Decimal(2))


def test_a_long_card_costs_the_statements_of_a_short_one(statements):
    row = history(30, 1)[0]
    few = list(movements_of(row).order_by("-pk")[:1])
    for _ in range(10):
        adjust_stock([AdjustmentLine(row.product, row.warehouse, 1, "found")], by=None)
        shipped_order(row.product, 1, warehouse=row.warehouse, stock=0)
    many = list(movements_of(row).order_by("-pk")[:20])
    assert statements(lambda: card_rows(row, few)) <= 3
    assert statements(lambda: card_rows(row, many)) == 3


def test_a_balance_comes_into_being_with_its_first_movement():
    first = put_in_stock(ProductFactory(), WarehouseFactory())
    put_in_stock(ProductFactory(), WarehouseFactory())
    assert balances_at(first.created_at).get().product == first.product


def test_on_hand_by_kind_adds_up():
    warehouse, product = WarehouseFactory(), ProductFactory()
    put_in_stock(product, warehouse, 10, "2.0000")
    receipt = received(
        PurchaseOrderItemFactory(
            product=product, purchase_order__warehouse=warehouse, quantity=10, unit_cost=Decimal(4)
        )
    )
    reverse_goods_receipt(receipt, {receipt.items.get().pk: 1}, by=None)
    shipped_order(product, 5, warehouse=warehouse, stock=0)
    row = balance(product, warehouse)
    answer = on_hand(row)
    assert [(share.kind, share.movements, share.quantity) for share in answer.shares] == [
        (MovementKind.RECEIPT, 1, 10),
        (MovementKind.SHIPMENT, 1, -5),
        (MovementKind.OPENING, 1, 10),
        (MovementKind.REVERSAL, 1, -1),
    ]
    assert (answer.quantity, answer.value) == (row.quantity, row.stock_value) == (14, row.stock_value)


def test_an_untouched_balance_has_no_story():
    row = Inventory.objects.create(product=ProductFactory(), warehouse=WarehouseFactory())
    assert (on_hand(row).quantity, on_hand(row).value, list(on_hand(row).shares)) == (0, 0, [])
    assert (list(average_cost(row).steps), average_cost(row).average) == ([], 0)
    assert (list(reserved(row).holds), reserved(row).others) == ([], 0)


def test_who_holds_the_reserved_units():
    product, warehouse = ProductFactory(), WarehouseFactory()
    first = confirmed_order(product, 2, warehouse=warehouse)
    second = confirmed_order(product, 3, warehouse=warehouse, stock=0)
    answer = reserved(balance(product, warehouse))
    assert [(hold.document.name, hold.quantity) for hold in answer.holds] == [(str(second), 3), (str(first), 2)]
    assert answer.holds[0].party.id == second.customer_id
    assert (answer.quantity, answer.others) == (5, 0)


def test_reservations_that_are_not_listed_are_told(monkeypatch):
    monkeypatch.setattr("stock.queries.why.MOST_HOLDS", 1)
    product, warehouse = ProductFactory(), WarehouseFactory()
    confirmed_order(product, 2, warehouse=warehouse)
    confirmed_order(product, 3, warehouse=warehouse, stock=0)
    answer = reserved(balance(product, warehouse))
    assert (len(answer.holds), answer.quantity, answer.others) == (1, 5, 2)


def test_how_the_average_came_about():
    product, warehouse = ProductFactory(), WarehouseFactory()
    put_in_stock(product, warehouse, 5, "9.0000")
    adjust_stock([AdjustmentLine(product, warehouse, -5, "gone")], by=None)
    adjust_stock([AdjustmentLine(product, warehouse, 10, "found", unit_cost=Decimal(2))], by=None)
    adjust_stock([AdjustmentLine(product, warehouse, -5, "broken")], by=None)
    (last,) = adjust_stock([AdjustmentLine(product, warehouse, 5, "found", unit_cost=Decimal(4))], by=None)
    answer = average_cost(balance(product, warehouse))
    assert [(step.average_before, step.average_after) for step in answer.steps] == [(2, 3), (0, 2)]
    assert (answer.quantity, answer.value, answer.average, answer.earlier) == (10, 30, 3, 0)
    reverse_movement(last, reason="wrong", by=None)
    answer = average_cost(balance(product, warehouse))
    assert [step.movement.kind for step in answer.steps] == ["reversal", "adjustment", "adjustment"]
    assert answer.steps[0].average_after == answer.average


def test_older_steps_are_counted_not_listed(monkeypatch):
    monkeypatch.setattr("stock.queries.why.MOST_STEPS", 2)
    product, warehouse = ProductFactory(), WarehouseFactory()
    with transaction.atomic():
        for _ in range(5):
            adjust_stock([AdjustmentLine(product, warehouse, 1, "found", unit_cost=Decimal(1))], by=None)
    answer = average_cost(balance(product, warehouse))
    assert (len(answer.steps), answer.earlier) == (2, 3)
