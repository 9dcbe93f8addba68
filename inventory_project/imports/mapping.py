"""Foreign files: a small TOML file says how their columns become ours (docs/import.md explains it)."""

import re
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput

from .parsing import number
from .table import Table, read_csv

PLACE = re.compile(r"\{([^{}]+)\}")


class Mapping:
    """A mapping file, applied to a folder of CSV files."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Read the mapping at `path` for the files in `folder`. Raises InvalidInput when it is no TOML."""
        try:
            self.rules = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInput(_("%(file)s can't be used: %(why)s") % {"file": path, "why": error}) from error
        self.name, self.folder = path.name, folder
        self.values: dict[str, dict[str, str]] = self.rules.get("values", {})

    @property
    def kinds(self) -> list[str]:
        """The kinds that the mapping can make, in its order."""
        return [name for name in self.rules if name != "values"]

    def table(self, kind: str) -> Table:
        """Our template of `kind`, filled from the foreign files."""
        rules = self.rules[kind]
        if "rows" in rules:
            rows = rules["rows"]
            return Table(self.name, list(rows[0]), rows, list(range(1, len(rows) + 1)))
        source = read_csv(self.folder / rules["file"])
        joins = {name: self._joined(join) for name, join in rules.get("join", {}).items()}
        sums = {name: self._summed(rule) for name, rule in rules.get("sum", {}).items()}
        rows = []
        for line, row in source:
            wide = dict(row)
            for name, join in rules.get("join", {}).items():
                other = joins[name].get(row[join["on"]])
                if other is None:
                    raise InvalidInput(f"{source.name}, line {line}: {name} has no row {row[join['on']]}.")
                wide |= {f"{name}.{column}": value for column, value in other.items()}
            for name, rule in rules.get("sum", {}).items():
                wide[name] = str(sums[name].get(row[rule["on"]], 0))
            rows.append({column: self._cell(column, rule, wide) for column, rule in rules["columns"].items()})
        return Table(source.name, list(rules["columns"]), rows, source.lines)

    def _joined(self, join: dict[str, str]) -> dict[str, dict[str, str]]:
        return {row[join["on"]]: row for _line, row in read_csv(self.folder / join["file"])}

    def _summed(self, rule: dict[str, str]) -> dict[str, Decimal]:
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for _line, row in read_csv(self.folder / rule["file"]):
            totals[row[rule["on"]]] += number(row[rule["column"]])
        return totals

    def _cell(self, column: str, rule, row: dict[str, str]) -> str:
        """A cell by its rule: a text with {columns}, or a table of `text`, `times`, `add`, `if_filled`, `if_empty`."""
        if isinstance(rule, str):
            cell = self._fill(rule, row)
        elif "if_filled" in rule:
            cell = rule["if_filled"] if self._fill(rule["text"], row) else rule["if_empty"]
        else:
            value = sum((number(self._fill(text, row)) for text in rule.get("add", [])), Decimal(0))
            value += number(self._fill(rule["text"], row))
            cell = str(value * Decimal(rule.get("times", "1")))
        return self.values.get(column, {}).get(cell, cell)

    @staticmethod
    def _fill(text: str, row: dict[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in row:
                raise InvalidInput(_("The mapping names the column %(name)s, which is not there.") % {"name": match[1]})
            return row[match[1]]

        return PLACE.sub(value, text).strip()
