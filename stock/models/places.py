"""A document and its lines speak of the same warehouse, and of lots of their own products."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from inventory_project.base.models import Document, Line


def require_own_bin(line: Line, field: str = "bin", warehouse: str = "warehouse") -> None:
    """The bin that a line names is in that warehouse of its document."""
    place, document = getattr(line, field), getattr(line, line.PARENT, None)
    if place and document and place.warehouse_id != getattr(document, f"{warehouse}_id"):
        raise ValidationError({field: _("This bin is in another warehouse.")})


def require_own_lot(line: models.Model) -> None:
    """The lot that a line names is of its product."""
    if line.lot and line.lot.product_id != line.product_id:
        raise ValidationError({"lot": _("This lot is of another product.")})


def require_own_bins(document: Document, field: str = "bin", warehouse: str = "warehouse") -> None:
    """A document stays in the warehouse of the bins that its lines name."""
    if document._state.adding:
        return
    named = document.items.filter(**{f"{field}__isnull": False})
    if named.exclude(**{f"{field}__warehouse": getattr(document, f"{warehouse}_id")}).exists():
        raise ValidationError({warehouse: _("Lines of it name bins in another warehouse. Change these first.")})
