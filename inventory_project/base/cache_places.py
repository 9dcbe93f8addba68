"""Where the cache is: read with the settings, so it may import nothing that needs them."""

REDIS = ("redis://", "rediss://", "unix://")


def cache_settings(url: str, directory: str) -> dict[str, object]:
    """The cache at a Redis, or else in a directory that all processes of one machine share; for an hour at most."""
    if url:
        place = {
            "BACKEND": "inventory_project.base.cache_backends.ForgivingRedisCache",
            "LOCATION": url,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    else:
        place = {
            "BACKEND": "inventory_project.base.cache_backends.SharedFileCache",
            "LOCATION": directory,
            "OPTIONS": {"MAX_ENTRIES": 5_000},
        }
    return {**place, "KEY_PREFIX": "inventory", "TIMEOUT": 3600}
