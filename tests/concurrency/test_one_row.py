"""Reserve, ship, transfer, adjust, count, receive and take back one row of stock at once, through the services, the
API and an import: nothing is lost."""

import time
from collections import Counter
from random import Random

import pytest

from inventory_project.imports.kinds.orders import OrderImporter
from inventory_project.imports.table import parse_csv
from sales.models import OrderStatus, Reservation
from tests.proof.crowd import problems
from tests.proof.dealer import ACTS, Dealer
from tests.proof.figures import note
from tests.proof.server import Answer, Caller
from tests.proof.shop import Shop, balance, on_hand, open_shop
from tests.proof.sizes import SEED, SIZE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

UNITS = 200
BY_API = 3
BY_IMPORT = 2


@pytest.fixture
def shop(db, settings) -> Shop:
    settings.AUTO_ALLOCATE = False
    return open_shop(products=1, warehouses=2, units=UNITS)


class Program:
    """Trades at random through the API."""

    def __init__(self, shop: Shop, caller: Caller, seed: str) -> None:
        self.shop = shop
        self.caller = caller
        self.chance = Random(seed)
        self.moved: Counter[tuple[int, int]] = Counter()
        self.transactions = 0

    def deal(self) -> None:
        place, product = self.chance.choice(self.shop.warehouses), self.shop.products[0]
        units = self.chance.randint(1, 3)
        if self.chance.random() < 0.5:
            units = self.chance.choice((units, -units))
            item = {"product": product.pk, "warehouse": place.pk, "quantity": units, "reason": "Recounted"}
            if self._done("inventory/adjust/", {"items": [item]}):
                self.moved[product.pk, place.pk] += units
            return
        items = [{"product": product.pk, "quantity": units}]
        head = {"customer": self.shop.customer.pk, "warehouse": place.pk, "items": items, "confirm": True}
        if order := self._done("orders/", head):
            assert self._done(f"orders/{order.json['id']}/ship/")
            self.moved[product.pk, place.pk] -= units

    def _done(self, path: str, body: object = None) -> Answer | None:
        answer = self.caller.post(path, body)
        if answer.status == 409 and answer.json["code"] in ("insufficient_stock", "stock_reserved"):
            return None
        assert answer.status in (200, 201), answer
        self.transactions += 1
        return answer


class Sheet:
    """Imports files of orders that have been shipped."""

    def __init__(self, shop: Shop, name: str) -> None:
        self.shop = shop
        self.name = name
        self.moved: Counter[tuple[int, int]] = Counter()
        self.transactions = 0

    def deal(self) -> None:
        self.transactions += 1
        place, product = self.shop.warehouses[0], self.shop.products[0]
        number = f"X-{self.name}-{self.transactions}"
        row = f"{number},{self.shop.customer.code},{product.sku},1,{place.code},shipped"
        table = parse_csv(f"order_number,customer,product,quantity,warehouse,stage\n{row}\n", "orders.csv")
        assert OrderImporter().run(table, by=self.shop.clerk).created == 1
        self.moved[product.pk, place.pk] -= 1


def test_nothing_is_lost_on_one_row(shop, caller, crowd):
    own = [Dealer(shop, f"{SEED}/{act.__name__}") for act in ACTS]
    programs = [Program(shop, caller, f"{SEED}/{n}") for n in range(BY_API)]
    sheets = [Sheet(shop, str(n)) for n in range(BY_IMPORT)]
    all_of_them = [*own, *programs, *sheets]

    def work(client: int) -> None:
        for _ in range(SIZE.deals):
            if client < len(own):  # one client for each act, so that every two acts meet
                own[client].deal(ACTS[client])
            else:
                all_of_them[client].deal()

    before, begun = on_hand(), time.monotonic()
    assert problems(crowd(len(all_of_them)).all_do(work)) == []
    took = time.monotonic() - begun
    moved = {place: sum(one.moved[place] for one in all_of_them) for place in before}
    assert on_hand() == {place: units + moved[place] for place, units in before.items()}
    assert not Reservation.objects.exists()
    assert [balance(shop.products[0], place).reserved for place in shop.warehouses] == [0, 0]
    assert not shop.customer.orders.filter(status=OrderStatus.CONFIRMED).exists()
    done = sum(one.transactions for one in all_of_them)
    note(
        "One row sold, reserved, transferred, adjusted, counted, received and returned at once",
        f"{len(all_of_them)} clients by services, API and import, {done:,} transactions in {took:.0f} s",
        "nothing lost",
    )
