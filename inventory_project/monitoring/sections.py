"""What is reported of an installation: sections, each a small table with a remark."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Section:
    """A table of facts. `concern` is what somebody should look at, '' if all is well; `remark` explains."""

    name: str
    title: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = field(default_factory=list)
    remark: str = ""
    concern: str = ""


def size(count: int | None) -> str:
    """Bytes, as people read them."""
    amount = float(count or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"
