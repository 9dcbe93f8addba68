"""16 clients whose orders name the same products in all orders: nobody waits in a circle, nothing is lost."""

import time
from random import Random

import pytest

from billing.services import invoice_order
from sales.models import Order
from sales.services import confirm_order
from tests.proof.crowd import problems
from tests.proof.dealer import CROSSING, Dealer
from tests.proof.figures import note
from tests.proof.shop import Shop, on_hand, open_shop
from tests.proof.sizes import SEED, SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CLIENTS = 16
UNITS = 1000


@pytest.fixture
def shop(db, settings) -> Shop:
    settings.AUTO_ALLOCATE = False
    return open_shop(products=12, warehouses=2, units=UNITS)


def unbroken(caplog) -> bool:
    """No transaction had to be run again."""
    return not [record for record in caplog.records if record.name == "inventory_project.base.transactions"]


def test_crossed_orders_never_wait_in_a_circle(shop, crowd, caplog):
    dealers = [Dealer(shop, f"{SEED}/{client}") for client in range(CLIENTS)]

    def work(client: int) -> None:
        while dealers[client].transactions < SIZE.transactions / CLIENTS:
            dealers[client].deal(*CROSSING)

    before, begun = on_hand(), time.monotonic()
    assert problems(crowd(CLIENTS).all_do(work)) == []
    took = time.monotonic() - begun
    moved = {place: sum(dealer.moved[place] for dealer in dealers) for place in before}
    assert on_hand() == {place: units + moved[place] for place, units in before.items()}
    assert unbroken(caplog)
    done = sum(dealer.transactions for dealer in dealers)
    note(
        f"Crossed orders, {CLIENTS} clients (services)",
        f"{done:,} transactions in {took:.0f} s",
        f"{done / took:.0f} a second; deadlocks 0; lost 0",
    )


def test_crossed_orders_at_the_api(shop, caller, server, crowd):
    each = SIZE.api_transactions // CLIENTS + 1
    place = shop.warehouses[0]

    def body(chance: Random) -> dict:
        crossed = chance.sample(shop.products[:2], 2)
        chosen = crossed if chance.random() < 0.5 else chance.sample(shop.products, 4)
        items = [{"product": product.pk, "quantity": 1} for product in chosen]
        return {"customer": shop.customer.pk, "warehouse": place.pk, "items": items, "confirm": True}

    def work(client: int) -> int:
        chance = Random(f"{SEED}/{client}")
        for _ in range(each):
            order = caller.post("orders/", body(chance))
            assert order.status == 201, order
            shipped = caller.post(f"orders/{order.json['id']}/ship/")
            assert shipped.status == 200, shipped
        return 2 * each

    begun = time.monotonic()
    outcomes = crowd(CLIENTS).all_do(work)
    took = time.monotonic() - begun
    assert problems(outcomes) == []
    assert "took a transaction back" not in server.log.read_text()
    note(
        f"Crossed orders, {CLIENTS} clients (API)",
        f"{sum(outcomes):,} requests in {took:.0f} s",
        f"{sum(outcomes) / took:.0f} a second; deadlocks 0; all answered 2xx",
    )


def test_rows_that_are_only_referred_to_close_no_circle(shop, crowd, caplog):
    """One locks the customer, then the order; another the order, and on commit what the invoice names: the customer."""
    shop.customer.credit_limit = 10_000
    shop.customer.save()
    clients = crowd(8)
    for _round in range(5 * SIZE.repeats):
        order = shop.order(shop.products[0], confirm=True)

        def work(client: int, pk: int = order.pk) -> None:
            copy = Order.objects.get(pk=pk)
            if client % 2:
                confirm_order(copy, by=shop.clerk)
            else:
                invoice_order(copy, shipped_only=False, by=shop.clerk)

        assert {problem.code for problem in problems(clients.all_do(work))} == {"nothing_to_invoice"}
    assert unbroken(caplog)


def test_locks_in_any_order_do_wait_in_a_circle_and_are_run_again(shop, crowd, deadlocks, monkeypatch, caplog):
    """The negative control: PostgreSQL counts the deadlocks; nobody but the log notices, as what it took back is
    done again."""

    def lock_in_any_order(queryset):
        return list(queryset.select_for_update(of=("self",), no_key=True).order_by("?"))

    for module in ("stock.services.balances", "stock.services.posting", "sales.services.reservations"):
        monkeypatch.setattr(f"{module}.lock_all", lock_in_any_order)
    shop.products = shop.products[:2]
    clients = crowd(CLIENTS // 2)
    dealers = [Dealer(shop, f"{SEED}/{client}") for client in range(clients.size)]
    before = on_hand()
    for _attempt in range(20):
        assert problems(clients.all_do(lambda client: dealers[client].deal(Dealer.correct))) == []
        if not unbroken(caplog):
            break
    moved = {place: sum(dealer.moved[place] for dealer in dealers) for place in before}
    assert on_hand() == {place: units + moved[place] for place, units in before.items()}
    assert not unbroken(caplog)
    found = deadlocks()
    assert found > 0
    note(
        "Negative control: locks in any order",
        f"{clients.size} clients adjust the same two products",
        f"deadlocks {found}, run again; lost 0",
    )
