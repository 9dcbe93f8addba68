"""What has to be done again and again: the page says it, and timers and cron do it."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


def of_the_page() -> set[str]:
    """The commands of the table “Every day” in the page about operations."""
    section = (ROOT / "docs" / "operations.md").read_text().split("## Every day")[1].split("\n## ")[0]
    return set(re.findall(r"^\| [^|]+\| `manage\.py (\w+)", section, re.MULTILINE))


def of_cron() -> set[str]:
    return set(re.findall(r'"\$RUN (\w+)', (DEPLOY / "cron" / "inventory").read_text()))


def of_the_timers() -> set[str]:
    """A timer starts a unit of its own, or names the commands that it is enabled for in its first line."""
    found = set()
    for timer in (DEPLOY / "systemd").glob("*.timer"):
        unit = timer.with_suffix(".service")
        text = unit.read_text() if unit.exists() else timer.read_text().splitlines()[0]
        found |= set(re.findall(r"manage\.py (\w+)", text))
        for names in re.findall(r"@\{?([\w,]+)\}?\.timer", text):
            found |= set(names.split(","))
    return found


def test_all_three_name_the_same_commands():
    assert of_the_page() == of_cron() == of_the_timers()


def test_every_command_exists():
    assert of_the_page() <= set(get_commands())
    assert {"tidy", "verify_backup", "rescue_tasks", "check_integrity", "archive"} <= of_the_page()
