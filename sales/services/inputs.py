"""Amounts that callers hand in, refused by name rather than rounded. `field` is the path of the input."""

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory_project.base.errors import InvalidInput
from inventory_project.base.fields import AMOUNT_MAX, PERCENT_MAX, PRICE_MAX


def price(value: Decimal, field: str) -> Decimal:
    """A unit price: 0 or more, four decimals."""
    return _decimal(value, field, places=4, most=PRICE_MAX)


def amount(value: Decimal, field: str) -> Decimal:
    """Money: 0 or more, to the cent."""
    return _decimal(value, field, places=2, most=AMOUNT_MAX)


def percent(value: Decimal, field: str) -> Decimal:
    """0 to 100, three decimals."""
    return _decimal(value, field, places=3, most=PERCENT_MAX)


def _decimal(value: object, field: str, *, places: int, most: Decimal) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int) or not Decimal(value).is_finite():
        raise InvalidInput(_("Enter a number."), field=field)
    if not 0 <= value <= most:
        raise InvalidInput(
            _("Enter a number between 0 and %(most)s.") % {"most": most}, field=field, code="out_of_range"
        )
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places))
    if rounded != value:
        raise InvalidInput(
            _("Enter at most %(places)d decimals.") % {"places": places}, field=field, code="too_precise"
        )
    return rounded
