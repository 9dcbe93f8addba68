"""What the sample company consists of, and in which order it comes to life."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

from . import catalog, customers, documents, people, places, trade


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


@dataclass
class World:
    """The company while it is being built: its chance, its size, who acts, and a word on progress."""

    random: random.Random
    size: Size
    admin: object = None
    staff: dict[str, object] = field(default_factory=dict)
    say: Callable[[str], None] = print


def build(size: Size, *, seed: int, say: Callable[[str], None]) -> World:
    """Fill an empty database. Each step runs on behalf of the member of staff whose work it is."""
    world = World(random.Random(seed), size, say=say)
    people.build(world)
    catalog.build(world)
    places.build(world)
    customers.build(world)
    documents.build_purchases(world)
    trade.build(world)
    documents.build_stock_work(world)
    return world


def is_empty() -> bool:
    """Whether nobody has an account yet: only then sample data may come in."""
    return not get_user_model().objects.exists()
