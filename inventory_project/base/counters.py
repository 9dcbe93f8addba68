"""Counters that all processes of one machine share: a table in a file that each of them has in memory.

A cache of files would take as long for each count as answering the request that is counted; this takes microseconds.
Installations on several machines count in Redis instead.
"""

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOT = struct.Struct("<QII")  # what is counted, as a hash; until when (seconds since 1970); how many
SLOTS = 65_536
NEIGHBOURS = 8
"""How many places a counter may be in. If all are taken the smallest gives way."""


class CounterFile:
    """A table of counters with a fixed size."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size < SLOTS * SLOT.size:
            os.ftruncate(self._file, SLOTS * SLOT.size)
        self._table = mmap.mmap(self._file, SLOTS * SLOT.size)
        self._lock = threading.Lock()

    def add(self, tag: int, more: int, until: int, now: int) -> int:
        """Count `more` and say how many there are; a counter ends at its `until`."""
        with self._alone():
            place, count = self._find(tag, now)
            if more:
                SLOT.pack_into(self._table, place, tag, until, count + more)
            return count + more

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Threads by the lock, processes by that of the file, which ends with a process that is killed."""
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _find(self, tag: int, now: int) -> tuple[int, int]:
        """Where the counter is, or can be, and its count."""
        best, fewest = 0, None
        for step in range(NEIGHBOURS):
            place = (tag + step) % SLOTS * SLOT.size
            known, until, count = SLOT.unpack_from(self._table, place)
            if until <= now:
                known, count = 0, 0
            if known == tag:
                return place, count
            if fewest is None or count < fewest:
                best, fewest = place, count
        return best, 0
