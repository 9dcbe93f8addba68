"""Plots drawn on the server: plain SVG, no script and no inline style, readable with the page's own colours."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, number_format

from .report import Chart, Row, values

WIDTH, HEIGHT, MARGIN = 720, 180, 24
HEADROOM = 22  # above the bars, for the highest figure
LINE, LABELS = 26, 220
MOST_DAYS = 92
MOST_BARS = 10
WITHOUT = "–"


@dataclass(frozen=True)
class Bar:
    """One bar: where it is, in texts as SVG wants them, and what it says."""

    x: str
    y: str
    width: str
    height: str
    label: str
    text: str
    baseline: str
    is_negative: bool


@dataclass(frozen=True)
class Plot:
    """A drawing of bars; `first` and `last` name the ends of a time."""

    width: int
    height: int
    bars: Sequence[Bar]
    is_ranking: bool
    zero: str
    first: str = ""
    last: str = ""
    most: str = ""


def plot(chart: Chart, rows: Sequence[Row]) -> Plot | None:
    """The drawing, if there is anything to draw."""
    if not rows or not any(values(rows, chart.value)):
        return None
    return _over_time(chart, rows) if chart.over_time else _ranking(chart, rows)


def _over_time(chart: Chart, rows: Sequence[Row]) -> Plot:
    """A bar a day, or where these would be too many a bar a month."""
    by_month = (rows[-1][chart.label] - rows[0][chart.label]).days > MOST_DAYS
    sums: dict[object, Decimal] = defaultdict(Decimal)
    for row in rows:
        day = row[chart.label]
        sums[day.replace(day=1) if by_month else day] += row[chart.value]
    style = "YEAR_MONTH_FORMAT" if by_month else "DATE_FORMAT"
    highest, lowest = max(0, *sums.values()), min(0, *sums.values())
    scale = Decimal(HEIGHT) / ((highest - lowest) or 1)
    step = Decimal(WIDTH) / max(len(sums), 12)
    bars = []
    for index, (day, value) in enumerate(sums.items()):
        top = HEADROOM + (highest - max(value, 0)) * scale
        size = (_text(index * step + 1), _text(top), _text(max(step - 2, 1)), _text(abs(value) * scale))
        bars.append(Bar(*size, date_format(day, style), _money(value), "", value < 0))
    ends = list(sums)
    return Plot(
        WIDTH,
        HEADROOM + HEIGHT + MARGIN,
        bars,
        False,
        _text(HEADROOM + highest * scale),
        date_format(ends[0], style),
        date_format(ends[-1], style),
        _money(max(sums.values())),
    )


def _ranking(chart: Chart, rows: Sequence[Row]) -> Plot:
    """The largest below each other, equal names added up."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for label, value in zip(values(rows, chart.label), values(rows, chart.value), strict=True):
        sums[str(label or WITHOUT)] += value
    largest = sorted(sums.items(), key=lambda entry: -abs(entry[1]))[:MOST_BARS]
    widest = max(abs(value) for _name, value in largest) or 1
    room = Decimal(WIDTH - LABELS - 100)
    bars = [
        Bar(
            _text(LABELS),
            _text(index * LINE + 4),
            _text(max(abs(value) / widest * room, 1)),
            _text(LINE - 8),
            name if len(name) <= 28 else f"{name[:27]}…",
            _money(value),
            _text(index * LINE + 18),
            value < 0,
        )
        for index, (name, value) in enumerate(largest)
    ]
    return Plot(WIDTH, LINE * len(bars), bars, True, _text(LABELS))


def _text(number: Decimal | int) -> str:
    """A length, with a point in every language."""
    return f"{number:.1f}"


def _money(value: Decimal) -> str:
    return number_format(round(value, 2), 2, force_grouping=True)
