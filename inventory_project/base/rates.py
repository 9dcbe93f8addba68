"""Counting what happens per minute or hour: in Redis if there is one, else in a file that the workers share."""

import hashlib
import logging
import time
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from .counters import CounterFile

logger = logging.getLogger(__name__)

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds."""

    limit: int
    seconds: int


@dataclass(frozen=True)
class Standing:
    """How someone stands in the present period."""

    limit: int
    used: int
    reset: int

    @property
    def is_within(self) -> bool:
        return self.used <= self.limit

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.limit

    @property
    def remaining(self) -> int:
        return max(self.limit - self.used, 0)


def rate_of(scope: str) -> Rate:
    """The rate that the settings give: “100/hour”."""
    text = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][scope]
    number, _slash, period = text.partition("/")
    if not number.isdecimal() or int(number) < 1 or period[:1] not in PERIODS:
        raise ImproperlyConfigured(f"“{text}” is no rate; write for instance 100/hour.")
    return Rate(int(number), PERIODS[period[0]])


def count(scope: str, who: object) -> Standing:
    """Count one more of `who` and say how they stand now."""
    return _standing(scope, who, 1)


def standing(scope: str, who: object) -> Standing:
    """How `who` stands, without counting."""
    return _standing(scope, who, 0)


def _standing(scope: str, who: object, more: int) -> Standing:
    rate, now = rate_of(scope), int(time.time())
    reset = rate.seconds - now % rate.seconds
    digest = hashlib.blake2b(f"{scope} {who} {now + reset}".encode(), digest_size=8, key=_key()).digest()
    counted = _in_cache if settings.CACHE_URL else _in_file
    return Standing(rate.limit, counted(digest, more, now, reset), reset)


@once
def _key() -> bytes:
    """So that nobody can choose names that share a counter."""
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32).digest()


def _in_cache(digest: bytes, more: int, now: int, reset: int) -> int:
    """While the cache is away nothing is counted, and nobody is kept from working."""
    key = f"rate:{digest.hex()}"
    if not more:
        return cache.get(key, 0)
    if cache.add(key, more, reset + 5):
        return more
    try:
        return cache.incr(key, more)
    except ValueError:  # it lapsed between the two, or the cache is away
        return more


def _in_file(digest: bytes, more: int, now: int, reset: int) -> int:
    table = _table(Path(settings.COUNTERS_FILE))
    return table.add(int.from_bytes(digest), more, now + reset, now) if table else more


@once
def _table(path: Path) -> CounterFile | None:
    try:
        return CounterFile(path)
    except OSError as problem:
        logger.warning("Requests are not counted: %s", problem)
        return None


def can_count() -> bool:
    """Whether limits hold."""
    return bool(settings.CACHE_URL) or _table(Path(settings.COUNTERS_FILE)) is not None
