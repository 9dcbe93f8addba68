"""From a cell's text to a value; refusals say what was found and what is wanted."""

import datetime
import re
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import INTEGER_MAX

INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,12})?")
YES = {"1", "true", "yes", "y", "x"}
NO = {"0", "false", "no", "n"}


def text(cell: str) -> str:
    return cell


def integer(cell: str) -> int:
    """A whole number without separators."""
    if not INTEGER.fullmatch(cell) or abs(int(cell)) > INTEGER_MAX:
        raise InvalidInput(_("“%(cell)s” is no whole number.") % {"cell": cell})
    return int(cell)


def number(cell: str) -> Decimal:
    """A number with a decimal point or comma, without thousands separators."""
    if not NUMBER.fullmatch(cell):
        raise InvalidInput(_("“%(cell)s” is no number. Write it as 1234.50, without separators.") % {"cell": cell})
    return Decimal(cell.replace(",", "."))


def boolean(cell: str) -> bool:
    """yes or no, true or false, 1 or 0."""
    folded = cell.casefold()
    if folded not in YES | NO:
        raise InvalidInput(_("“%(cell)s” is neither yes nor no.") % {"cell": cell})
    return folded in YES


def day(cell: str) -> datetime.date:
    """A date as 2026-11-22 (ISO 8601)."""
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError as error:
        raise InvalidInput(_("“%(cell)s” is no date. Write it as 2026-11-22.") % {"cell": cell}) from error


def country(cell: str) -> str:
    """A country's two letters (ISO 3166-1)."""
    if not re.fullmatch(r"[A-Za-z]{2}", cell):
        raise InvalidInput(_("“%(cell)s” is no country code. Write two letters, as DE.") % {"cell": cell})
    return cell.upper()
