"""The product with its guards off, for negative controls: a proof that can't fail proves nothing.

Never part of the product: only tests load this, on a database that is thrown away.
"""

from collections.abc import Callable, Mapping

from django.db import connection, models
from django.db.models import F

import sales.services.reservations
import stock.services.balances
import stock.services.posting

CHECKED = ("inventory", "stock_item", "stock_movement", "reservation")


def read_all[M: models.Model](queryset: models.QuerySet[M]) -> list[M]:
    """What lock_all does, without locking."""
    return list(queryset.order_by("pk"))


def count_up(deltas: Mapping[int, int]) -> None:
    """What change_reserved does, without looking whether there is as much."""
    from stock.models import Inventory

    for pk, delta in deltas.items():
        Inventory.objects.filter(pk=pk).update(reserved=F("reserved") + delta)


def take_off(replace: Callable[[object, str, object], object] = setattr) -> None:
    """Replace the locks and the guarded update of stock by nothing."""
    for module in (stock.services.balances, stock.services.posting, sales.services.reservations):
        replace(module, "lock_all", read_all)
    replace(sales.services.reservations, "change_reserved", count_up)


def drop_checks() -> list[str]:
    """Drop the CHECK constraints of stock; gives the statements that put them back.

    Enumerations guard no quantity and stay: PostgreSQL would write them down in other words afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c' AND conrelid = ANY (%s::regclass[]) AND conname NOT LIKE '%%_known'",
            [list(CHECKED)],
        )
        found = cursor.fetchall()
        for table, name, _definition in found:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in found]


def put_back(checks: list[str]) -> None:
    """Throw away what was oversold, then put the CHECK constraints back."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE product, customer, warehouse CASCADE")
        for statement in checks:
            cursor.execute(statement)
