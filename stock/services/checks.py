"""Checking what is handed to a service, before anything is read or locked. `field` is the path of the input."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from catalog.models import Product
from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import INTEGER_MAX, PRICE_MAX
from inventory_project.base.models import Reference
from inventory_project.base.money import units
from stock.models import Bin, Lot, Warehouse


def require_lines(lines: Sequence[object]) -> None:
    """There is something to do."""
    if not lines:
        raise InvalidInput(_("Name at least one line."), field="lines")


def whole(value: object, field: str, *, least: int = 1) -> int:
    """A number of units, not below `least`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(_("Enter a whole number."), field=field)
    if value < least:
        raise InvalidInput(_("Enter %(least)d or more.") % {"least": least}, field=field)
    if value > INTEGER_MAX:
        raise InvalidInput(_("Enter %(most)d or less.") % {"most": INTEGER_MAX}, field=field)
    return value


def units_by_line(
    quantities: Mapping[int, int],
    lines: Mapping[int, tuple[Product, int]],
    *,
    stranger: str,
    too_many: str,
    nothing: str,
) -> dict[int, int]:
    """Units of a document's lines (line id -> units), each within what is left of the line, and not all of them 0.

    `lines` has, by id, each line's product and the most that may be named; the rest is what is said otherwise.
    """
    for pk, number in quantities.items():
        path = f"quantities/{pk}"
        if pk not in lines:
            raise InvalidInput(stranger, field=path)
        product, most = lines[pk]
        if whole(number, path, least=0) > most:
            raise InvalidInput(too_many % {"sku": product.sku, "most": most, "asked": number}, field=path)
    if not any(quantities.values()):
        raise InvalidInput(nothing, field="quantities")
    return dict(quantities)


def signed(value: object, field: str) -> int:
    """A number of units to add or, below 0, to take away."""
    if whole(value, field, least=-INTEGER_MAX) == 0:
        raise InvalidInput(_("Enter how many to add, or with a minus, to take away."), field=field)
    return value


def cost(value: object, field: str) -> Decimal:
    """A unit cost: finite, 0 or more, rounded to a hundredth of a cent."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise InvalidInput(_("Enter a cost."), field=field)
    if not 0 <= value <= PRICE_MAX:
        raise InvalidInput(_("Enter a cost between 0 and %(most)s.") % {"most": PRICE_MAX}, field=field)
    return units(value)


def percent(value: object, field: str) -> Decimal:
    """A percentage from 0 to 100, rounded to three decimals."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= 100:
        raise InvalidInput(_("Enter a percentage between 0 and 100."), field=field)
    return round(value, 3)


def text(model: type[models.Model], name: str, value: object, field: str, *, required: bool = False) -> str:
    """A text that the model's column can hold: trimmed, composed, not too long."""
    column = model._meta.get_field(name)
    value = column.to_python(value).strip() if isinstance(value, str) else value
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidInput(_("Enter a text."), field=field)
    if required and not value:
        raise InvalidInput(_("This may not be empty."), field=field)
    if len(value) > column.max_length:
        raise InvalidInput(_("Enter %(most)d characters or less.") % {"most": column.max_length}, field=field)
    try:
        column.run_validators(value)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field=field) from error
    return value


def day(value: object, field: str) -> datetime.date | None:
    """A date, or None."""
    if value is not None and (not isinstance(value, datetime.date) or isinstance(value, datetime.datetime)):
        raise InvalidInput(_("Enter a date."), field=field)
    return value


def require_active(row: Reference, field: str) -> None:
    """New documents use active suppliers, products and warehouses only."""
    if not row.is_active:
        raise InvalidInput(
            _("%(name)s is not active. Activate it, or choose another.") % {"name": row}, field=field, code="inactive"
        )


def require_bin_of(place: Bin | None, warehouse: Warehouse, field: str) -> None:
    """A bin that is named is in the warehouse that is meant."""
    if place is not None and place.warehouse_id != warehouse.pk:
        raise InvalidInput(
            _("Bin %(bin)s is not in %(warehouse)s.") % {"bin": place, "warehouse": warehouse},
            field=field,
            code="wrong_bin",
        )


def require_lot_of(lot: Lot | None, product, field: str, *, needed: bool = True) -> None:
    """A lot that is named is of the product; a tracked product needs one unless it is chosen later."""
    tracked = product.tracking != "none"
    if lot is None and tracked and needed:
        raise InvalidInput(
            _("%(sku)s is tracked %(how)s: say which.") % {"sku": product.sku, "how": product.get_tracking_display()},
            field=field,
            code="lot_required",
        )
    if lot is not None and (not tracked or lot.product_id != product.pk):
        raise InvalidInput(
            _("Lot %(lot)s is not of %(sku)s.") % {"lot": lot, "sku": product.sku}, field=field, code="wrong_lot"
        )
