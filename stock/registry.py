"""What stock asks the apps above it. They register in their `ready()`; stock never imports them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


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
