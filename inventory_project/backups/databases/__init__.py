"""The two kinds of database, as backups need them: copied at one moment, filled apart, put in place."""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from .base import Database
from .postgresql import PostgreSQL
from .sqlite import SQLite

__all__ = ["Database", "database"]


def database() -> Database:
    """The database of this installation: by its own address, if the usual one leads through a pool."""
    given: dict[str, Any] = connections[DEFAULT_DB_ALIAS].settings_dict
    if direct := settings.DIRECT_DATABASE:
        given = {**given, **{key: direct.get(key, "") for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}}
    return (PostgreSQL if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else SQLite)(given)
