"""Doing something only to see what would come of it: all of it is taken back, and what was noted on the way is told."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models


def _name() -> str:
    return f"TRIAL-{secrets.token_hex(4).upper()}"


@dataclass
class Trial:
    """One attempt that is taken back."""

    name: str = field(default_factory=_name)
    noted: dict[str, list[models.Model]] = field(default_factory=dict)
    numbers: int = 0

    def next_numbers(self, series: str, count: int) -> list[str]:
        """Numbers that nobody else has meanwhile, so that a trial takes none of the series and makes nobody wait."""
        first, self.numbers = self.numbers + 1, self.numbers + count
        return [f"{series}-{self.name}-{number}" for number in range(first, self.numbers + 1)]


_trial: ContextVar[Trial | None] = ContextVar("trial", default=None)


def current_trial() -> Trial | None:
    """The trial that is going on, if what is done now is one."""
    return _trial.get()


@contextmanager
def trying() -> Iterator[Trial]:
    """What is done inside is a trial; whoever opens it takes it back."""
    token = _trial.set(Trial())
    try:
        yield _trial.get()
    finally:
        _trial.reset(token)


def note[M: models.Model](name: str, rows: Sequence[M]) -> Sequence[M]:
    """Have a trial tell that these rows would be written; otherwise nothing. Returns the rows."""
    trial = _trial.get()
    if trial and rows:
        trial.noted.setdefault(name, []).extend(rows)
    return rows
