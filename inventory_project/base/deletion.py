"""What happens to a row when the row that it refers to is deleted.

Both rules hold twice: in Python, so that the admin's delete page, signals and history see them, and in
the database, as `ON DELETE CASCADE` or `ON DELETE RESTRICT`. Every foreign key of the project uses one of the two.
"""

from django.db import models


def CASCADE(collector, field, sub_objs, using):
    """A part goes with its whole: an order's lines with the order."""
    models.CASCADE(collector, field, sub_objs, using)


CASCADE.on_delete_sql = lambda schema_editor: " ON DELETE CASCADE"


def RESTRICT(collector, field, sub_objs, using):
    """What is referred to stays: a product that was sold can't be deleted."""
    models.PROTECT(collector, field, sub_objs, using)


RESTRICT.on_delete_sql = lambda schema_editor: " ON DELETE RESTRICT"
