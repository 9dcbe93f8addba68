"""Is everything as it must always be?"""

import json
from collections.abc import Sequence

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from inventory_project.integrity import INVARIANTS, Result, check_all
from inventory_project.models import OperationRun
from inventory_project.models.operation import recorded

SHOWN = 20  # faults of one invariant, in the text


class Command(BaseCommand):
    help = (
        "Checks every invariant of the data in one read-only snapshot, which holds up no writer, and ends with an "
        "error if one is violated."
    )
    requires_system_checks = []  # it is about the data, not about the program

    def add_arguments(self, parser) -> None:
        parser.add_argument("names", nargs="*", metavar="name", help="Check only these invariants.")
        parser.add_argument("--json", action="store_true", help="Write one JSON object instead of text.")

    def handle(self, *args, **options) -> None:
        unknown = set(options["names"]) - {invariant.name for invariant in INVARIANTS}
        if unknown:
            raise CommandError(f"There is no invariant named {', '.join(sorted(unknown))}.")
        results = self._check(options["names"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(results), indent=2))
        else:
            for result in results:
                self._print(result)
        violated = [result for result in results if result.is_violation]
        if violated:
            raise CommandError(f"{len(violated)} of {len(results)} invariants are violated.", returncode=1)
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS(f"All {len(results)} invariants hold."))

    def _check(self, names: Sequence[str]) -> list[Result]:
        """What came of each; that of a whole check is kept for the page System."""
        if names:
            return check_all(only=names)
        with recorded(OperationRun.INTEGRITY) as run:
            results = check_all()
            violated = [result.invariant.name for result in results if result.is_violation]
            run.details = {"checked": len(results), "violated": violated}
        return results

    def _print(self, result: Result) -> None:
        invariant, faults = result.invariant, result.finding.faults
        if result.holds:
            self.stdout.write(f"ok       {invariant.area:<10} {invariant.name} ({result.finding.checked} rows)")
            return
        word, style = ("VIOLATED", self.style.ERROR) if result.is_violation else ("warning ", self.style.WARNING)
        self.stdout.write(style(f"{word} {invariant.area:<10} {invariant.name} ({result.finding.checked} rows)"))
        self.stdout.write(f"         {invariant.rule}")
        if result.error:
            self.stdout.write(f"         could not be checked: {result.error}")
        for fault in faults[:SHOWN]:
            self.stdout.write(f"         {fault.id}: {fault.detail}")
        if len(faults) > SHOWN:
            least = "at least " if result.finding.is_cut else ""
            self.stdout.write(f"         and {least}{len(faults) - SHOWN} more")


def _as_json(results: list[Result]) -> dict[str, object]:
    return {
        "ok": not any(result.is_violation for result in results),
        "database": connection.vendor,
        "invariants": [
            {
                "name": result.invariant.name,
                "area": result.invariant.area,
                "rule": result.invariant.rule,
                "severity": result.invariant.severity,
                "holds": result.holds,
                "checked": result.finding.checked,
                "error": result.error,
                "is_cut": result.finding.is_cut,
                "faults": [{"id": fault.id, "detail": fault.detail} for fault in result.finding.faults],
            }
            for result in results
        ],
    }
