"""Writes docs/proof.md from the figures of a full run: python -m tests.proof.report FIGURES"""

import json
import os
import platform
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "proof.md"
HEAD = """\
# Proof under concurrency and faults

`make proof` runs every proof in its full size and writes this page; `make test` runs the same code in a short size
each time. Nothing here is edited by hand. `PROOF_SEED={seed} make proof` repeats the run below.

- Run {dates}, of {commits}
- Machine: {machine}
- {servers}

After every proof all invariants of `manage.py check_integrity` held, and PostgreSQL's own count of deadlocks
(`pg_stat_database`) had not moved, except in the negative controls. These take the guards away, from the code and from
the database, and then overselling and deadlocks are seen: the proofs would have noticed. Where something was killed,
clients asked again with their keys until they were answered, and what they were told was compared with the database.
"""


def machine() -> str:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"{cores}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def table(rows: list[dict[str, str]]) -> str:
    """A table of figures."""
    lines = ["| What | Tried | Result |", "|---|---|---|"]
    return "\n".join(lines + [f"| {row['what']} | {row['tried']} | {row['result']} |" for row in rows])


def when(rows: list[dict[str, str]]) -> str:
    """From the first figure to the last."""
    first, last = min(row["at"] for row in rows), max(row["at"] for row in rows)
    return f"from {first} to {last} UTC" if first != last else f"on {first} UTC"


def code(rows: list[dict[str, str]]) -> str:
    """The commits that ran; the parts of a long proof may have been run one by one."""
    commits = list(dict.fromkeys(row["commit"] for row in sorted(rows, key=lambda row: row["at"])))
    return ("commit " if len(commits) == 1 else "commits ") + ", ".join(commits)


def page(rows: list[dict[str, str]]) -> str:
    """The whole page."""
    databases = sorted({row["database"] for row in rows})
    servers = "; ".join(
        f"{name} {next(row['server'] for row in rows if row['database'] == name)}" for name in databases
    )
    parts = [
        HEAD.format(seed=rows[0]["seed"], dates=when(rows), commits=code(rows), machine=machine(), servers=servers)
    ]
    parts += [f"## {name}\n\n{table([row for row in rows if row['database'] == name])}\n" for name in databases]
    return "\n".join(parts)


if __name__ == "__main__":
    figures = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    PAGE.write_text(page(figures))
    print(f"Written: {PAGE}")
