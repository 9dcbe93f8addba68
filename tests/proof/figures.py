"""What was measured: printed at the end of a run and, in the full size, kept for docs/proof.md."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

from .sizes import SEED


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    database: str
    what: str
    tried: str
    result: str

    def __str__(self) -> str:
        return f"{self.what}: {self.tried}; {self.result}"


FIGURES: list[Figure] = []


def note(what: str, tried: str, result: str) -> None:
    """Take a figure down."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    FIGURES.append(Figure(database, what, tried, result))


def keep() -> None:
    """Add the figures to the file that PROOF_FIGURES names, if it names one."""
    if name := os.environ.get("PROOF_FIGURES"):
        with Path(name).open("a") as file:
            for figure in FIGURES:
                file.write(json.dumps({**asdict(figure), "seed": SEED, "server": _version()}) + "\n")


def _version() -> str:
    return ".".join(map(str, connection.Database.sqlite_version_info)) if connection.vendor == "sqlite" else _server()


def _server() -> str:
    return _SERVER[0] if _SERVER else ""


_SERVER: list[str] = []


def note_server() -> None:
    """Remember which PostgreSQL it is, while there is a connection."""
    if connection.vendor == "postgresql" and not _SERVER:
        _SERVER.append(f"{connection.pg_version // 10000}.{connection.pg_version % 10000}")
