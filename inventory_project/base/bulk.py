"""Writing many locked rows at once."""

from collections.abc import Iterable

from django.db import models


def write_rows(rows: Iterable[models.Model], *fields: str) -> None:
    """Write these fields, and the stamps, of rows that are there and that the caller has locked, whole.

    One statement, an upsert by id: for hundreds of rows some five times faster than the CASE of `bulk_update`.
    """
    rows = list(rows)
    if rows:
        manager = type(rows[0])._base_manager
        stamped = [*fields, "updated_at", "updated_by"]
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=stamped)
