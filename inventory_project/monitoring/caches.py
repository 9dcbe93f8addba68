"""Whether the cache answers."""

import uuid

from django.core.cache import cache


def cache_problem() -> str:
    """What is wrong with the cache, '' if nothing: a value must come back as it was written."""
    written = uuid.uuid4().hex
    cache.set("health", written, 60)
    return "" if cache.get("health") == written else "does not answer"
