"""Saying what is missing: every short line with what was asked and what there is, in one error."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Product
from inventory_project.base.errors import InsufficientStock
from stock.models import Bin, Lot, Warehouse

NAMED = 5


@dataclass(frozen=True)
class Shortage:
    """A line that asks for more than there is. `bin_id` and `lot_id` when it is that place that has too little."""

    product_id: int
    warehouse_id: int
    asked: int
    available: int
    bin_id: int | None = None
    lot_id: int | None = None


def insufficient(shortages: Sequence[Shortage]) -> InsufficientStock:
    """The refusal that names each short line: a sentence for people, `details["lines"]` for programs."""
    skus = dict(Product.objects.filter(pk__in={s.product_id for s in shortages}).values_list("pk", "sku"))
    warehouses = dict(Warehouse.objects.filter(pk__in={s.warehouse_id for s in shortages}).values_list("pk", "name"))
    bins = dict(Bin.objects.filter(pk__in={s.bin_id for s in shortages if s.bin_id}).values_list("pk", "code"))
    lots = dict(Lot.objects.filter(pk__in={s.lot_id for s in shortages if s.lot_id}).values_list("pk", "number"))
    sentences, lines = [], []
    for short in shortages:
        place = [warehouses[short.warehouse_id]]
        if short.bin_id:
            place.append(_("bin %(code)s") % {"code": bins[short.bin_id]})
        if short.lot_id:
            place.append(_("lot %(number)s") % {"number": lots[short.lot_id]})
        line = {
            "product": short.product_id,
            "sku": skus[short.product_id],
            "warehouse": short.warehouse_id,
            "bin": short.bin_id,
            "lot": short.lot_id,
            "asked": short.asked,
            "available": max(short.available, 0),
        }
        lines.append(line)
        sentences.append(
            _("Only %(available)d of %(asked)d %(sku)s are available (%(place)s).")
            % {**line, "place": ", ".join(place)}
        )
    return InsufficientStock(" ".join(_shorten(sentences)), details={"lines": lines})


def _shorten(sentences: list[str]) -> list[str]:
    rest = len(sentences) - NAMED
    if rest <= 0:
        return sentences
    more = ngettext("%(count)d more line is short.", "%(count)d more lines are short.", rest)
    return [*sentences[:NAMED], more % {"count": rest}]
