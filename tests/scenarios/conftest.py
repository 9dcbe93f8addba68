"""What every story has: an office, and books that are right at its end."""

import datetime
from collections.abc import Callable, Iterator

import pytest

from inventory_project.integrity import check_all

from .office import Office


@pytest.fixture(autouse=True)
def books_are_right(db) -> Iterator[None]:
    """After every story all invariants hold."""
    yield
    assert [(each.invariant.name, each.finding.faults, each.error) for each in check_all() if each.is_violation] == []


@pytest.fixture
def office(db, settings) -> Office:
    settings.AUTO_ALLOCATE = False
    return Office()


@pytest.fixture
def at(monkeypatch) -> Callable[[str], datetime.datetime]:
    """Set the clock: `at("2026-12-31T23:30:00+00:00")`."""

    def set_clock(text: str) -> datetime.datetime:
        instant = datetime.datetime.fromisoformat(text)
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)
        return instant

    return set_clock
