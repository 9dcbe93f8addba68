"""A report as CSV, safe to open in a spreadsheet."""

import csv
import datetime
import io
from collections.abc import Sequence
from decimal import Decimal

from inventory_project.base.spreadsheets import BYTE_ORDER_MARK, safe

from .report import Kind, Report, Row


def as_csv(report: Report, rows: Sequence[Row]) -> str:
    """All rows, with a line of headings. Numbers stay numbers: a point, no thousands, no currency."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(str(column.label)) for column in report.columns])
    for row in rows:
        writer.writerow([_cell(row[column.name], column.kind) for column in report.columns])
    return BYTE_ORDER_MARK + text.getvalue()


def _cell(value: object, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m") if kind == Kind.MONTH else value.isoformat()
    return safe(str(value))
