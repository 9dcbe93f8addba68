"""What lists show: badges, amounts, quantities. Each function here makes one column or one piece of a page."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory_project.base.clock import business_day, today

type Column = Callable[[models.Model], object]
type Load = Callable[[Sequence[models.Model]], Mapping[object, object]]

# One colour for one meaning, the same on every page. What is not listed is grey.
TONES = {
    "blue": {"confirmed", "ordered", "issued", "counting", "in_transit", "approved", "recorded"},
    "amber": {"partially_received", "requested"},
    "teal": {"shipped"},
    "green": {"received", "delivered", "posted", "paid", "closed"},
    "red": {"cancelled", "voided", "rejected", "reversed", "overdue"},
}
EMPTY = "–"
NO_FIGURE = format_html('<span class="num">{}</span>', EMPTY)  # where numbers are expected


def tone_of(status: str) -> str:
    """The colour of a status."""
    return next((tone for tone, members in TONES.items() if status in members), "grey")


def badge(text: object, tone: str = "grey") -> SafeString:
    """A word on a coloured ground."""
    return format_html('<span class="badge {}">{}</span>', tone, capfirst(str(text)))


def figure(value: int | Decimal | str | None, places: int | None = None, suffix: str = "") -> SafeString | str:
    """A number, right-aligned, thousands apart."""
    if value is None:
        return NO_FIGURE
    if isinstance(value, str):
        return format_html('<span class="num">{}{}</span>', value, suffix)
    return format_html('<span class="num">{}{}</span>', number_format(value, places, force_grouping=True), suffix)


def price_text(value: Decimal) -> str:
    """A unit price: two decimals, more only if it has them."""
    text = number_format(value, 4, force_grouping=True)
    return text[:-2] if text.endswith("00") else text.removesuffix("0")


def price_figure(value: Decimal) -> SafeString | str:
    """A unit price, right-aligned."""
    return figure(price_text(value))


def percent_text(value: Decimal) -> str:
    """A percentage without decimals that say nothing: 19, 5.5."""
    return number_format(value.normalize() if value % 1 else int(value))


def change_url(row: models.Model) -> str:
    """The address of a row's page, '' where it has none."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    except NoReverseMatch:
        return ""


def link(row: models.Model, text: object = "") -> SafeString:
    """The row's name, leading to its page."""
    return format_html('<a href="{}">{}</a>', change_url(row), text or row)


def _column(path: str, label, show: Callable[[object], object], sorts: bool = True) -> Column:
    """A sortable column that shows the value at `path` (`order__customer`) in its own way."""

    def cell(row):
        value = row
        for step in path.split("__"):
            value = getattr(value, step)
            if value is None:
                return NO_FIGURE
        return show(value)

    cell.__name__ = path
    return admin.display(description=label, ordering=path if sorts else None)(cell)


def amount(path: str, label) -> Column:
    """A column of money, two decimals."""
    return _column(path, label, lambda value: figure(value, 2))


def price(path: str, label) -> Column:
    """A column of unit prices or unit costs."""
    return _column(path, label, price_figure)


def percent(path: str, label) -> Column:
    """A column of percentages."""
    return _column(path, label, lambda value: figure(percent_text(value), suffix=" %"))


def quantity(path: str, label, sorts: bool = True) -> Column:
    """A column of whole numbers; of a property it can't be sorted."""
    return _column(path, label, figure, sorts)


def fact(name: str, label, load: Load, show: Callable[[object], object] = figure) -> Column:
    """A column of something that is asked for all rows of the page in one query: `load` answers by their ids."""

    def cell(row):
        return show(row.facts.get(name))

    cell.__name__, cell.load = name, load
    return admin.display(description=label)(cell)


def count(relation: str, label) -> Column:
    """A column that counts what belongs to the row."""

    def load(rows):
        field = type(rows[0])._meta.get_field(relation).field
        counted = field.model._base_manager.filter(**{f"{field.name}__in": rows}).order_by()
        return dict.fromkeys((row.pk for row in rows), 0) | dict(
            counted.values_list(field.name).annotate(models.Count("pk"))
        )

    return fact(f"{relation}_count", label, load)


def load_facts(columns: Sequence[object], rows: Sequence[models.Model]) -> None:
    """Ask for what the columns show of these rows: one query a column, however many rows."""
    for row in rows:
        row.facts = {}
    for column in columns:
        if rows and hasattr(column, "load"):
            found = column.load(rows)
            for row in rows:
                row.facts[column.__name__] = found.get(row.pk)


def due(when: datetime.datetime | datetime.date | None, *, is_open: bool) -> SafeString | str | None:
    """A day by which something is expected; red once it has passed with the thing still open."""
    if when is None:
        return None
    is_instant = isinstance(when, datetime.datetime)
    text = date_format(business_day(when) if is_instant else when)
    is_late = is_open and (when < timezone.now() if is_instant else when < today())
    return badge(text, "red") if is_late else text


def choice(name: str, label) -> Column:
    """A column of one of several words."""

    def cell(row):
        return capfirst(getattr(row, f"get_{name}_display")())

    cell.__name__ = name
    return admin.display(description=label, ordering=name)(cell)


@admin.display(description=_("status"), ordering="status")
def status(row: models.Model) -> SafeString:
    """The column of a document's status."""
    return badge(row.get_status_display(), tone_of(row.status))
