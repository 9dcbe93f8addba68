"""Lots of goods that come in: known ones are found by number, new ones are made."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Product, Supplier, Tracking
from inventory_project.base.bulk import write_rows
from inventory_project.base.errors import InvalidInput, RuleViolation
from inventory_project.base.fields import fold
from inventory_project.base.services import lock_all
from stock.models import Lot
from stock.services import checks


@dataclass(frozen=True)
class LotOf:
    """The lot that a line names: a product, a number as it was typed, and perhaps the day that it expires.

    `field` is the path of the line, for errors.
    """

    product: Product
    number: str
    expires_on: datetime.date | None
    field: str

    @property
    def key(self) -> tuple[int, str]:
        return self.product.pk, fold(self.number)


def lot_named(product: Product, number: str, expires_on: datetime.date | None, units: int, field: str) -> LotOf | None:
    """Check a line's lot number against how its product is tracked; None when it has none and needs none."""
    number = checks.text(Lot, "number", number, f"{field}/lot_number")
    checks.day(expires_on, f"{field}/expires_on")
    if product.tracking == Tracking.NONE:
        if number or expires_on:
            raise InvalidInput(
                _("%(sku)s is not tracked: leave lot number and expiry empty.") % {"sku": product.sku},
                field=f"{field}/lot_number",
                code="wrong_lot",
            )
        return None
    if not number:
        raise InvalidInput(
            _("%(sku)s is tracked %(how)s: enter the number.")
            % {"sku": product.sku, "how": product.get_tracking_display()},
            field=f"{field}/lot_number",
            code="lot_required",
        )
    if product.tracking == Tracking.SERIAL and units != 1:
        raise InvalidInput(
            _("%(sku)s is tracked by serial number: one line for each piece.") % {"sku": product.sku},
            field=f"{field}/quantity",
            code="serial_is_one",
        )
    return LotOf(product, number, expires_on, field)


def find_or_create_lots(wanted: Sequence[LotOf | None], *, supplier: Supplier | None = None) -> list[Lot | None]:
    """The lots of lines, in their order; the same few statements for 1 line and for 500.

    Runs with the balances locked, as lots come after them. New ones are written before any is locked, in the order
    of their keys, so that two who bring the same lots at once never wait for each other in a circle.
    """
    named = {lot.key: lot for lot in reversed(wanted) if lot}  # the first of several spellings is kept
    if not named:
        return [None] * len(wanted)
    found = _find(named)
    new = [named[key] for key in sorted(named.keys() - found.keys())]
    if new:
        rows = [
            Lot(product=lot.product, number=lot.number, expires_on=lot.expires_on, supplier=supplier) for lot in new
        ]
        Lot.objects.bulk_create(rows, ignore_conflicts=True)
        found = _find(named)
    locked = {lot.pk: lot for lot in lock_all(Lot.objects.filter(pk__in=found.values()))}
    lots = [locked[found[lot.key]] if lot else None for lot in wanted]
    _complete_expiry(wanted, lots)
    return lots


def _find(named: dict[tuple[int, str], LotOf]) -> dict[tuple[int, str], int]:
    products, keys = zip(*named, strict=True)
    rows = Lot.objects.filter(product__in=set(products), number_key__in=set(keys)).order_by()
    rows = rows.values_list("pk", "product_id", "number_key")
    return {(product, key): pk for pk, product, key in rows if (product, key) in named}


def _complete_expiry(wanted: Sequence[LotOf | None], lots: Sequence[Lot | None]) -> None:
    """Note the day of expiry where it was not known; refuse another day than the one that is known."""
    changed = {}
    for line, lot in zip(wanted, lots, strict=True):
        if line is None or line.expires_on is None or line.expires_on == lot.expires_on:
            continue
        if lot.expires_on is not None:
            raise RuleViolation(
                _("Lot %(lot)s of %(sku)s expires on %(known)s, not on %(given)s.")
                % {"lot": lot, "sku": line.product.sku, "known": lot.expires_on, "given": line.expires_on},
                code="wrong_expiry",
                field=f"{line.field}/expires_on",
            )
        lot.expires_on = line.expires_on
        changed[lot.pk] = lot
    write_rows(changed.values(), "expires_on")
