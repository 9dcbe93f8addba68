"""Reading what banks write: amounts and dates in the way of the country, and money that goes out among the rest."""

import csv
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from billing.queries.transfers import Transfer
from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import AMOUNT_MAX, fold
from inventory_project.imports.table import Table, parse_csv

from .headings import LABELS, NEEDED, recognised

PREAMBLE = 40  # lines that a bank may write above the header
YEARS = range(1900, 3000)
DAY_FIRST, MONTH_FIRST = "day", "month"
DEBITS = {"d", "dr", "dbit", "debit", "s", "soll", "-"}  # what a column of directions says of money that goes out

WITH_COMMA = re.compile(r"(?P<whole>\d{1,12}|\d{1,3}(?:[. '’]\d{3})+)(?:,(?P<cents>\d{1,2}))?", re.ASCII)
WITH_POINT = re.compile(r"(?P<whole>\d{1,12}|\d{1,3}(?:[, '’]\d{3})+)(?:\.(?P<cents>\d{1,2}))?", re.ASCII)
EITHER = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)  # 1.234: a thousand or one?
ISO_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", re.ASCII)
POINTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", re.ASCII)
SLASHED_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})", re.ASCII)


@dataclass(frozen=True)
class StatementLine:
    """A line of the file: the transfer that it says, or what is wrong with it; neither if money went out."""

    number: int
    transfer: Transfer | None = None
    problem: str = ""


def statement_of(text: str, name: str) -> Table:
    """The table in the text, without what the bank writes above its header."""
    lines = text.splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines[:PREAMBLE]) if _is_header(line)), 0)
    table = parse_csv("".join(lines[start:]), name)
    return Table(table.name, table.columns, table.rows, [number + start for number in table.lines])


def _is_header(line: str) -> bool:
    delimiter = max(",;\t", key=line.count)
    try:
        cells = next(csv.reader([line.strip()], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return False
    return set(NEEDED) <= set(recognised([cell.strip() for cell in cells]))


def read_lines(table: Table, columns: Mapping[str, str], order: str = "") -> list[StatementLine]:
    """The lines, read by these columns. Refuses dates of which nobody can say what is the day and what the month."""
    missing = [str(LABELS[name]) for name in NEEDED if not columns.get(name)]
    if missing:
        raise InvalidInput(_("Choose the columns: %(names)s.") % {"names": ", ".join(missing)})
    order = order or _order_of(row[columns["date"]] for row in table.rows)
    return [_line(number, {ours: row[theirs] for ours, theirs in columns.items()}, order) for number, row in table]


def _order_of(cells: Iterable[str]) -> str:
    """Whether 03/04/2026 is in March or in April, if the file says so by one of its days."""
    parts = [(int(found[1]), int(found[2])) for cell in cells if (found := SLASHED_DAY.fullmatch(cell))]
    if any(first > 12 for first, _second in parts):
        return DAY_FIRST
    if any(second > 12 for _first, second in parts):
        return MONTH_FIRST
    if parts:
        raise InvalidInput(
            _("“%(first)d/%(second)d” can be two days. Choose how the dates are written.")
            % {"first": parts[0][0], "second": parts[0][1]},
            field="order",
        )
    return DAY_FIRST


def _line(number: int, cells: Mapping[str, str], order: str) -> StatementLine:
    try:
        money = amount_of(cells["amount"]) if cells["amount"] else Decimal(0)
        if money <= 0 or fold(cells.get("direction", "")) in DEBITS:
            return StatementLine(number)
        currency = cells.get("currency", "").upper()
        if currency and currency != settings.CURRENCY:
            problem = _("It is in %(found)s, not in %(ours)s.") % {"found": currency, "ours": settings.CURRENCY}
            return StatementLine(number, problem=problem)
        said = {name: cells.get(name, "") for name in ("payer", "bank_reference")}
        return StatementLine(number, Transfer(day_of(cells["date"], order), money, cells.get("reference", ""), **said))
    except InvalidInput as problem:
        return StatementLine(number, problem=str(problem))


def amount_of(cell: str) -> Decimal:
    """An amount as banks write it: 1.234,56 or 1,234.56, with the sign in front or behind."""
    text = cell.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").strip()
    text = re.sub(rf"(?:{settings.CURRENCY}|€|\$|£)", "", text).strip()
    bare = text.strip("+-").strip()
    found = WITH_COMMA.fullmatch(bare) or WITH_POINT.fullmatch(bare)
    signs = len(text) - len(text.strip("+-"))
    if not found or signs > 1 or EITHER.fullmatch(bare):
        raise InvalidInput(_("“%(cell)s” is no amount. Write it as 1234.50.") % {"cell": cell})
    amount = Decimal(f"{re.sub(r'\D', '', found['whole'])}.{found['cents'] or '0'}")
    if amount > AMOUNT_MAX:
        raise InvalidInput(_("“%(cell)s” is more than an amount can be.") % {"cell": cell})
    return -amount if "-" in text else amount


def day_of(cell: str, order: str) -> datetime.date:
    """A day as banks write it."""
    if found := ISO_DAY.fullmatch(cell):
        year, month, day = found.groups()
    elif found := POINTED_DAY.fullmatch(cell):
        day, month, year = found.groups()
    elif found := SLASHED_DAY.fullmatch(cell):
        day, month, year = found.groups() if order == DAY_FIRST else (found[2], found[1], found[3])
    else:
        raise InvalidInput(_("“%(cell)s” is no date. Write it as 2026-11-22.") % {"cell": cell})
    try:
        found_day = datetime.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError as problem:
        raise InvalidInput(_("“%(cell)s” is no day of the calendar.") % {"cell": cell}) from problem
    if found_day.year not in YEARS:
        raise InvalidInput(_("“%(cell)s” is no day on which a bank has moved money.") % {"cell": cell})
    return found_day
