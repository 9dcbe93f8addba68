"""Warehouses and their bins: each warehouse has exactly one default bin."""

from django.db import transaction
from django.utils.translation import gettext as _

from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import service
from stock.models import Bin, Inventory, StockTransfer, TransferStatus, Warehouse

FIRST = "MAIN"


def _lock_bins(warehouse_id: int, *, closing: bool = False) -> list[Bin]:
    # Goods go on moving in and out of them, unless one is closing: that waits until those on their way have arrived.
    return list(Bin.objects.select_for_update(no_key=not closing).filter(warehouse=warehouse_id).order_by("pk"))


@service
def save_warehouse(warehouse: Warehouse, *, by) -> Warehouse:
    """Save a warehouse; a new one gets its default bin along. Refuses to deactivate one that goods are in or on
    their way to."""
    # Closing waits for goods that are on their way in, which hold the row by its key (see `require_own_bins`).
    before = list(Warehouse.objects.select_for_update(no_key=warehouse.is_active).filter(pk=warehouse.pk))
    if not warehouse.is_active and any(row.is_active for row in before):
        _require_empty(warehouse)
    warehouse.save()
    create_default_bin(warehouse)
    return warehouse


def _require_empty(warehouse: Warehouse) -> None:
    row = Inventory.objects.filter(warehouse=warehouse, quantity__gt=0).select_related("product").first()
    if row:
        raise RuleViolation(
            _("There are goods in %(warehouse)s (%(quantity)d %(sku)s). Transfer or adjust them first.")
            % {"warehouse": warehouse, "quantity": row.quantity, "sku": row.product.sku},
            code="has_stock",
            field="is_active",
        )
    transfer = StockTransfer.objects.filter(to_warehouse=warehouse, status=TransferStatus.IN_TRANSIT).first()
    if transfer:
        raise RuleViolation(
            _("Goods are on their way to %(warehouse)s (%(transfer)s). Receive or close that transfer first.")
            % {"warehouse": warehouse, "transfer": transfer},
            code="in_transit",
            field="is_active",
        )


@transaction.atomic
def create_default_bin(warehouse: Warehouse) -> Bin:
    """The warehouse's default bin: the present one, else its oldest active bin, else a new one."""
    bins = _lock_bins(warehouse.pk)
    for place in bins:
        if place.is_default:
            return place
    for place in bins:
        if place.is_active:
            place.is_default = True
            place.save(update_fields=["is_default", "updated_at", "updated_by"])
            return place
    return Bin.objects.create(warehouse=warehouse, code=_free_code(bins), is_default=True)


def _free_code(bins: list[Bin]) -> str:
    taken = {place.code_key for place in bins}
    candidates = (FIRST if n == 1 else f"{FIRST}-{n}" for n in range(1, len(bins) + 2))
    return next(code for code in candidates if code.casefold() not in taken)


@service
def save_bin(place: Bin, *, by) -> Bin:
    """Save a bin. Making it the default takes that from the present one; the default can't just be unticked.

    Refuses to deactivate one that goods lie in.
    """
    bins = _lock_bins(place.warehouse_id, closing=not place.is_active)
    if place.pk and place.pk not in {other.pk for other in bins}:
        raise RuleViolation(
            _("A bin stays in its warehouse. Make a new one in the other."), code="wrong_bin", field="warehouse"
        )
    defaults = [other for other in bins if other.is_default and other.pk != place.pk]
    if place.is_default:
        Bin.objects.filter(pk__in=[other.pk for other in defaults]).update(is_default=False)
    elif not defaults:
        raise RuleViolation(
            _("A warehouse always has a default bin. Make another bin the default instead."),
            code="no_default_bin",
            field="is_default",
        )
    if place.pk and not place.is_active:
        _require_empty_bin(place)
    place.save()
    return place


def _require_empty_bin(place: Bin) -> None:
    row = place.stock_items.filter(quantity__gt=0).select_related("inventory__product").first()
    if row and Bin.objects.active().filter(pk=place.pk).exists():
        raise RuleViolation(
            _("There are goods in bin %(bin)s (%(quantity)d %(sku)s), so it stays active.")
            % {"bin": place, "quantity": row.quantity, "sku": row.inventory.product.sku},
            code="has_stock",
            field="is_active",
        )


@service
def delete_bin(place: Bin, *, by) -> None:
    """Delete a bin that nothing has ever been in; the default bin stays."""
    if place.pk in {other.pk for other in _lock_bins(place.warehouse_id) if other.is_default}:
        raise RuleViolation(
            _("Bin %(bin)s is the default of its warehouse. Make another bin the default first.") % {"bin": place},
            code="no_default_bin",
        )
    place.delete()
