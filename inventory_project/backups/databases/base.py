"""What a kind of database can do for backups."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connections

from ..manifest import Portrait

SCRATCH = "scratch"
"""The alias under which Django sees a database that is being proved."""


@dataclass(frozen=True)
class Snapshot:
    """One moment of a database: a file to restore it from, and what has to come out."""

    file: BinaryIO
    portrait: Portrait
    versions: dict[str, str]


class Database(ABC):
    """One database, which need not exist yet."""

    vendor: str

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    @property
    @abstractmethod
    def name(self) -> str:
        """What people call it, and must write to have it replaced."""

    @abstractmethod
    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Copy it as it is at one moment, while people work."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether it is not there, or has no tables."""

    @abstractmethod
    @contextmanager
    def scratch(self, file: Path, mark: str) -> Iterator["Database"]:
        """A database beside it, filled from the file of a snapshot; gone afterwards unless it was put in place."""

    @abstractmethod
    def portrait(self) -> Portrait:
        """What it holds now."""

    @abstractmethod
    def put_in_place(self, scratch: "Database", mark: str) -> str:
        """Make the scratch database this one, at once; gives the name under which the former is kept, '' if none."""

    @contextmanager
    def seen_by_django(self) -> Iterator[str]:
        """An alias with which models and migrations reach it."""
        # Without the pool and the limits of time that are meant for requests.
        options = {k: v for k, v in self.settings["OPTIONS"].items() if k not in ("pool", "options")}
        connections.settings[SCRATCH] = {**self.settings, "NAME": self.path, "OPTIONS": options}
        try:
            yield SCRATCH
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH]
            del connections.settings[SCRATCH]

    @property
    def path(self) -> str:
        return str(self.settings["NAME"])
