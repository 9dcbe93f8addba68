"""Everything that could be kept, and what two answers have in common that were given one after the other."""

import re
from collections import defaultdict

from django.apps import apps
from django.core import mail
from django.db import connection, models

from stock.models import StockMovement

NUMBER = re.compile(r"\b(SO|SH|RT|PO|GR|TR|SC|PAY|DRAFT)-(TRIAL-[0-9A-F]+-)?[0-9]+\b")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
TOLD = ("product", "warehouse", "bin", "kind", "quantity", "unit_cost", "value", "quantity_after", "reason")


def everything() -> dict[str, object]:
    """Every row of every table, the number series, mails, and what waits for the commit."""
    found: dict[str, object] = {"mails": len(mail.outbox), "after commit": len(connection.run_on_commit)}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
        if connection.vendor == "postgresql":
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE sequencename LIKE 'number_%'")
            found["series"] = sorted(cursor.fetchall())
    return found


def movements(after: int) -> list[dict[str, object]]:
    """What the ledger has more than then, as an answer would tell it."""
    rows = StockMovement.objects.filter(pk__gt=after).order_by("pk")
    return [{name: _text(getattr(row, row._meta.get_field(name).attname)) for name in TOLD} for row in rows]


def told(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same of an answer."""
    return [{name: _text(row[name]) for name in TOLD} for row in rows]


def newest_movement() -> int:
    return StockMovement.objects.aggregate(newest=models.Max("pk"))["newest"] or 0


def _text(value: object) -> str:
    return NUMBER.sub(r"\1-#", str(value))


class Alike:
    """Leaves out of answers what differs between two doings of the same: instants, numbers, ids of what is new."""

    def __init__(self) -> None:
        self.known: dict[str, set[int]] = defaultdict(set)
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model:
                    self.known[field.name] |= set(field.related_model._base_manager.values_list("pk", flat=True))

    def of(self, value: object, name: str = "") -> object:
        if isinstance(value, dict):
            kept = value.keys() - {"id", "request_id", "movements", "source_id"}
            return {key: self.of(value[key], key) for key in sorted(kept)}
        if isinstance(value, list):
            return [self.of(part, name) for part in value]
        if isinstance(value, str):
            return INSTANT.sub("then", NUMBER.sub(r"\1-#", value))
        if name in self.known and value is not None and value not in self.known[name]:
            return "new"
        return value
