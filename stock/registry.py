"""What stock asks the apps above it. They register in their `ready()`; stock never imports them."""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from django.db import models

if TYPE_CHECKING:
    from stock.models import StockMovement


@dataclass(frozen=True)
class Claim:
    """Units of one balance that are held back for one document."""

    inventory_id: int
    quantity: int
    document: str


class ReservationOwner(Protocol):
    """Whoever keeps the reservations behind `inventory.reserved`.

    Both are called with the balances locked. That lock guards the reservations too: nobody changes a reservation
    without holding its balance, so a document whose units give way need not be locked (documents come first in the
    order of locks). Each costs the same few statements for 1 balance and for 500.
    """

    def claims(self, inventory_ids: Collection[int]) -> list[Claim]:
        """Who holds units of these balances back, the newest first."""

    def release(self, units: Mapping[int, int]) -> list[Claim]:
        """Let reservations give way, the newest first, by so many units of each balance (inventory id -> units).

        Shortens the reservations, and the counters through `change_reserved`. Returns what was taken from whom.
        """


class _Nobody:
    """Without anybody who reserves, nothing is claimed."""

    def claims(self, inventory_ids: Collection[int]) -> list[Claim]:
        return []

    def release(self, units: Mapping[int, int]) -> list[Claim]:
        return []


_owner: ReservationOwner = _Nobody()


def register_reservation_owner(owner: ReservationOwner) -> None:
    """Name whoever keeps the reservations."""
    global _owner  # noqa: PLW0603
    _owner = owner


def reservation_owner() -> ReservationOwner:
    """Whoever keeps the reservations."""
    return _owner


@dataclass(frozen=True)
class Named:
    """A record to point at: its kind (`sales.order`), its id, and what people call it."""

    type: str
    id: int
    name: str

    @classmethod
    def of(cls, row: models.Model) -> Self:
        return cls(row._meta.label_lower, row.pk, str(row))


@dataclass(frozen=True)
class Origin:
    """The document that a movement comes from, the order that it serves, and who is at the other end."""

    document: Named
    order: Named | None = None
    party: Named | None = None


type OriginSource = Callable[[Sequence["StockMovement"]], Mapping[int, Origin]]

_origins: dict[str, OriginSource] = {}


def register_origins(source_type: str, find: OriginSource) -> None:
    """Name who knows the documents of one kind of line: `find` returns origins by id of the movement, in one query."""
    _origins[source_type] = find


def origin_sources() -> Mapping[str, OriginSource]:
    """Who knows the documents of which kind of line."""
    return _origins


@dataclass(frozen=True)
class Hold:
    """Units of a balance that are held back: for which document, for whom, since when, until when (None: always)."""

    quantity: int
    document: Named
    party: Named | None
    since: datetime.datetime
    expires_at: datetime.datetime | None


@dataclass(frozen=True)
class Backorder:
    """Units that customers wait for and that are not reserved. Without a warehouse, any may serve them."""

    product_id: int
    warehouse_id: int | None
    units: int


class Demand(Protocol):
    """Whoever sells what is in stock. Each answer costs one or two statements."""

    def holds(self, inventory_id: int, most: int) -> list[Hold]:
        """Who holds units of one balance back, the newest first, at most so many rows."""

    def backorders(self) -> list[Backorder]:
        """All that is waited for, a row per product and warehouse."""


class _NoDemand:
    """Without anybody who sells, nobody waits."""

    def holds(self, inventory_id: int, most: int) -> list[Hold]:
        return []

    def backorders(self) -> list[Backorder]:
        return []


_demand: Demand = _NoDemand()


def register_demand(source: Demand) -> None:
    """Name whoever sells."""
    global _demand  # noqa: PLW0603
    _demand = source


def demand() -> Demand:
    """Whoever sells."""
    return _demand
