"""A report as CSV, safe to open in a spreadsheet."""

import csv
import datetime
import io
from collections.abc import Sequence
from decimal import Decimal

from .report import Kind, Report, Row

# A cell that begins so is a formula to a spreadsheet. Control characters in front hide the sign from people only.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


def as_csv(report: Report, rows: Sequence[Row]) -> str:
    """All rows, with a line of headings. Numbers stay numbers: a point, no thousands, no currency."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(str(column.label)) for column in report.columns])
    for row in rows:
        writer.writerow([_cell(row[column.name], column.kind) for column in report.columns])
    return BYTE_ORDER_MARK + text.getvalue()


def safe(text: str) -> str:
    """The text, never a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def _cell(value: object, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m") if kind == Kind.MONTH else value.isoformat()
    return safe(str(value))
