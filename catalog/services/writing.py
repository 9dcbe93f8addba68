"""Writing one row, with the database's refusal in words."""

from django.db import DataError, IntegrityError, models, transaction

from inventory_project.base import database_errors


def write(row: models.Model, *fields: str) -> None:
    """Insert a row, or update these fields of one; say in words what stands against it."""
    names = [*fields, "updated_at", "updated_by"] if fields else None
    try:
        with transaction.atomic():
            row.save(update_fields=names)
    except (IntegrityError, DataError) as problem:
        raise database_errors.refusal(problem) from problem
