"""docs/triggers.md: what the database itself does when rows are written, listed from the code."""

from collections.abc import Iterable, Iterator

import billing.triggers
import stock.triggers
from inventory_project.base.triggers import Trigger
from inventory_project.history.guards import GUARDS
from inventory_project.history.tables import recorded

from . import erd

HEAD = """# Stored procedures and triggers

<!-- Written by `manage.py triggers`. Don't edit: change the code and run it again. -->

The database has no stored procedures but these triggers; on PostgreSQL each calls a function of the same name. They
are declared in `stock/triggers.py`, `billing/triggers.py` and `inventory_project/history/`, put in force by
migrations, and put back by every `manage.py migrate` when one is missing or differs. How they work:
[migrations.md](migrations.md).

## Triggers that refuse

They hold for everybody, also for plain SQL. The sentence is what people are told. “Issued” is what bears a number of
the gapless series. Columns after “but for” may still change, as long as no other one does.

| table | event | trigger | refuses | sentence |
|---|---|---|---|---|
"""
RECORDED = """
## Triggers that write the history

Three for each of these tables, `<table>_history_insert`, `_update` and `_delete`: they write what was changed, by whom
and through which door into `change_history` ([history.md](history.md)).

| table | of these columns only that they changed |
|---|---|
"""


def refusals() -> list[Trigger]:
    """Every trigger that refuses something."""
    return [*stock.triggers.TRIGGERS, *billing.triggers.TRIGGERS, *GUARDS]


def _when(trigger: Trigger) -> str:
    if trigger in GUARDS and trigger.event == "DELETE":
        return "unless the row is older than the instant that the forgetting service has stated"
    if trigger.when == "TRUE":
        return "always"
    if trigger.free is None:
        return "of an issued document"
    return "once issued, but for " + ", ".join(f"`{name}`" for name in trigger.free)


def _rows(triggers: Iterable[Trigger]) -> Iterator[str]:
    for each in triggers:
        yield f"| `{each.table}` | {each.event} | `{each.name}` | {_when(each)} | {each.message} |\n"


def page() -> str:
    """The whole page."""
    tables = [
        f"| `{of.table}` | {', '.join(f'`{field.column}`' for field in of.secret)} |\n" for of in recorded().values()
    ]
    return "".join([HEAD, *_rows(refusals()), RECORDED, *tables])


class Command(erd.Command):
    help = "Writes docs/triggers.md, the list of all triggers, from the code."
    page = "triggers.md"

    def written(self) -> str:
        return page()
