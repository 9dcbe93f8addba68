"""What the sample company consists of, and in which order it comes to life."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

from . import catalog, customers, documents, people, places, trade
from .past import DAYS, Diary


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    products: int
    suppliers: int
    customers: int
    purchase_orders: int
    orders: int


SIZES = {
    "small": Size(products=80, suppliers=10, customers=30, purchase_orders=12, orders=90),
    "medium": Size(products=1_000, suppliers=60, customers=400, purchase_orders=80, orders=1_000),
    "large": Size(products=10_000, suppliers=200, customers=3_000, purchase_orders=400, orders=10_000),
}
PARTS = 5


@dataclass
class World:
    """The company while it is being built: its chance, its size, who acts, its days, and a word on progress."""

    random: random.Random
    size: Size
    diary: Diary = field(default_factory=Diary)
    admin: object = None
    staff: dict[str, object] = field(default_factory=dict)
    say: Callable[[str], None] = print

    def some_days(self, at_least: int, at_most: int) -> float:
        """A chance number of working days, and a chance time of the day."""
        return self.random.randint(at_least, at_most) + self.random.random()


def build(size: Size, *, seed: int, say: Callable[[str], None]) -> World:
    """Fill an empty database. Each step runs on behalf of the member of staff whose work it is."""
    world = World(random.Random(seed), size, say=say)
    with world.diary.set_clock():
        people.build(world)
        catalog.build(world)
        places.build(world)
        customers.build(world)
    documents.plan(world)
    trade.plan(world)
    _live(world)
    return world


def _live(world: World) -> None:
    said = 0

    def progress(day: float) -> None:
        nonlocal said
        if day >= (said + 1) * DAYS / PARTS:
            said += 1
            world.say(f"  {int(day)} of {DAYS} days")

    world.say(f"{DAYS} days: {world.size.orders} customers' orders, {world.size.purchase_orders} to suppliers")
    world.diary.live(progress)


def is_empty() -> bool:
    """Whether nobody has an account yet: only then sample data may come in."""
    return not get_user_model().objects.exists()
