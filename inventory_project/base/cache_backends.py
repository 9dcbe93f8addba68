"""Caches whose absence costs speed, never an answer."""

import logging
from collections.abc import Callable
from functools import wraps
from time import monotonic

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


MISSING = object()
PAUSE = 2.0
"""Seconds for which a cache that failed is not read: each attempt may take as long as its time limit."""


def _forgiving(name: str, otherwise: object, *, at_all_times: bool = False) -> Callable:
    """The method of the library's class, answering `otherwise` while the cache is away.

    Whoever missed it renews everything at the next contact: what was kept there may be older than what was written
    to the database meanwhile. What must reach it is tried `at_all_times`.
    """

    @wraps(getattr(RedisCache, name))
    def method(self, *args: object, **kwargs: object) -> object:
        if at_all_times or not self.is_left_alone():
            try:
                if self.missed:
                    super(ForgivingRedisCache, self).clear()
                    self.found()
                return getattr(super(ForgivingRedisCache, self), name)(*args, **kwargs)
            except RedisError as error:
                self.lost(error)
        return otherwise(*args, **kwargs) if callable(otherwise) else otherwise

    return method


class ForgivingRedisCache(RedisCache):
    """Redis, for several machines. While it is down, everything is asked of the database."""

    missed = False
    _left_alone_until = 0.0

    @classmethod
    def is_left_alone(cls) -> bool:
        """Whether it failed a moment ago, in any thread of this process."""
        return monotonic() < ForgivingRedisCache._left_alone_until

    @classmethod
    def lost(cls, error: RedisError) -> None:
        if not cls.missed:
            logger.warning("The cache does not answer: %s", type(error).__name__)
        ForgivingRedisCache.missed, ForgivingRedisCache._left_alone_until = True, monotonic() + PAUSE

    @classmethod
    def found(cls) -> None:
        ForgivingRedisCache.missed, ForgivingRedisCache._left_alone_until = False, 0.0
        logger.warning("The cache is back, and begins empty")

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda *args, **kwargs: {})
    set_many = _forgiving("set_many", lambda data, *args, **kwargs: list(data))
    add = _forgiving("add", False)
    set = _forgiving("set", None, at_all_times=True)
    touch = _forgiving("touch", False)
    delete = _forgiving("delete", False, at_all_times=True)
    delete_many = _forgiving("delete_many", None, at_all_times=True)
    has_key = _forgiving("has_key", False)
    clear = _forgiving("clear", False, at_all_times=True)

    def incr(self, key, delta=1, version=None):
        if not self.is_left_alone():
            try:
                return super().incr(key, delta, version)
            except RedisError as error:
                self.lost(error)
        raise ValueError(f"The key “{key}” could not be looked up.")


class SharedFileCache(FileBasedCache):
    """Files, for all processes of one machine. A file that cannot be read or written costs speed only.

    What can't be replaced is forgotten, so that nobody goes on believing it.
    """

    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except OSError:
            return default
        except Exception as error:  # half a file, or of a former version: whatever it says can't be understood
            logger.warning("The cache holds what can't be read: %s", type(error).__name__)
            self.delete(key, version)
            return default

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        try:
            super().set(key, value, timeout, version)
        except OSError as error:
            logger.warning("The cache cannot be written: %s", error)
            self.delete(key, version)

    def delete(self, key, version=None):
        try:
            return super().delete(key, version)
        except OSError:
            return False

    def has_key(self, key, version=None):
        return self.get(key, MISSING, version) is not MISSING
