"""What must always hold, checked by set-based queries: `manage.py check_integrity`, tests, restore, nightly jobs."""

from .registry import Fault, Finding, Invariant
from .run import INVARIANTS, Result, check_all

__all__ = ["INVARIANTS", "Fault", "Finding", "Invariant", "Result", "check_all"]
