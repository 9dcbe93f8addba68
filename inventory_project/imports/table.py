"""Reading CSV files as people's spreadsheets write them."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput
from inventory_project.base.spreadsheets import as_written

FIELD_LIMIT = 100_000
MOST_COLUMNS = 500


@dataclass(frozen=True)
class Table:
    """A file's rows as dictionaries; `lines[i]` is the line of the file in which row i ends."""

    name: str
    columns: list[str]
    rows: list[dict[str, str]]
    lines: list[int]

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return iter(zip(self.lines, self.rows, strict=True))


def read_csv(path: Path) -> Table:
    """Read a CSV file: UTF-8 with or without a byte order mark, comma, semicolon or tab, a header line.

    Raises InvalidInput, with the line, on another encoding, a NUL character, a repeated column, or a row that is
    longer or shorter than the header.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            _("%(file)s can't be read: %(why)s.") % {"file": path, "why": error.strerror or error}
        ) from error
    return parse_csv(decoded(content, path.name), path.name)


def decoded(content: bytes, name: str) -> str:
    """The text of a file; `name` stands in the error message."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            _("%(file)s is not UTF-8 (byte %(position)d). Save it as “CSV UTF-8”.")
            % {"file": name, "position": error.start}
        ) from error


def parse_csv(text: str, name: str) -> Table:
    """The rows of CSV text; `name` stands in error messages."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InvalidInput(_("%(file)s, line %(line)d: holds a NUL character.") % {"file": name, "line": line})
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)  # cells that were copied from a spreadsheet are apart by tabs
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    rows, lines = [], []
    try:
        for cells in reader:
            if not columns:
                columns = _columns(cells, name)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(columns):
                    raise InvalidInput(
                        _("%(file)s, line %(line)d: has %(found)d cells where the header has %(wanted)d.")
                        % {"file": name, "line": reader.line_num, "found": len(cells), "wanted": len(columns)}
                    )
                rows.append(dict(zip(columns, (as_written(cell.strip()) for cell in cells), strict=True)))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InvalidInput(f"{name}, line {reader.line_num}: {error}.") from error
    if not columns:
        raise InvalidInput(_("%(file)s is empty.") % {"file": name})
    return Table(name, columns, rows, lines)


def _columns(cells: list[str], name: str) -> list[str]:
    columns = [as_written(cell.strip()) for cell in cells]
    if len(columns) > MOST_COLUMNS:
        raise InvalidInput(
            _("%(file)s has %(count)d columns. At most %(most)d can be read.")
            % {"file": name, "count": len(columns), "most": MOST_COLUMNS}
        )
    repeated = sorted(column for column, times in Counter(columns).items() if times > 1)
    if repeated:
        raise InvalidInput(
            _("%(file)s: the column %(columns)s stands there twice.") % {"file": name, "columns": ", ".join(repeated)}
        )
    return columns
