"""Finding the rows that cells name, once per import instead of once per row."""

from django.db import models
from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import fold


class Lookup:
    """All rows of a model by a text column, without regard to case."""

    def __init__(self, queryset: models.QuerySet, column: str) -> None:
        self.column = column
        self.name = queryset.model._meta.verbose_name
        self.rows = {fold(getattr(row, column)): row for row in queryset}

    def get(self, text: str | None, *, column: str) -> models.Model | None:
        """The row of that name, None for an empty cell. Raises InvalidInput naming the cell's column."""
        if not text:
            return None
        try:
            return self.rows[fold(text)]
        except KeyError:
            raise InvalidInput(
                _("There is no %(kind)s “%(text)s”.") % {"kind": self.name, "text": text}, field=column
            ) from None
