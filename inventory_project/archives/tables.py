"""What belongs to a year: documents and ledger by their date, lines with their document, records that they refer to."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from inventory_project.base.clock import start_of_day
from inventory_project.base.models import Document, Ledger, Line, Reference, State

DATES = {
    "sales.order": "ordered_at",
    "billing.invoice": "issued_date",
    "billing.creditnote": "issued_at",
    "billing.payment": "paid_date",
}
"""The instant that decides the year, where it is not that of the row. What has none yet is no document yet."""
SECRET = frozenset({"password", "password_hash"})
KINDS = (
    (models.BooleanField, "BOOLEAN"),
    ((models.ForeignKey, models.IntegerField), "BIGINT"),
    (models.DateTimeField, "TIMESTAMP"),
    (models.DateField, "DATE"),
)


@dataclass(frozen=True)
class Table:
    """A table of the archive: which rows of which model, and the kind of each column."""

    model: type[models.Model]
    rows: models.QuerySet
    columns: dict[str, str]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


def tables_of(year: int, using: str) -> Iterator[Table]:
    """Every table of the archive of a year. Balances are not in it: they are of today, and the ledger has made them."""
    for app in ("accounts", "catalog", "stock", "sales", "billing"):
        for model in apps.get_app_config(app).get_models():
            if not issubclass(model, State):
                yield Table(model, _rows(model, year, using), _columns(model))


def span_of(year: int) -> tuple[datetime.datetime, datetime.datetime]:
    """The first instant of the business year, and the first of the next."""
    return start_of_day(datetime.date(year, 1, 1)), start_of_day(datetime.date(year + 1, 1, 1))


def _rows(model: type[models.Model], year: int, using: str) -> models.QuerySet:
    queryset = models.QuerySet(model, using=using).order_by("pk")
    path, owner = "", model
    while issubclass(owner, Line):  # a line is of the year of its document
        path += f"{owner.PARENT}__"
        owner = owner._meta.get_field(owner.PARENT).remote_field.model
    if issubclass(owner, Document | Ledger):
        date = path + DATES.get(owner._meta.label_lower, "created_at")
        begin, end = span_of(year)
        return queryset.filter(**{f"{date}__gte": begin, f"{date}__lt": end})
    assert issubclass(owner, Reference) or owner._meta.app_label == "accounts", owner
    return queryset


def _columns(model: type[models.Model]) -> dict[str, str]:
    return {field.column: _kind(field) for field in model._meta.concrete_fields if field.column not in SECRET}


def _kind(field: models.Field) -> str:
    if isinstance(field, models.DecimalField):
        return f"DECIMAL({field.max_digits}, {field.decimal_places})"
    if isinstance(field, models.GeneratedField):
        return _kind(field.output_field)
    return next((kind for classes, kind in KINDS if isinstance(field, classes)), "VARCHAR")
