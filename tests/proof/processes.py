"""Processes and their end, as `kill -9` does it: nothing is caught, closed or written down."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

PATIENCE = 60


def alive() -> dict[int, int]:
    """All processes that have not ended, each with the one that started it."""
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def children_of(parent: int) -> list[int]:
    """The processes that this one has started and that are still there."""
    return [pid for pid, starter in alive().items() if starter == parent]


def kill(pids: Iterable[int]) -> None:
    """Kill -9."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> float:
    """Wait for something, and give the time at which it was so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} within {seconds:g} s"
        time.sleep(0.02)
    return time.monotonic()
