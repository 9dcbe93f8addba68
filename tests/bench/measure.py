"""How long the pages, lists, reports and API of a company take that load_company has made.

    DATABASE_URL=... python -m tests.bench.measure [--only list] [--every-list] [--plans] [--slower-than 300]

Each line: the first time in this process (the connection is open, nothing else is), then the median of the next ones,
in milliseconds; of those the time that processors worked for it, here and in the database, which other work on the
machine changes little; queries; kilobytes. With --plans the statements that took longest are explained.
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import django
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

SLOW_MS = 50
TICK = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Taken:
    """What one answer has cost."""

    wall: float
    work: float
    queries: int
    size: int


def database_work() -> float:
    """The milliseconds that processors have worked for our connection; 0 where its server is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def ask(question, plans: bool = False) -> Taken:
    """Ask once."""
    question.before()
    before = database_work()
    with CaptureQueriesContext(connection) as queries:
        began, worked = time.perf_counter(), time.thread_time()
        size = question.ask()
        wall, work = time.perf_counter() - began, time.thread_time() - worked
    if plans:
        for query in queries.captured_queries:
            if float(query["time"]) * 1000 >= SLOW_MS:
                explain(query["sql"])
    return Taken(wall * 1000, work * 1000 + database_work() - before, len(queries), size or 0)


def explain(sql: str) -> None:
    if not sql.lstrip("(/* ").startswith(("SELECT", "WITH")):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, BUFFERS) {sql}")
        print("   ", sql[:2000])
        for (line,) in cursor.fetchall():
            print("      ", line)


def main(options: argparse.Namespace) -> None:
    from . import asked

    asker = asked.Asker()
    found = asked.every_list(asker) if options.every_list else asked.questions(asker)
    print(f"load of the machine: {os.getloadavg()}, {os.cpu_count()} processors")
    print(f"{'':<60}{'first':>9}{'median':>9}{'work':>8}{'queries':>8}{'kB':>8}")
    for question in found:
        if options.only and not question.area.startswith(options.only):
            continue
        if options.name not in question.name:
            continue
        first = ask(question)
        later = [ask(question) for _ in range(question.times)] if not options.every_list else [first]
        wall = statistics.median(one.wall for one in later)
        work = statistics.median(one.work for one in later)
        if wall < options.slower_than:
            continue
        name = f"{question.area}: {question.name}"
        print(
            f"{name:<60}{first.wall:9.0f}{wall:9.0f}{work:8.0f}{later[0].queries:8}{later[0].size / 1000:8.0f}",
            flush=True,
        )
        if options.plans:
            ask(question, plans=True)
    print(f"load of the machine: {os.getloadavg()}")


def options_of(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="an area: start, list, page, search, report, api, act, export")
    parser.add_argument("--name", default="", help="only what has this in its name")
    parser.add_argument("--every-list", action="store_true")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--slower-than", type=float, default=0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_project.settings")
    django.setup()
    main(options_of(None))
