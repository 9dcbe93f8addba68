"""What was measured: printed at the end of a run and, in the full size, kept for docs/proof.md."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.db import connection

from .sizes import SEED


@cache
def commit() -> str:
    """Of which code, where git knows."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    database: str
    server: str
    seed: int
    what: str
    tried: str
    result: str
    at: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M}")
    commit: str = field(default_factory=commit)

    def __str__(self) -> str:
        return f"{self.what}: {self.tried}; {self.result}"


FIGURES: list[Figure] = []


def note(what: str, tried: str, result: str) -> None:
    """Take a figure down."""
    FIGURES.append(Figure(connection.display_name, _version(), SEED, what, tried, result))


def _version() -> str:
    return ".".join(str(part) for part in connection.get_database_version())


def keep() -> None:
    """Add the figures to the file that PROOF_FIGURES names, if it names one."""
    if name := os.environ.get("PROOF_FIGURES"):
        with Path(name).open("a") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in FIGURES)
