"""Opening stock: what is there on the day that the books are opened."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from inventory_project.base.errors import RuleViolation
from inventory_project.base.services import service
from stock.models import Bin, Inventory, MovementKind, StockMovement, Warehouse
from stock.services import checks
from stock.services.balances import Balances, default_bins, lock_balances
from stock.services.lots import find_or_create_lots, lot_named
from stock.services.posting import Move, post


@dataclass(frozen=True)
class OpeningLine:
    """Units of a product that lie in a warehouse already, and what each has cost."""

    product: Product
    warehouse: Warehouse
    quantity: int
    unit_cost: Decimal
    bin: Bin | None = None
    lot_number: str = ""
    expires_on: datetime.date | None = None


@service
def enter_opening_stock(lines: Sequence[OpeningLine], *, by) -> list[StockMovement]:
    """Enter what is there on the first day; returns the ledger rows in the order of the lines.

    Refuses a product that has moved in the warehouse in any other way: from then on it is adjusted or counted.
    """
    lines = list(lines)
    checks.require_lines(lines)
    wanted, costs = [], []
    for index, line in enumerate(lines):
        path = f"lines/{index}"
        checks.whole(line.quantity, f"{path}/quantity")
        costs.append(checks.cost(line.unit_cost, f"{path}/unit_cost"))
        checks.require_bin_of(line.bin, line.warehouse, f"{path}/bin")
        wanted.append(lot_named(line.product, line.lot_number, line.expires_on, line.quantity, path))
    balances = lock_balances([(line.product.pk, line.warehouse.pk) for line in lines], create=True)
    _require_unmoved(balances)
    lots = find_or_create_lots(wanted)
    bins = default_bins(line.warehouse.pk for line in lines if line.bin is None)
    return post(
        [
            Move(
                product_id=line.product.pk,
                warehouse_id=line.warehouse.pk,
                bin_id=line.bin.pk if line.bin else bins[line.warehouse.pk],
                lot_id=lot.pk if lot else None,
                quantity=line.quantity,
                kind=MovementKind.OPENING,
                value=unit_cost * line.quantity,
            )
            for line, lot, unit_cost in zip(lines, lots, costs, strict=True)
        ]
    )


def _require_unmoved(balances: Balances) -> None:
    """Nothing but opening stock, and the taking back of it, has moved there."""
    products = {product for product, _warehouse in balances}
    warehouses = {warehouse for _product, warehouse in balances}
    others = StockMovement.objects.filter(product__in=products, warehouse__in=warehouses).exclude(
        kind=MovementKind.OPENING
    )
    others = others.exclude(reverses__kind=MovementKind.OPENING)
    moved = set(others.order_by().values_list("product_id", "warehouse_id").distinct()) & balances.keys()
    if not moved:
        return
    rows = Inventory.objects.filter(pk__in=[balances[place].pk for place in moved])
    names = [f"{row.product.sku} ({row.warehouse})" for row in rows.select_related("product", "warehouse")[:5]]
    raise RuleViolation(
        _("%(places)s: goods have moved there already. Adjust or count the stock instead.")
        % {"places": ", ".join(names)},
        code="already_moved",
    )
