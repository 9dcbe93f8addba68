"""Caches whose absence costs speed, never an answer."""

import logging
from collections.abc import Callable
from functools import wraps

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(name: str, otherwise: object) -> Callable:
    """The method of the library's class, answering `otherwise` while the cache is away.

    Whoever missed it renews everything at the next contact: what was kept there may be older than what was written
    to the database meanwhile.
    """

    @wraps(getattr(RedisCache, name))
    def method(self, *args: object, **kwargs: object) -> object:
        try:
            if self.missed:
                super(ForgivingRedisCache, self).clear()
                type(self).missed = False
                logger.warning("The cache is back, and begins empty")
            return getattr(super(ForgivingRedisCache, self), name)(*args, **kwargs)
        except RedisError as error:
            if not self.missed:
                logger.warning("The cache does not answer: %s", type(error).__name__)
            type(self).missed = True
            return otherwise(*args, **kwargs) if callable(otherwise) else otherwise

    return method


class ForgivingRedisCache(RedisCache):
    """Redis, for several machines. While it is down, everything is asked of the database."""

    missed = False

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda *args, **kwargs: {})
    set_many = _forgiving("set_many", lambda data, *args, **kwargs: list(data))
    add = _forgiving("add", False)
    set = _forgiving("set", None)
    touch = _forgiving("touch", False)
    delete = _forgiving("delete", False)
    delete_many = _forgiving("delete_many", None)
    has_key = _forgiving("has_key", False)
    clear = _forgiving("clear", False)

    def incr(self, key, delta=1, version=None):
        try:
            return super().incr(key, delta, version)
        except RedisError:
            type(self).missed = True
            raise ValueError(f"The key “{key}” could not be looked up.") from None


class SharedFileCache(FileBasedCache):
    """Files, for all processes of one machine. A file that cannot be read or written costs speed only."""

    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except (OSError, EOFError, ValueError):
            return default

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        try:
            super().set(key, value, timeout, version)
        except OSError as error:
            logger.warning("The cache cannot be written: %s", error)
